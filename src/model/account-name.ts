import type {Account} from './account.js'
import {BehalfError} from './behalf-error.js'
import {nearestNames} from './nearest-names.js'
import type {Role} from './provider.js'

/** `LOGIN` (any case), `PROVIDER/LOGIN`, `id:ID`, `subject:SUBJECT` (design 2), each possibly behind `PROVIDER/`. */
export interface AccountName {
  provider?: string
  by: 'login-or-id' | 'id' | 'subject'
  value: string
}

/** What naming an account needs to know of it. */
export interface NamedAccount extends Pick<Account, 'key' | 'provider' | 'login' | 'userId' | 'role' | 'subject'> {
  /** Its record cannot be read: what is said here is a guess, and the login empty where that is unknown. */
  isDamaged?: true
}

const DEFAULT_PROVIDER = 'twitch'

/** @throws BehalfError `invalid-input` for an empty or malformed name. */
export function parseAccountName(text: string): AccountName {
  const name = text.trim()
  if (name.startsWith('subject:') && name.length > 8) return {by: 'subject', value: name.slice(8)}
  const slash = name.indexOf('/')
  const provider = slash > 0 ? name.slice(0, slash) : undefined
  const rest = slash >= 0 ? name.slice(slash + 1) : name
  const invalid = rest === '' || slash === 0 || /[\s\p{Cc}]/u.test(name) || name.length > 256
  if (invalid) {
    throw new BehalfError('invalid-input', `“${name.slice(0, 80)}” does not name an account.`, {
      hint: 'Name it as LOGIN, PROVIDER/LOGIN, id:ID or subject:SUBJECT; `behalf status` lists all.',
    })
  }
  const scoped = provider === undefined ? {} : {provider}
  if (rest.startsWith('subject:')) return {...scoped, by: 'subject', value: rest.slice(8)}
  if (rest.startsWith('id:')) return {...scoped, by: 'id', value: rest.slice(3)}
  return {...scoped, by: 'login-or-id', value: rest}
}

/** What a store is asked for that is to find the accounts which a name may mean (`AccountStore.find`). */
export const textsOf = ({value}: AccountName): string[] => [...new Set([value, value.toLowerCase()])]

interface NameFilter {
  role?: Role
}

/**
 * Finds the one account that a name means, never another (design 7, rule 9).
 * A bare name is a login first, then an id. Without a provider: the only one that fits, else `twitch`.
 * @throws BehalfError `account-not-found` with the nearest names, `ambiguous-account` listing what fits.
 */
export function findAccount<A extends NamedAccount>(accounts: readonly A[], text: string, filter: NameFilter = {}): A {
  const found = findMatch(accounts, text, filter)
  if (found) return found
  throw accountNotFound(accounts, text, filter)
}

/** The same; undefined where none fits. */
export function findMatch<A extends NamedAccount>(
  accounts: readonly A[],
  text: string,
  filter: NameFilter,
): A | undefined {
  const name = parseAccountName(text)
  const matches = matchName(selectCandidates(accounts, name, filter), name)
  const [first] = matches
  if (first === undefined || matches.length === 1) return first
  const preferred = matches.filter((account) => account.provider === DEFAULT_PROVIDER)
  const [only] = preferred
  if (only !== undefined && preferred.length === 1 && name.by !== 'subject') return only
  throw new BehalfError(
    'ambiguous-account',
    `“${text}” fits ${String(matches.length)} accounts: ${listNames(matches)}.`,
    {
      hint: 'Name one of them so.',
    },
  )
}

const selectCandidates = <A extends NamedAccount>(
  accounts: readonly A[],
  {provider}: AccountName,
  {role}: NameFilter,
) =>
  accounts.filter(
    (account) =>
      (provider === undefined || account.provider === provider) && (role === undefined || account.role === role),
  )

/** The accounts that a name fits, apart from its provider. A login comes before an id. */
export function matchName<A extends NamedAccount>(candidates: readonly A[], name: AccountName): A[] {
  const byId = () => candidates.filter((account) => account.subject === undefined && account.userId === name.value)
  if (name.by === 'subject') return candidates.filter((account) => account.subject === name.value)
  if (name.by === 'id') return byId()
  const login = name.value.toLowerCase()
  const byLogin = candidates.filter((account) => account.subject === undefined && account.login === login)
  const found = byLogin.length > 0 ? byLogin : byId()
  return [...found, ...candidates.filter((account) => mayBeAnyone(account) && !hasSameProvider(found, account))]
}

/** Damaged, with a login that nobody knows: where nobody else at its provider fits, it may be the one that is meant. */
export const mayBeAnyone = ({isDamaged, login, subject}: NamedAccount): boolean =>
  isDamaged === true && login === '' && subject === undefined

const hasSameProvider = (accounts: readonly NamedAccount[], {provider}: NamedAccount): boolean =>
  accounts.some((account) => account.provider === provider)

/** The owners; one whose record is damaged, and who may have been a bot, where its provider has no other. */
export function ownersAmong<A extends NamedAccount>(accounts: readonly A[]): A[] {
  const owners = accounts.filter(({role}) => role === 'owner')
  const sound = owners.filter(({isDamaged}) => isDamaged !== true)
  return sound.length === owners.length
    ? owners
    : owners.filter((owner) => owner.isDamaged !== true || !hasSameProvider(sound, owner))
}

/** The shortest text that names this account and no other. */
export function nameOf({provider, login, userId, subject}: NamedAccount): string {
  if (subject !== undefined) return `${provider}/subject:${subject}`
  return `${provider}/${login === '' ? `id:${userId}` : login}`
}

const listNames = (accounts: readonly NamedAccount[]): string =>
  accounts.map((account) => `${nameOf(account)} (id:${account.userId})`).join(', ')

/** @param options `areAll: false`: there are others than these, too many to suggest one of them. */
export function accountNotFound(
  accounts: readonly NamedAccount[],
  text: string,
  filter: NameFilter,
  {areAll}: {areAll: boolean} = {areAll: true},
): BehalfError {
  const {role} = filter
  const what = role === 'bot' ? 'bot' : 'account'
  const name = parseAccountName(text)
  const candidates = selectCandidates(accounts, name, filter)
  const elsewhere = role === undefined ? [] : matchName(accounts, name).filter((one) => one.role !== role)
  const [other] = elsewhere
  if (other !== undefined) {
    return new BehalfError('account-not-found', `${nameOf(other)} is the ${other.role}’s account, not a ${what}.`, {
      hint: 'behalf status',
    })
  }
  const names = candidates.map((account) =>
    account.subject === undefined ? account.login : `subject:${account.subject}`,
  )
  const nearest = nearestNames(text.replace(/^[^/]*\//, '').toLowerCase(), names)
  const meant = nearest.length > 0 ? ` Did you mean ${nearest.join(', ')}?` : ''
  const next = areAll && candidates.length === 0 ? 'behalf login' : 'behalf status'
  return new BehalfError('account-not-found', `There is no ${what} “${text}”.${meant}`, {
    hint: role === 'bot' ? 'behalf bot list' : next,
  })
}
