import {nameOf, ownersAmong, type NamedAccount} from '../model/account-name.js'
import {describeAccount, type AccountStatus} from '../model/account-status.js'
import {providerOfKey, type Account, type AccountKey} from '../model/account.js'
import {BehalfError} from '../model/behalf-error.js'
import type {Provider, Role} from '../model/provider.js'
import {isUnfinishedImport} from '../model/unfinished-import.js'
import type {BrokerDeps} from './broker-deps.js'
import {findNamedAccount} from './find-named-account.js'
import {leaveAccount} from './leave-account.js'
import {loadProviders} from './load-provider.js'
import {readAccounts} from './read-accounts.js'

export type AccountDeps = Pick<BrokerDeps, 'store' | 'clock' | 'providers'>

export interface Removal {
  account: AccountStatus
  /** False with `keepGrant`, or where the provider has no way to revoke. */
  revoked: boolean
  /** Where a person ends the application's access by hand. */
  connectionsUrl?: string
}

/** Owners first, then bots, then users; each by provider and login. */
export async function listAccounts(deps: AccountDeps, filter: {role?: Role} = {}): Promise<AccountStatus[]> {
  const {accounts} = await readAccounts(deps, await deps.store.accounts.names())
  return describeAccounts(
    deps,
    accounts.filter((account) => filter.role === undefined || account.role === filter.role),
  )
}

/** What those are called whose records are damaged. */
export async function nameDamagedAccounts(deps: Pick<BrokerDeps, 'store'>): Promise<string[]> {
  return (await readAccounts(deps, await deps.store.accounts.names())).damaged.map(nameOf)
}

/** The same of these accounts. */
export async function describeAccounts(deps: AccountDeps, accounts: readonly Account[]): Promise<AccountStatus[]> {
  const providers = new Map((await loadProviders(deps)).map((provider) => [provider.name, provider]))
  const now = deps.clock.now()
  return accounts.map((account) => describeAccount(account, providers.get(account.provider), now)).sort(compareAccounts)
}

const RANKS: Record<Role, number> = {owner: 0, bot: 1, user: 2}

/** The order of lists: owners first, then bots, then users; each by provider and login. */
export const compareAccounts = (a: AccountStatus, b: AccountStatus): number =>
  RANKS[a.role] - RANKS[b.role] || compare(a.provider, b.provider) || compare(a.login, b.login)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** @throws BehalfError `account-not-found` with the nearest names, `ambiguous-account`. */
export async function findAccountKey(
  deps: Pick<BrokerDeps, 'store'>,
  name: string,
  filter: {role?: Role} = {},
): Promise<string> {
  return (await findNamedAccount(deps, name, filter)).key
}

export async function showAccount(deps: AccountDeps, name: string, filter: {role?: Role} = {}): Promise<AccountStatus> {
  return showAccountOf(deps, await findAccountKey(deps, name, filter))
}

/** @throws BehalfError `account-not-found`. */
export async function showAccountOf(deps: AccountDeps, key: AccountKey): Promise<AccountStatus> {
  const account = await deps.store.accounts.get(key)
  if (!account) throw new BehalfError('account-not-found', `There is no account “${key}”.`, {hint: 'behalf status'})
  return describeAccount(account, await findProvider(deps, account.provider), deps.clock.now())
}

/**
 * The records that these names mean; for none all accounts, apart from imports that nobody has finished, and from what
 * is damaged.
 * @throws BehalfError `store-damaged` for one that is named and damaged.
 */
export async function pickAccounts(deps: Pick<BrokerDeps, 'store'>, names: readonly string[]): Promise<Account[]> {
  if (names.length === 0) {
    const {accounts} = await readAccounts(deps, await deps.store.accounts.names())
    return accounts.filter((one) => !isUnfinishedImport(one))
  }
  const keys = new Set<AccountKey>()
  for (const name of names) keys.add(await findAccountKey(deps, name))
  const accounts = await Promise.all([...keys].map((key) => deps.store.accounts.get(key)))
  return accounts.filter((account) => account !== undefined)
}

/** Logs an account out and forgets it (design 7, rule 11). Without a name: the owner, where there is only one. */
export async function removeAccount(
  deps: AccountDeps & Pick<BrokerDeps, 'providerClient'>,
  input: {account?: string; role?: Role; keepGrant: boolean},
): Promise<Removal> {
  const filter = input.role === undefined ? {} : {role: input.role}
  const {key} =
    input.account === undefined
      ? findOnlyOwner(await deps.store.accounts.owners())
      : await findNamedAccount(deps, input.account, filter)
  return removeAccountOf(deps, key, input)
}

/** The same by its key. @throws BehalfError `account-not-found`. */
export async function removeAccountOf(
  deps: AccountDeps & Pick<BrokerDeps, 'providerClient'>,
  key: AccountKey,
  {keepGrant}: {keepGrant: boolean},
): Promise<Removal> {
  const provider = await findProvider(deps, providerOfKey(key))
  const {account, revoked} = await leaveAccount(deps, provider, key, {keepGrant})
  return {
    account: describeAccount(account, provider, deps.clock.now()),
    revoked,
    ...(provider?.connectionsUrl !== undefined && {connectionsUrl: provider.connectionsUrl}),
  }
}

function findOnlyOwner(known: readonly NamedAccount[]): NamedAccount {
  const owners = ownersAmong(known)
  const [owner] = owners
  if (!owner) throw new BehalfError('account-not-found', 'Nobody is logged in as the owner.', {hint: 'behalf status'})
  if (owners.length === 1) return owner
  const list = owners.map((one) => `${one.provider}/${one.login}`).join(', ')
  throw new BehalfError('ambiguous-account', `There are owners at several providers: ${list}.`, {
    hint: `behalf logout ${owner.provider}/${owner.login}`,
  })
}

/** Undefined when the provider's configuration is gone. */
const findProvider = async (deps: AccountDeps, name: string): Promise<Provider | undefined> =>
  (await loadProviders(deps)).find((provider) => provider.name === name)
