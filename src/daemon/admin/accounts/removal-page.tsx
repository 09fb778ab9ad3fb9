import {removeAccountOf, showAccountOf} from '../../../broker/accounts.js'
import {loadProviders} from '../../../broker/load-provider.js'
import type {AccountStatus} from '../../../model/account-status.js'
import {BehalfError, type ErrorCode} from '../../../model/behalf-error.js'
import {countThings} from '../../../model/count-things.js'
import {nameOf} from '../../../model/account-name.js'
import type {ApiToken} from '../../../model/api-token.js'
import type {Provider} from '../../../model/provider.js'
import {readableName} from '../../../model/readable-text.js'
import {addAction, type FormTry} from '../add-action.js'
import {addPage} from '../add-page.js'
import type {Admin, AdminContext, AdminSession} from '../admin-env.js'
import {tickField} from '../form-fields.js'
import {Checkbox} from '../parts/choice.js'
import {Confirm} from '../parts/confirm.js'
import {ErrorSummary} from '../parts/error-summary.js'
import type {FieldErrors} from '../parts/field.js'
import {Foreign} from '../parts/foreign.js'
import {Page} from '../parts/page.js'
import {accountHref, keyField} from './account-address.js'
import {listActors} from './account-page.js'
import {findSeenAccount} from './account-sight.js'

/** The question before an account is removed, and its removal (design 7, rule 11). */
export function addRemovalPage(admin: Admin): void {
  const {deps} = admin

  async function show(context: AdminContext, key: string, attempt?: FormTry) {
    const session = context.get('session')
    await findSeenAccount(deps, session, key)
    const [account, providers, apiTokens] = await Promise.all([
      showAccountOf(deps, key),
      loadProviders(deps),
      listActors(deps, key),
    ])
    const provider = providers.find(({name}) => name === account.provider)
    return (
      <RemovalPage
        session={session}
        account={account}
        provider={provider}
        named={apiTokens.filter(({as}) => as.includes(key))}
        errors={attempt?.errors ?? {}}
        isGrantKept={attempt?.values.keep_grant !== undefined}
      />
    )
  }

  addPage(admin, '/admin/accounts/remove', (context) => show(context, context.req.query('key') ?? ''))

  addAction(admin, '/admin/accounts/remove', {
    fields: keyField.extend({keep_grant: tickField()}),
    async submit(context, {key, keep_grant: keepGrant}) {
      await findSeenAccount(deps, context.get('session'), key)
      const removal = await removeAccountOf(deps, key, {keepGrant}).catch((error: unknown) => {
        if (error instanceof BehalfError && STAYS_FOR.has(error.code)) return error
        throw error
      })
      if (removal instanceof BehalfError) {
        const text = `${removal.message} Nothing was removed. Try again later, or keep the grant.`
        return context.html(await show(context, key, {values: {}, errors: {keep_grant: text}}), 503)
      }
      const {account, revoked, connectionsUrl} = removal
      deps.log.info('account-removed', {account: key, revoked})
      const where = connectionsUrl === undefined ? 'at the service' : `at ${connectionsUrl}`
      const grant = revoked
        ? 'Its tokens are revoked.'
        : `Its access was not taken away: a person can do that ${where}.`
      return {
        goTo: '/admin/accounts',
        note: {tone: revoked ? 'good' : 'warn', text: `${nameOf(account)} is removed. ${grant}`},
      }
    },
    showAgain: (context, attempt) => show(context, attempt.values.key?.[0] ?? '', attempt),
  })
}

/** What keeps an account from being revoked, and says nothing against forgetting it. */
const STAYS_FOR: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['unavailable', 'configuration'])

interface RemovalProps {
  session: AdminSession
  account: AccountStatus
  provider: Provider | undefined
  /** The API tokens that name it. */
  named: readonly ApiToken[]
  errors: FieldErrors
  isGrantKept: boolean
}

function RemovalPage({session, account, provider, named, errors, isGrantKept}: RemovalProps) {
  const name = readableName(account)
  return (
    <Page
      title={`Remove ${name}?`}
      section="accounts"
      session={session}
      parent={{title: name, href: accountHref(account.key)}}
    >
      <ErrorSummary errors={errors} />
      <Confirm
        session={session}
        action="/admin/accounts/remove"
        hidden={{key: account.key}}
        label="Remove the account"
        cancelHref={accountHref(account.key)}
      >
        <p>
          behalf tells {account.provider} to end its tokens, then forgets them. Nobody can act as{' '}
          <Foreign text={name} /> until somebody logs in again.
        </p>
        {named.length > 0 && (
          <>
            <p>{sayNamed(named.length)}</p>
            <ul>
              {named.slice(0, 20).map(({id, name: tokenName}) => (
                <li>
                  <a href={`/admin/tokens/${id}`}>
                    <Foreign text={tokenName} />
                  </a>
                </li>
              ))}
              {named.length > 20 && <li>{`and ${String(named.length - 20)} more`}</li>}
            </ul>
          </>
        )}
        <Checkbox
          name="keep_grant"
          label="Keep the grant"
          hint={
            provider?.revokeUrl === undefined
              ? 'Forget the account without revoking anything. The service has no way to revoke that behalf knows: who wants access ended does so there.'
              : 'Forget the account without revoking anything, such as when the service cannot be reached. Its tokens then end by themselves, or where the person takes access away.'
          }
          isChosen={isGrantKept}
        />
      </Confirm>
    </Page>
  )
}

const sayNamed = (count: number): string =>
  count === 1
    ? 'This API token names it, and can act as it no more:'
    : `These ${countThings(count, 'API token')} name it, and can act as it no more:`
