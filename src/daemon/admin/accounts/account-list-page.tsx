import {z} from 'zod'

import {loadProviders} from '../../../broker/load-provider.js'
import {ACCOUNTS_PER_PAGE, pageAccounts, type AccountPage, type AccountQuery} from '../../../broker/page-accounts.js'
import {nameOf} from '../../../model/account-name.js'
import type {AccountStatus} from '../../../model/account-status.js'
import {readableName} from '../../../model/readable-text.js'
import {addPage} from '../add-page.js'
import type {Admin, AdminSession} from '../admin-env.js'
import {Chips} from '../parts/badge.js'
import {ActionButton, Button, LinkButton} from '../parts/button.js'
import {Field, Select} from '../parts/field.js'
import {Foreign} from '../parts/foreign.js'
import {SearchForm} from '../parts/form.js'
import {Empty, Pager} from '../parts/layout.js'
import {Notice} from '../parts/notice.js'
import {Page} from '../parts/page.js'
import {Table} from '../parts/table.js'
import {Time} from '../parts/time.js'
import {accountHref} from './account-address.js'
import {AccountState, AccountTimeLeft, NextRefresh} from './account-cells.js'
import {sightOf} from './account-sight.js'
import {CREDENTIAL_WORDS, ROLE_WORDS, STATE_WORDS} from './account-words.js'
import {canLogInHere} from './login-kinds.js'

/** What stands in the address; what makes no sense there is left out. */
const query = z.object({
  q: z.string().trim().min(1).max(256).optional().catch(undefined),
  provider: z.string().min(1).max(40).optional().catch(undefined),
  role: z.enum(['owner', 'bot', 'user']).optional().catch(undefined),
  state: z.literal('login-needed').optional().catch(undefined),
  page: z.coerce.number().int().min(1).max(1_000_000).catch(1),
})

type Asked = z.output<typeof query>

export function addAccountListPage(admin: Admin): void {
  const {deps} = admin
  addPage(admin, '/admin/accounts', async (context) => {
    const session = context.get('session')
    const asked = query.parse(context.req.query())
    const [page, providers] = await Promise.all([
      pageAccounts(deps, queryOf(asked), sightOf(session)),
      loadProviders(deps),
    ])
    return <AccountListPage session={session} asked={asked} page={page} providers={providers.map(({name}) => name)} />
  })
}

const queryOf = ({q, provider, role, state, page}: Asked): AccountQuery => ({
  page,
  ...(q !== undefined && {text: q}),
  ...(provider !== undefined && {provider}),
  ...(role !== undefined && {role}),
  ...(state !== undefined && {needsLogin: true}),
})

interface ListProps {
  session: AdminSession
  asked: Asked
  page: AccountPage
  providers: readonly string[]
}

function AccountListPage({session, asked, page, providers}: ListProps) {
  const isAll = hrefOf(asked, 1) === hrefOf({page: 1}, 1)
  const isBare = isAll && page.total === 0
  return (
    <Page
      title="Accounts"
      section="accounts"
      session={session}
      actions={<Additions isPossible={providers.length > 0} />}
    >
      {isBare ? (
        <NothingYet session={session} hasProvider={providers.length > 0} />
      ) : (
        <>
          <Filter asked={asked} isByKey={page.isByKey} providers={providers} />
          <Damaged page={page} />
          {page.accounts.length > 0 && <List session={session} page={page} />}
          {page.total === 0 && <NothingFound isByKey={page.isByKey} />}
          <Pages asked={asked} page={page} />
        </>
      )}
    </Page>
  )
}

const Additions = ({isPossible}: {isPossible: boolean}) =>
  isPossible ? (
    <>
      <LinkButton href="/admin/accounts/add?role=bot" kind="primary">
        Add a bot
      </LinkButton>
      <LinkButton href="/admin/accounts/add?role=owner">Log the owner in</LinkButton>
    </>
  ) : null

function NothingYet({session, hasProvider}: {session: AdminSession; hasProvider: boolean}) {
  if (session.delegate) {
    return (
      <Empty title="This API token may act as no account">
        <p>So none is shown here. Whoever opens the store sees them all: behalf admin.</p>
      </Empty>
    )
  }
  return hasProvider ? (
    <Empty title="Nobody is logged in yet">
      Log the owner in, or add a bot. Programs may then act as them without ever holding their tokens.
    </Empty>
  ) : (
    <Empty title="Nobody is logged in yet, and there is no service to log in at">
      <p>
        <a href="/admin/providers/add">Set up a service</a> first, such as Twitch.
      </p>
    </Empty>
  )
}

const NothingFound = ({isByKey}: {isByKey: boolean}) => (
  <Empty title="No account fits">
    <p>
      {isByKey && 'There are many accounts, so the whole login, user id or subject is asked for. '}
      <a href="/admin/accounts">Show all accounts</a>
    </p>
  </Empty>
)

function Filter({asked, isByKey, providers}: Pick<ListProps, 'asked' | 'providers'> & {isByKey: boolean}) {
  const any = {value: '', label: 'Any'}
  return (
    <SearchForm action="/admin/accounts" label="Accounts">
      <Field
        name="q"
        type="search"
        label="Name"
        {...(isByKey && {hint: 'The whole login, user id or subject'})}
        value={asked.q}
        maxLength={256}
      />
      {providers.length > 1 && (
        <Select
          name="provider"
          label="Provider"
          value={asked.provider}
          options={[any, ...providers.map((value) => ({value, label: value}))]}
        />
      )}
      <Select
        name="role"
        label="Role"
        value={asked.role}
        options={[any, ...Object.entries(ROLE_WORDS).map(([value, label]) => ({value, label}))]}
      />
      <Select
        name="state"
        label="State"
        value={asked.state}
        options={[any, {value: 'login-needed', label: STATE_WORDS['login-needed'].text}]}
      />
      <Button kind="quiet">Show</Button>
    </SearchForm>
  )
}

const Damaged = ({page}: {page: AccountPage}) =>
  page.damaged.length === 0 ? null : (
    <Notice tone="bad" title="Some records are damaged">
      <p>
        {page.damaged.map(nameOf).slice(0, 10).join(', ')}: nobody can use what is stored for them. What is wrong says{' '}
        <code>behalf store check</code>; logging in again mends an account.
      </p>
    </Notice>
  )

const COLUMNS = [
  {title: 'Account'},
  {title: 'State'},
  {title: 'Time left'},
  {title: 'Refreshed'},
  {title: 'Next refresh'},
  {title: 'Checked'},
  {title: 'Scopes'},
  {title: 'What can be done', isActions: true},
]

function List({session, page}: Pick<ListProps, 'session' | 'page'>) {
  const {now} = session
  return (
    <Table
      caption="Accounts"
      columns={COLUMNS}
      rows={page.accounts.map((account) => [
        <AccountName account={account} />,
        <AccountState account={account} />,
        <AccountTimeLeft account={account} now={now} />,
        <Time at={account.lastRefreshAt} now={now} />,
        <NextRefresh account={account} now={now} />,
        <Time at={account.lastValidatedAt} now={now} />,
        account.credential === 'oauth2' ? (
          <Chips words={account.scopes} atMost={3} />
        ) : (
          <span class="soft">{CREDENTIAL_WORDS[account.credential]}</span>
        ),
        account.state === 'login-needed' && canLogInHere(account) ? (
          <ActionButton href="/admin/accounts/log-in" session={session} hidden={{key: account.key}} isSmall>
            Log in<span class="unseen"> {account.login}</span>
          </ActionButton>
        ) : null,
      ])}
    />
  )
}

const AccountName = ({account}: {account: AccountStatus}) => (
  <>
    <a href={accountHref(account.key)}>
      <Foreign text={readableName(account)} />
    </a>
    <p class="soft">
      {ROLE_WORDS[account.role]} at {account.provider}: <Foreign text={account.subject ?? account.login} />
    </p>
  </>
)

function Pages({asked, page}: Pick<ListProps, 'asked' | 'page'>) {
  if (page.pages === 1) return null
  const first = (page.page - 1) * ACCOUNTS_PER_PAGE + 1
  const last = Math.min(page.page * ACCOUNTS_PER_PAGE, page.total)
  const count = (value: number): string => value.toLocaleString('en')
  return (
    <Pager
      text={`${count(first)}–${count(last)} of ${count(page.total)}`}
      {...(page.page > 1 && {previous: hrefOf(asked, page.page - 1)})}
      {...(page.page < page.pages && {next: hrefOf(asked, page.page + 1)})}
    />
  )
}

function hrefOf({q, provider, role, state}: Asked, page: number): string {
  const search = new URLSearchParams()
  const parts = {q, provider, role, state, page: page === 1 ? undefined : String(page)}
  for (const [name, value] of Object.entries(parts)) if (value !== undefined) search.set(name, value)
  return search.size === 0 ? '/admin/accounts' : `/admin/accounts?${String(search)}`
}
