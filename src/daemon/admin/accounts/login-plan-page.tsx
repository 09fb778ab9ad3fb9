import {z} from 'zod'

import {needsDeviceFlow} from '../../../broker/device-flow.js'
import {callbackUrlOf, loadProviders} from '../../../broker/load-provider.js'
import {groupAccountScopes} from '../../../helix/account-scopes.js'
import type {BehalfError} from '../../../model/behalf-error.js'
import {needsClient, type Provider} from '../../../model/provider.js'
import {addAction, type FormTry} from '../add-action.js'
import {addPage} from '../add-page.js'
import type {Admin, AdminContext, AdminSession} from '../admin-env.js'
import {listField, optionalField} from '../form-fields.js'
import {Chips} from '../parts/badge.js'
import {Button, LinkButton} from '../parts/button.js'
import {Choices} from '../parts/choice.js'
import {ErrorSummary} from '../parts/error-summary.js'
import {Field, Select, type FieldErrors} from '../parts/field.js'
import {ActionForm, SearchForm} from '../parts/form.js'
import {Buttons, Empty, Panel} from '../parts/layout.js'
import {pageOriginOf} from '../page-origin.js'
import {Page} from '../parts/page.js'
import {begin} from './begin-page-login.js'
import {RedirectNotice} from './redirect-notice.js'

/** What stands in the address. */
const query = z.object({
  role: z.enum(['owner', 'bot']).catch('bot'),
  provider: z.string().max(40).optional().catch(undefined),
  expect: z.string().max(256).optional().catch(undefined),
})

const fields = z.object({
  role: z.enum(['owner', 'bot']),
  provider: z.string().min(1).max(40),
  expect: optionalField(z.string().max(256, 'That is too long for a login or user id.')),
  scope: listField(z.string().max(1000)),
  more_scopes: optionalField(z.string().max(10_000, 'That is too long.')),
})

/** Who shall be logged in, and what is asked of them: the page from which the login of a bot or the owner begins. */
export function addLoginPlanPage(admin: Admin): void {
  const {deps} = admin

  async function show(context: AdminContext, asked: z.output<typeof query>, attempt?: FormTry) {
    const providers = (await loadProviders(deps)).filter(needsClient)
    const chosen = providers.find(({name}) => name === (asked.provider ?? (providers.length === 1 ? name : undefined)))
    return (
      <LoginPlanPage
        session={context.get('session')}
        role={asked.role}
        expect={asked.expect}
        providers={providers.map(({name}) => name)}
        chosen={chosen && {...chosen, callbackUrl: callbackUrlOf(deps, chosen)}}
        origin={pageOriginOf(context, deps)}
        attempt={attempt}
      />
    )
  }

  addPage(admin, '/admin/accounts/add', (context) => show(context, query.parse(context.req.query())))

  addAction(admin, '/admin/accounts/add', {
    fields,
    async submit(context, {role, provider, expect, scope, more_scopes: more = ''}) {
      const scopes = [...new Set([...scope, ...more.split(/[\s,]+/)])].filter((one) => one !== '')
      return begin(admin, context, {provider, role, scopes, ...(expect !== undefined && {expect})})
    },
    showAgain(context, attempt) {
      const {values} = attempt
      const sent = {role: values.role?.[0], provider: values.provider?.[0], expect: values.expect?.[0]}
      return show(context, query.parse(sent), attempt)
    },
    fieldOf: (error: BehalfError) => (error.code === 'unknown-scope' ? 'more_scopes' : undefined),
  })
}

interface PlanProps {
  session: AdminSession
  role: 'owner' | 'bot'
  expect: string | undefined
  providers: readonly string[]
  /** With the redirect URI that it has in the end. */
  chosen: (Provider & {callbackUrl: string}) | undefined
  /** Where this daemon is, as the browser sees it. */
  origin: string
  attempt: FormTry | undefined
}

function LoginPlanPage({session, role, expect, providers, chosen, origin, attempt}: PlanProps) {
  const errors = attempt?.errors ?? {}
  return (
    <Page
      title={role === 'bot' ? 'Add a bot' : 'Log the owner in'}
      section="accounts"
      session={session}
      parent={{title: 'Accounts', href: '/admin/accounts'}}
    >
      <ErrorSummary errors={errors} />
      <p>
        {role === 'bot'
          ? 'A bot has an account of its own at the service, other than the owner’s. Whoever logs it in must be able to sign in as it there.'
          : 'The owner is whose behalf sets this up for; there is one at each service. Without another account being named, programs act as the owner.'}
      </p>
      {providers.length === 0 ? (
        <NoProvider />
      ) : (
        <>
          {(providers.length > 1 || chosen === undefined) && (
            <ProviderChoice role={role} providers={providers} chosen={chosen?.name} />
          )}
          {chosen && (
            <PlanForm
              session={session}
              role={role}
              expect={expect}
              provider={chosen}
              attempt={attempt}
              errors={errors}
              origin={origin}
            />
          )}
        </>
      )}
    </Page>
  )
}

const NoProvider = () => (
  <Empty title="There is no service to log in at">
    <p>
      <LinkButton href="/admin/providers/add" kind="primary">
        Set up a service
      </LinkButton>
    </p>
  </Empty>
)

const ProviderChoice = ({
  role,
  providers,
  chosen,
}: {
  role: string
  providers: readonly string[]
  chosen: string | undefined
}) => (
  <SearchForm action="/admin/accounts/add" label="Provider">
    <input type="hidden" name="role" value={role} />
    <Select
      name="provider"
      label="Provider"
      value={chosen}
      options={providers.map((value) => ({value, label: value}))}
    />
    <Button kind="quiet">Choose</Button>
  </SearchForm>
)

interface PlanFormProps extends Pick<PlanProps, 'session' | 'role' | 'expect' | 'attempt' | 'origin'> {
  provider: NonNullable<PlanProps['chosen']>
  errors: FieldErrors
}

function PlanForm({session, role, expect, provider, attempt, errors, origin}: PlanFormProps) {
  const usual = provider.scopes[role] ?? []
  return (
    <>
      {!needsDeviceFlow(provider) && <RedirectNotice provider={provider} origin={origin} />}
      <ActionForm action="/admin/accounts/add" session={session} hidden={{role, provider: provider.name}} class="stack">
        <Field
          name="expect"
          label="Which account it must be"
          hint="Its login or user id. Anybody else who logs in is refused."
          value={attempt ? attempt.values.expect?.[0] : expect}
          error={errors.expect}
          isCode
          maxLength={256}
        />
        <Panel title="What it may do">
          <p>Asked for in any case, with what the account had before:</p>
          <Chips words={usual} atMost={20} />
          {provider.dialect === 'twitch' && <TwitchScopes role={role} usual={usual} attempt={attempt} />}
          <Field
            name="more_scopes"
            label={provider.dialect === 'twitch' ? 'Others' : 'More scopes'}
            hint="With spaces between, as the service’s documentation calls them."
            value={attempt?.values.more_scopes?.[0]}
            error={errors.more_scopes}
            isCode
          />
        </Panel>
        <Buttons>
          <Button>{`Begin the login at ${provider.name}`}</Button>
          <LinkButton href="/admin/accounts">Cancel</LinkButton>
        </Buttons>
      </ActionForm>
    </>
  )
}

/** For a bot that chats over IRC, which most do. */
const SENSIBLE: Readonly<Record<'owner' | 'bot', readonly string[]>> = {bot: ['chat:read', 'chat:edit'], owner: []}

function TwitchScopes({role, usual, attempt}: Pick<PlanProps, 'role' | 'attempt'> & {usual: readonly string[]}) {
  const ticked = attempt ? (attempt.values.scope ?? []) : SENSIBLE[role]
  return (
    <>
      {groupAccountScopes().map(({title, scopes}) => (
        <details open={scopes.some(({scope}) => ticked.includes(scope))}>
          <summary>{`${title} (${String(scopes.length)})`}</summary>
          <Choices
            name="scope"
            label={title}
            kind="any"
            options={scopes.map(({scope, meaning}) => ({
              value: scope,
              label: <code>{scope}</code>,
              hint: meaning,
              isChosen: usual.includes(scope) || ticked.includes(scope),
              isDisabled: usual.includes(scope),
            }))}
          />
        </details>
      ))}
    </>
  )
}
