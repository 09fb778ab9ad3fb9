import {showAccountOf} from '../../../broker/accounts.js'
import {stateOf} from '../../../broker/api-tokens.js'
import {mayActAs} from '../../../broker/choose-account.js'
import {loadProviders} from '../../../broker/load-provider.js'
import {meaningOfScope} from '../../../helix/account-scopes.js'
import type {AccountStatus} from '../../../model/account-status.js'
import type {ApiToken} from '../../../model/api-token.js'
import type {Provider} from '../../../model/provider.js'
import {readableName} from '../../../model/readable-text.js'
import {quoteWord} from '../../../model/shell-words.js'
import {addPage} from '../add-page.js'
import type {AdminDeps} from '../admin-deps.js'
import type {Admin, AdminSession} from '../admin-env.js'
import {Chips} from '../parts/badge.js'
import {ActionButton, LinkButton} from '../parts/button.js'
import {Foreign} from '../parts/foreign.js'
import {Empty, Facts, Panel} from '../parts/layout.js'
import {Notice} from '../parts/notice.js'
import {Page} from '../parts/page.js'
import {Table} from '../parts/table.js'
import {Time} from '../parts/time.js'
import {providerHref} from '../providers/provider-address.js'
import {removalHref} from './account-address.js'
import {AccountState, AccountTimeLeft, NextRefresh} from './account-cells.js'
import {findSeenAccount} from './account-sight.js'
import {CREDENTIAL_WORDS, explainState, ROLE_WORDS} from './account-words.js'
import {canLogInHere} from './login-kinds.js'

export function addAccountPage(admin: Admin): void {
  const {deps} = admin
  addPage(admin, '/admin/accounts/account', async (context) => {
    const session = context.get('session')
    const {key} = await findSeenAccount(deps, session, context.req.query('key') ?? '')
    const [account, providers, apiTokens] = await Promise.all([
      showAccountOf(deps, key),
      loadProviders(deps),
      listActors(deps, key),
    ])
    const provider = providers.find(({name}) => name === account.provider)
    return <AccountPage session={session} account={account} provider={provider} apiTokens={apiTokens} />
  })
}

/** The API tokens that may act as an account now. */
export async function listActors({store, clock}: Pick<AdminDeps, 'store' | 'clock'>, key: string): Promise<ApiToken[]> {
  const [name, apiTokens] = await Promise.all([store.accounts.name(key), store.apiTokens.list()])
  const now = clock.now()
  return apiTokens.filter((one) => name !== undefined && mayActAs(one, name) && stateOf(one, now) === 'active')
}

interface AccountProps {
  session: AdminSession
  account: AccountStatus
  /** Undefined when its settings are gone. */
  provider: Provider | undefined
  apiTokens: readonly ApiToken[]
}

function AccountPage({session, account, provider, apiTokens}: AccountProps) {
  return (
    <Page
      title={readableName(account)}
      section="accounts"
      session={session}
      parent={{title: 'Accounts', href: '/admin/accounts'}}
      actions={<AccountActions session={session} account={account} />}
    >
      <Trouble account={account} hasProvider={provider !== undefined} />
      <AccountFacts session={session} account={account} />
      {account.credential === 'oauth2' && <Scopes account={account} isTwitch={provider?.dialect === 'twitch'} />}
      <Actors apiTokens={apiTokens} />
    </Page>
  )
}

const AccountActions = ({session, account}: Pick<AccountProps, 'session' | 'account'>) => (
  <>
    {canLogInHere(account) && (
      <ActionButton
        href="/admin/accounts/log-in"
        session={session}
        hidden={{key: account.key}}
        kind={account.state === 'login-needed' ? 'primary' : 'quiet'}
      >
        Log in again
      </ActionButton>
    )}
    {account.credential === 'oauth2' && account.state !== 'login-needed' && account.state !== 'unfinished' && (
      <ActionButton href="/admin/accounts/refresh" session={session} hidden={{key: account.key}}>
        Refresh now
      </ActionButton>
    )}
    <LinkButton href={removalHref(account.key)} kind="danger">
      Remove
    </LinkButton>
  </>
)

function Trouble({account, hasProvider}: {account: AccountStatus; hasProvider: boolean}) {
  const why = explainState(account)
  const isGrave = account.state === 'login-needed'
  return (
    <>
      {why !== undefined && (
        <Notice tone={isGrave ? 'bad' : 'warn'} title={isGrave ? 'This account needs a login' : 'To know'}>
          <p>{why}</p>
          {account.detail !== undefined && (
            <p>
              The service said: <Foreign text={account.detail} maxLength={300} />
            </p>
          )}
          {isGrave && !canLogInHere(account) && <HandIn account={account} />}
        </Notice>
      )}
      {!hasProvider && (
        <Notice tone="bad" title="Its provider is not set up any more">
          <p>
            <a href="/admin/providers/add">Set up {account.provider}</a> again, or remove the account.
          </p>
        </Notice>
      )}
    </>
  )
}

const HandIn = ({account}: {account: AccountStatus}) => (
  <p>
    What it has is handed in, not logged in:{' '}
    <code>{`behalf user link ${quoteWord(account.subject ?? account.login)} --${account.credential}`}</code>
  </p>
)

function AccountFacts({session: {now}, account}: Pick<AccountProps, 'session' | 'account'>) {
  const {displayName, subject, lastFailure} = account
  return (
    <Panel title="What is known">
      <Facts
        rows={[
          ['State', <AccountState account={account} />],
          ['Login', <Foreign text={account.login} />],
          ['Display name', displayName && <Foreign text={displayName} />],
          ['User id', <Foreign text={account.userId} />],
          ['Role', ROLE_WORDS[account.role]],
          ['Subject', subject && <Foreign text={subject} maxLength={200} />],
          ['Provider', <a href={providerHref(account.provider)}>{account.provider}</a>],
          ['Credential', CREDENTIAL_WORDS[account.credential]],
          ['Time left', <AccountTimeLeft account={account} now={now} />],
          ['Refreshed', <Time at={account.lastRefreshAt} now={now} />],
          ['Next refresh', <NextRefresh account={account} now={now} />],
          ['Checked', <Time at={account.lastValidatedAt} now={now} />],
          ['Added', <Time at={account.addedAt} now={now} />],
          [
            'Last failure',
            lastFailure && (
              <>
                <Foreign text={lastFailure.summary} maxLength={300} /> (<Time at={lastFailure.at} now={now} />)
              </>
            ),
          ],
          ['Key', <code>{account.key}</code>],
        ]}
      />
    </Panel>
  )
}

function Scopes({account, isTwitch}: {account: AccountStatus; isTwitch: boolean}) {
  const more = new URLSearchParams({role: account.role, provider: account.provider, expect: `id:${account.userId}`})
  const actions = account.role !== 'user' && (
    <LinkButton href={`/admin/accounts/add?${String(more)}`} isSmall>
      Ask for more
    </LinkButton>
  )
  return (
    <Panel title="Scopes" {...(actions && {actions})}>
      {account.scopes.length === 0 ? (
        <p class="soft">The service granted none, or tells none.</p>
      ) : isTwitch ? (
        <Table
          caption="Scopes"
          columns={[{title: 'Scope'}, {title: 'What it allows'}]}
          rows={account.scopes.map((scope) => [
            <code>
              <Foreign text={scope} maxLength={200} />
            </code>,
            meaningOfScope(scope) ?? <span class="soft">not known to behalf</span>,
          ])}
        />
      ) : (
        <Chips words={account.scopes} atMost={50} />
      )}
    </Panel>
  )
}

const Actors = ({apiTokens}: {apiTokens: readonly ApiToken[]}) => (
  <Panel title="API tokens that may act as it">
    {apiTokens.length === 0 ? (
      <Empty title="None">
        <p>
          A program needs one: <a href="/admin/tokens/issue">issue an API token</a>.
        </p>
      </Empty>
    ) : (
      <Table
        caption="API tokens that may act as it"
        columns={[{title: 'API token'}, {title: 'Scopes'}]}
        rows={apiTokens.map(({id, name, scopes}) => [
          <>
            <a href={`/admin/tokens/${id}`}>
              <Foreign text={name} />
            </a>{' '}
            <code>{id}</code>
          </>,
          <Chips words={scopes} />,
        ])}
      />
    )}
  </Panel>
)
