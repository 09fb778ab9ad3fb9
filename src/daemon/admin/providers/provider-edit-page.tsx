import type {ProviderInput} from '../../../broker/build-provider.js'
import {changeProvider, previewProvider, type ProviderPreview} from '../../../broker/change-provider.js'
import {showProvider} from '../../../broker/configure-provider.js'
import type {ProviderView} from '../../../broker/view-provider.js'
import {needsClient} from '../../../model/provider.js'
import {countThings} from '../../../model/count-things.js'
import {describeReplayMode} from '../../../model/replay-text.js'
import {addAction, type FormTry} from '../add-action.js'
import {addPage} from '../add-page.js'
import type {Admin, AdminContext, AdminSession} from '../admin-env.js'
import {tickField} from '../form-fields.js'
import {Button, LinkButton} from '../parts/button.js'
import {ErrorSummary} from '../parts/error-summary.js'
import {ActionForm} from '../parts/form.js'
import {Buttons, Panel} from '../parts/layout.js'
import {Page} from '../parts/page.js'
import {fieldOfSetting, throwForPage} from './field-of-setting.js'
import {providerHref} from './provider-address.js'
import {ProviderChangePage} from './provider-change-page.js'
import {inputOf, settingsFields, URL_FIELDS, URL_LABELS, type Settings} from './provider-fields.js'
import {
  AddressFields,
  CallbackField,
  ClientFields,
  ProtocolFields,
  ScopesField,
  type FormState,
} from './settings-form.js'
import {testProvider} from './test-provider.js'

/** The settings of a provider are changed; what that costs its accounts is asked first (design 7, rule 10). */
export function addProviderEditPage(admin: Admin): void {
  const {deps} = admin

  const show = async (context: AdminContext<'/:name'>, attempt?: FormTry) => (
    <ProviderEditPage
      session={context.get('session')}
      provider={await showProvider(deps, context.req.param('name'))}
      attempt={attempt}
    />
  )

  addPage(admin, '/admin/providers/of/:name/edit', (context) => show(context))

  addAction(admin, '/admin/providers/of/:name/edit', {
    fields: settingsFields.extend({is_confirmed: tickField(), had_secret: tickField(), keep_accounts: tickField()}),
    async submit(context, given) {
      const name = context.req.param('name')
      const session = context.get('session')
      const present = await showProvider(deps, name)
      const changed = leaveOutSame(present, given)
      const mayKeep = session.delegate === undefined
      const input: ProviderInput = {
        ...inputOf(name, changed, session),
        ...(given.keep_accounts && mayKeep && {keepAccounts: true}),
      }
      const preview = await previewProvider(deps, input, {anew: false}).catch(throwForPage)
      if (preview.changes?.length === 0) return {goTo: providerHref(name), note: `Nothing of ${name} was changed.`}
      const isSecretMissing = given.had_secret && given.client_secret === undefined
      if (isSecretMissing || (!given.is_confirmed && isGrave(preview, given))) {
        return (
          <ProviderChangePage
            session={session}
            name={name}
            preview={preview}
            changed={changed}
            hasSecret={given.had_secret || given.client_secret !== undefined}
            mayKeepAccounts={mayKeep && changed.client_id === undefined}
            {...(isSecretMissing && given.is_confirmed && {error: 'Type the client secret once more.'})}
          />
        )
      }
      const {loginNeeded} = await changeProvider(deps, input, {anew: false})
      deps.log.info('provider-changed', {provider: name, loginNeeded})
      const cost =
        loginNeeded === 0
          ? ''
          : ` ${countThings(loginNeeded, 'account')} ${loginNeeded === 1 ? 'needs' : 'need'} a login now.`
      return {goTo: providerHref(name), note: await testProvider(deps, name, `${name} is changed.${cost}`)}
    },
    showAgain: (context, attempt) => show(context, attempt),
    fieldOf: fieldOfSetting,
  })
}

/** Accounts are lost by it, or a secret that nobody asked to give up. */
const isGrave = ({loginNeeded, changes = []}: ProviderPreview, {is_public: isPublic}: Settings): boolean =>
  loginNeeded.length > 0 ||
  (!isPublic && changes.some(({setting, after}) => setting === 'clientSecret' && after === 'none'))

/** What stands in the form when it is opened. */
function presentValues(provider: ProviderView): Readonly<Record<string, string | undefined>> {
  const lists = [...new Set(Object.values(provider.scopes).map((scopes) => scopes.join(' ')))]
  return {
    client_id: provider.clientId,
    is_public: provider.confidential ? undefined : 'yes',
    scopes: lists.length === 1 ? lists[0] : undefined,
    callback_url: provider.callbackUrl,
    auth_method: provider.authMethod === 'none' ? '' : provider.authMethod,
    refresh_replay: describeReplayMode(provider.replay),
    ...Object.fromEntries(URL_FIELDS.map((field) => [field, provider[URL_LABELS[field][0]]])),
  }
}

/** What was left as it is is not set: a provider keeps what it has from its preset and from the environment. */
function leaveOutSame(provider: ProviderView, given: Settings): Partial<Settings> {
  const present = presentValues(provider)
  const isNew = (name: string, value: unknown): boolean =>
    name === 'is_public' ? value === true && provider.confidential : value !== undefined && value !== present[name]
  return Object.fromEntries(Object.entries(given).filter(([name, value]) => isNew(name, value)))
}

interface EditProps {
  session: AdminSession
  provider: ProviderView
  attempt: FormTry | undefined
}

function ProviderEditPage({session, provider, attempt}: EditProps) {
  const {name, confidential, scopes} = provider
  const present = presentValues(provider)
  const form: FormState = {
    textOf: (field) => (attempt ? attempt.values[field]?.[0] : present[field]),
    errors: attempt?.errors ?? {},
  }
  const differ = Object.entries(scopes)
    .map(([role, words]) => `${role}: ${words.join(' ') || 'none'}`)
    .join('; ')
  return (
    <Page title={`Edit ${name}`} section="providers" session={session} parent={{title: name, href: providerHref(name)}}>
      <ErrorSummary errors={form.errors} />
      <p class="soft">What is left empty stays as it is.</p>
      <ActionForm action={providerHref(name, '/edit')} session={session} class="stack">
        {needsClient(provider) && (
          <ClientFields
            form={form}
            isSecretOptional
            secretHint={confidential ? 'One is kept. Empty: it stays.' : 'None is kept.'}
            publicHint={
              confidential
                ? 'Ticked, the secret that is kept is forgotten.'
                : 'Give a secret and untick this to have one.'
            }
          />
        )}
        <ScopesField form={form} hint={`For every role. Now: ${differ || 'none'}.`} />
        <CallbackField form={form} hint="Exactly as registered at the service." />
        <Panel title="Addresses">
          <AddressFields form={form} />
        </Panel>
        <ProtocolFields form={form} />
        <Buttons>
          <Button>Save</Button>
          <LinkButton href={providerHref(name)}>Cancel</LinkButton>
        </Buttons>
      </ActionForm>
    </Page>
  )
}
