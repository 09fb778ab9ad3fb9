import {textsOf, parseAccountName, type NamedAccount} from '../model/account-name.js'
import {describeAccount, type AccountStatus} from '../model/account-status.js'
import {providerOfKey, type AccountKey} from '../model/account.js'
import {BehalfError} from '../model/behalf-error.js'
import type {Role} from '../model/provider.js'
import {compareAccounts, describeAccounts, type AccountDeps} from './accounts.js'
import {loadProviders} from './load-provider.js'
import {readAccounts} from './read-accounts.js'

/** Which accounts a person looks at; what is not given leaves none out. */
export interface AccountQuery {
  provider?: string
  role?: Role
  needsLogin?: boolean
  /** A part of what the account is called; among many accounts the whole login, id, subject or key. */
  text?: string
  /** From 1. One that is beyond the last is the last. */
  page: number
}

export interface AccountPage {
  accounts: AccountStatus[]
  /** Of this page's, those whose records are damaged. */
  damaged: NamedAccount[]
  /** How many fit. */
  total: number
  page: number
  pages: number
  /** They were too many to look at each: in the order of their keys, and `text` is a whole name. */
  isByKey: boolean
}

/** Whom who looks may see at all; undefined: everybody. */
export type AccountSight = (account: Pick<NamedAccount, 'key' | 'role' | 'provider' | 'subject'>) => boolean

export const ACCOUNTS_PER_PAGE = 50
/** Among more than these no record is looked at that is not shown (docs/decisions/0039). */
const LOOKED_AT = 1000

/** A page of accounts; where they are few, owners first, then bots, then users. */
export async function pageAccounts(
  deps: AccountDeps,
  query: AccountQuery,
  maySee: AccountSight = () => true,
): Promise<AccountPage> {
  return (await deps.store.accounts.count()) > LOOKED_AT
    ? pageByKey(deps, query, maySee)
    : pageByLook(deps, query, maySee)
}

async function pageByLook(deps: AccountDeps, query: AccountQuery, maySee: AccountSight): Promise<AccountPage> {
  const [outlines, names, list] = await Promise.all([
    deps.store.accounts.outlines(),
    deps.store.accounts.names(),
    loadProviders(deps),
  ])
  const providers = new Map(list.map((provider) => [provider.name, provider]))
  const now = deps.clock.now()
  const fits = outlines
    .filter((one) => maySee(one) && fitsShape(query, one))
    .map((one) => describeAccount(one, providers.get(one.provider), now))
    .filter((one) => query.needsLogin !== true || one.state === 'login-needed')
    .filter((one) => hasText(query.text, [one.key, one.login, one.displayName ?? '', one.userId]))
    .sort(compareAccounts)
  const damaged = names.filter(
    (one) =>
      one.isDamaged === true &&
      query.needsLogin !== true &&
      maySee(one) &&
      fitsShape(query, one) &&
      hasText(query.text, [one.key, one.login]),
  )
  const cut = cutPage(fits, query.page)
  return {...cut.place, accounts: cut.items, damaged, total: fits.length + damaged.length, isByKey: false}
}

async function pageByKey(deps: AccountDeps, query: AccountQuery, maySee: AccountSight): Promise<AccountPage> {
  const keys = (await findKeys(deps, query)).filter((key) => maySee(describeKey(key)))
  const {items, place} = cutPage(keys, query.page)
  const names = await Promise.all(items.map((key) => deps.store.accounts.name(key)))
  const read = await readAccounts(
    deps,
    names.filter((name) => name !== undefined),
  )
  return {
    ...place,
    accounts: await describeAccounts(deps, read.accounts),
    damaged: read.damaged,
    total: keys.length,
    isByKey: true,
  }
}

async function findKeys(deps: AccountDeps, query: AccountQuery): Promise<readonly AccountKey[]> {
  const {store} = deps
  const {text, provider, role, needsLogin} = query
  if (text !== undefined) return keysOf((await findByText(deps, text)).filter((one) => fitsShape(query, one)))
  if (needsLogin) return keysOf((await store.accounts.stranded()).filter((one) => fitsShape(query, one)))
  if (role === 'owner') return keysOf(await store.accounts.owners(provider))
  const names = provider === undefined ? (await loadProviders(deps)).map(({name}) => name) : [provider]
  const lists = await Promise.all(names.map((name) => store.accounts.keysOf(name)))
  const owners = role === 'bot' ? new Set(keysOf(await store.accounts.owners(provider))) : new Set()
  return lists.flat().filter((key) => role === undefined || (role === describeKey(key).role && !owners.has(key)))
}

async function findByText({store}: AccountDeps, text: string): Promise<readonly NamedAccount[]> {
  const byKey = await store.accounts.name(text)
  if (byKey) return [byKey]
  try {
    const name = parseAccountName(text)
    const found = await store.accounts.find(textsOf(name))
    return found.filter((one) => name.provider === undefined || one.provider === name.provider)
  } catch (error) {
    if (error instanceof BehalfError && error.code === 'invalid-input') return []
    throw error
  }
}

/** What the key tells: an owner is taken for a bot. */
function describeKey(key: AccountKey): Pick<NamedAccount, 'key' | 'role' | 'provider' | 'subject'> {
  const provider = providerOfKey(key)
  if (!key.startsWith(`${provider}@`)) return {key, provider, role: 'bot'}
  return {key, provider, role: 'user', subject: key.slice(provider.length + 1)}
}

const keysOf = (names: readonly NamedAccount[]): AccountKey[] => names.map(({key}) => key)

const fitsShape = (query: AccountQuery, one: Pick<NamedAccount, 'provider' | 'role'>): boolean =>
  (query.provider === undefined || query.provider === one.provider) &&
  (query.role === undefined || query.role === one.role)

const hasText = (text: string | undefined, texts: readonly string[]): boolean =>
  text === undefined || texts.some((one) => one.toLowerCase().includes(text.toLowerCase()))

function cutPage<T>(all: readonly T[], wanted: number): {items: T[]; place: Pick<AccountPage, 'page' | 'pages'>} {
  const pages = Math.max(1, Math.ceil(all.length / ACCOUNTS_PER_PAGE))
  const page = Math.min(Math.max(1, wanted), pages)
  return {items: all.slice((page - 1) * ACCOUNTS_PER_PAGE, page * ACCOUNTS_PER_PAGE), place: {page, pages}}
}
