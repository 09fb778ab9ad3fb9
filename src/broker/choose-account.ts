import {accountKey, providerOfKey} from '../model/account.js'
import {matchName, nameOf, ownersAmong, parseAccountName, textsOf, type NamedAccount} from '../model/account-name.js'
import type {ApiToken} from '../model/api-token.js'
import {BehalfError} from '../model/behalf-error.js'
import {mayServeSubject, parseSubjectPattern} from '../model/subject-pattern.js'
import type {BrokerDeps} from './broker-deps.js'

/** What is asked of the account that acts. */
export interface ActorDemand {
  /** Only an account of this provider; undefined: of any. */
  provider: string | undefined
  /** Without an account nothing can be done. */
  isNeeded: boolean
}

/** Where accounts are looked up. Whatever is asked for here is asked for with each request: no more is read than it takes. */
type Accounts = Pick<BrokerDeps['store']['accounts'], 'name' | 'find' | 'owners'>

const DEFAULT_PROVIDER = 'twitch'

/**
 * Who acts in a request (design 8): the account that a header names; without one the token's default; else the only one
 * it may act as; else, where it may act as any, the owner. Accounts of other providers than the one that is called do
 * not count. Never another than the one that is meant (design 7, rule 9).
 * @throws BehalfError `invalid-input` when headers are repeated, differ or are missing, `ambiguous-account`,
 * `account-not-found`, `refused` for an account that the token may not act as.
 */
export async function chooseAccount(
  accounts: Accounts,
  apiToken: ApiToken,
  headers: readonly (readonly string[])[],
  demand: ActorDemand,
): Promise<NamedAccount | undefined> {
  const named = readName(headers)
  if (named !== undefined) return requireMayActAs(apiToken, await findNamed(accounts, named, demand.provider), named)
  const key = await findDefault(accounts, apiToken, demand.provider)
  if (key !== undefined) return requireMayActAs(apiToken, await accounts.name(key), key)
  if (demand.isNeeded) throw nobodyNamed(apiToken, demand.provider)
  return undefined
}

/**
 * Asks for the account that the headers name, before it is known who asks: what is read together takes no longer. For
 * `accounts` that remember what was read.
 */
export function foreseeAccount(accounts: Pick<Accounts, 'find'>, headers: readonly (readonly string[])[]): void {
  try {
    const named = readName(headers)
    if (named !== undefined) accounts.find(textsOf(parseAccountName(named))).catch(() => undefined)
  } catch {
    // Whoever may ask is told then.
  }
}

/** @throws BehalfError `account-not-found` where there is no such account, `refused` where it may not act as it. */
export function requireMayActAs(apiToken: ApiToken, account: NamedAccount | undefined, name: string): NamedAccount {
  if (!account) {
    const shown = name.length > 80 ? `${name.slice(0, 80)}…` : name
    throw new BehalfError('account-not-found', `There is no account “${shown}”.`, {hint: 'behalf status'})
  }
  if (mayActAs(apiToken, account)) return account
  throw new BehalfError('refused', `The API token may not act as ${nameOf(account)}.`, {
    hint: `Issue one that may: \`behalf token issue NAME --scope … --as ${nameOf(account)}\`.`,
  })
}

/** Chat users are never among “any”. */
export function mayActAs(
  apiToken: Pick<ApiToken, 'as' | 'asAny'>,
  {key, role, provider, subject}: Pick<NamedAccount, 'key' | 'role' | 'provider' | 'subject'>,
): boolean {
  if (apiToken.asAny) return role !== 'user'
  return apiToken.as.includes(key) || (subject !== undefined && mayServeSubject(apiToken, {provider, subject}))
}

/** What the headers name; undefined where they are missing or blank. */
function readName(headers: readonly (readonly string[])[]): string | undefined {
  if (headers.some((values) => values.length > 1)) {
    throw new BehalfError('invalid-input', 'A header that names the account is there more than once.')
  }
  const names = new Set(headers.flat().map((value) => value.trim()))
  names.delete('')
  if (names.size > 1) throw new BehalfError('invalid-input', 'Two headers name different accounts.')
  const [name] = names
  return name
}

/** @throws BehalfError `invalid-input` for what is no name, `ambiguous-account`. */
async function findNamed(
  accounts: Accounts,
  text: string,
  provider: string | undefined,
): Promise<NamedAccount | undefined> {
  const name = parseAccountName(text)
  if (provider !== undefined && name.provider !== undefined && name.provider !== provider) return undefined
  const at = provider ?? name.provider
  const found = await accounts.find(textsOf(name))
  const matches = matchName(at === undefined ? found : found.filter((one) => one.provider === at), name)
  const preferred = matches.length > 1 ? matches.filter((one) => one.provider === DEFAULT_PROVIDER) : matches
  if (preferred.length === 1 || matches.length === 0) return preferred[0]
  throw new BehalfError('ambiguous-account', `“${text}” fits ${String(matches.length)} accounts.`, {
    hint: 'Name it as PROVIDER/LOGIN or id:ID.',
  })
}

/** The key of the account that acts where none is named. */
async function findDefault(
  accounts: Accounts,
  apiToken: ApiToken,
  provider: string | undefined,
): Promise<string | undefined> {
  const isThere = (entry: string): boolean => {
    const own = parseSubjectPattern(entry) ?? {provider: providerOfKey(entry)}
    return provider === undefined || own.provider === undefined || own.provider === provider
  }
  if (apiToken.defaultAs !== undefined && isThere(apiToken.defaultAs)) return apiToken.defaultAs
  if (!apiToken.asAny) {
    const [only, ...others] = apiToken.as.filter(isThere)
    return only === undefined || others.length > 0 ? undefined : settleOn(accounts, only, provider)
  }
  const owners = ownersAmong(await accounts.owners(provider))
  const owner = owners.length === 1 ? owners[0] : owners.find((one) => one.provider === DEFAULT_PROVIDER)
  return owner?.key
}

/** The account that is meant by one that an API token may act as; undefined where that may be several. */
async function settleOn(accounts: Accounts, entry: string, provider: string | undefined): Promise<string | undefined> {
  const pattern = parseSubjectPattern(entry)
  if (pattern === undefined) return entry
  const at = pattern.provider ?? provider
  if (pattern.subject.endsWith('*')) return undefined
  if (at !== undefined) return accountKey(at, '', pattern.subject)
  const mine = matchName(await accounts.find([pattern.subject]), {by: 'subject', value: pattern.subject})
  return mine.length === 1 ? mine[0]?.key : undefined
}

function nobodyNamed(apiToken: ApiToken, provider: string | undefined): BehalfError {
  const where = provider === undefined ? '' : ` at ${provider}`
  if (!apiToken.asAny && apiToken.as.length === 0) {
    return new BehalfError('invalid-input', 'The request needs an account, and the API token may act as none.', {
      hint: 'Issue one that may: `behalf token issue NAME --scope … --as LOGIN`.',
    })
  }
  const why = apiToken.asAny ? `there is no owner${where}` : `the API token does not settle who acts${where}`
  return new BehalfError('invalid-input', `The request names no account, and ${why}.`, {
    hint: 'Name it with the header X-Behalf-Of.',
  })
}
