import type {ProviderPreview} from '../../../broker/change-provider.js'
import {countThings} from '../../../model/count-things.js'
import type {AdminSession} from '../admin-env.js'
import {Checkbox} from '../parts/choice.js'
import {Confirm} from '../parts/confirm.js'
import {ErrorSummary} from '../parts/error-summary.js'
import {Field} from '../parts/field.js'
import {Foreign} from '../parts/foreign.js'
import {Notice} from '../parts/notice.js'
import {Page} from '../parts/page.js'
import {Table} from '../parts/table.js'
import {providerHref} from './provider-address.js'
import type {Settings} from './provider-fields.js'

interface ChangeProps {
  session: AdminSession
  name: string
  preview: ProviderPreview
  /** What was filled in otherwise than it was. */
  changed: Partial<Settings>
  /** A secret was typed; it is not kept in a page, and asked for again. */
  hasSecret: boolean
  mayKeepAccounts: boolean
  error?: string
}

/** The question before a change that its accounts, or its secret, do not outlive. */
export function ProviderChangePage({session, name, preview, changed, hasSecret, mayKeepAccounts, error}: ChangeProps) {
  const {changes = [], loginNeeded} = preview
  const losesSecret = changes.some(({setting, after}) => setting === 'clientSecret' && after === 'none')
  return (
    <Page
      title={`Change ${name} so?`}
      section="providers"
      session={session}
      parent={{title: `Edit ${name}`, href: providerHref(name, '/edit')}}
    >
      {error !== undefined && <ErrorSummary errors={{client_secret: error}} />}
      <Confirm
        session={session}
        action={providerHref(name, '/edit')}
        hidden={{...hiddenOf(changed), is_confirmed: 'yes', ...(hasSecret && {had_secret: 'yes'})}}
        label="Change it"
        cancelHref={providerHref(name)}
      >
        <Table
          caption="What changes"
          columns={[{title: 'Setting'}, {title: 'Now'}, {title: 'Then'}]}
          rows={changes.map(({setting, before = 'none', after = 'none'}) => [
            setting,
            <Foreign text={before} maxLength={300} />,
            <Foreign text={after} maxLength={300} />,
          ])}
        />
        {loginNeeded.length > 0 && <LostAccounts session={session} names={loginNeeded} />}
        {losesSecret && (
          <Notice tone="warn" title="The client secret is forgotten">
            A secret does not go along to another address. Type it here, or later, to have it there too.
          </Notice>
        )}
        {(hasSecret || losesSecret) && (
          <Field
            name="client_secret"
            label="Client secret"
            type="password"
            hint={hasSecret ? 'Once more: pages keep no secrets.' : 'Empty: there is none then.'}
            error={error}
            autocomplete="new-password"
            isRequired={hasSecret}
            isCode
          />
        )}
        {mayKeepAccounts && loginNeeded.length > 0 && (
          <Checkbox
            name="keep_accounts"
            label="Keep the accounts"
            hint="Their tokens are sent to the new addresses. Only where you know that it is the same service."
          />
        )}
      </Confirm>
    </Page>
  )
}

function LostAccounts({session, names}: {session: AdminSession; names: readonly string[]}) {
  // Who came with an API token is told how many, as over HTTP.
  const shown = session.delegate ? [] : names.slice(0, 20)
  return (
    <Notice tone="bad" title={`${countThings(names.length, 'account')} will need a login`}>
      <p>Their tokens were granted to another client, or under other addresses, and are sent nowhere else.</p>
      {shown.length > 0 && (
        <p>
          <Foreign text={shown.join(', ')} maxLength={1000} />
          {names.length > shown.length && ` and ${String(names.length - shown.length)} more`}
        </p>
      )}
    </Notice>
  )
}

/** The changes once more, for the form that confirms them; without the secret. */
function hiddenOf({client_secret: _secret, is_public: isPublic, ...texts}: Partial<Settings>): Record<string, string> {
  const said = Object.entries(texts).filter((pair): pair is [string, string] => typeof pair[1] === 'string')
  return {...Object.fromEntries(said), ...(isPublic && {is_public: 'yes'})}
}
