import {nameOf, type NamedAccount} from '../model/account-name.js'
import type {ApiToken} from '../model/api-token.js'
import {BehalfError} from '../model/behalf-error.js'
import {coversSubjects, parseSubjectPattern} from '../model/subject-pattern.js'
import type {EpochMs} from '../model/time.js'
import type {BrokerDeps} from './broker-deps.js'
import {mayActAs} from './choose-account.js'
import {findNamedAccount} from './find-named-account.js'
import {
  issueApiToken,
  lifeOf,
  rotateApiToken,
  toSubjectPattern,
  type IssuedToken,
  type IssueTokenInput,
} from './issue-api-token.js'

type Deps = Pick<BrokerDeps, 'store' | 'clock' | 'random'>

/** Whoever opens the store is the root: what leads to all of it is given there alone (design 8). */
export const TERMINAL_SCOPES: readonly string[] = ['admin', 'token:read']

/** What one API token asks of another that it wants to have the text of. */
interface Grant {
  scopes: readonly string[]
  asAny: boolean
  accounts: readonly NamedAccount[]
  /** Chat users, by subject. */
  patterns: readonly string[]
  endsAt: EpochMs | undefined
}

/**
 * Issues an API token for the holder of one with `admin`, within what that one has itself: no scope that is given at the
 * terminal alone, no account that it may not act as, no longer life (docs/decisions/0023).
 * @param delegate Undefined: whoever opened the store asks, and not at the terminal. Then the first of these holds alone.
 * @throws BehalfError what {@link issueApiToken} throws; `refused` for more than that.
 */
export async function issueByDelegate(
  deps: Deps,
  delegate: ApiToken | undefined,
  input: IssueTokenInput,
): Promise<IssuedToken> {
  const patterns = input.as.flatMap((name) => toSubjectPattern(name) ?? [])
  const accounts: NamedAccount[] = []
  for (const name of input.as) if (!toSubjectPattern(name)) accounts.push(await findNamedAccount(deps, name))
  const leftMs = delegate?.expiresAt === undefined ? undefined : delegate.expiresAt - deps.clock.now()
  const expiresInMs = input.expiresInMs ?? leftMs
  const endsAt = expiresInMs === undefined ? undefined : deps.clock.now() + expiresInMs
  checkGrant(delegate, {scopes: input.scopes, asAny: input.asAny, accounts, patterns, endsAt})
  return issueApiToken(deps, {
    ...input,
    as: [...accounts.map(exactNameOf), ...patterns],
    ...(expiresInMs !== undefined && {expiresInMs}),
  })
}

/**
 * Gives an API token a new secret for the holder of one with `admin`, within the same limits.
 * @throws BehalfError what {@link rotateApiToken} throws; `refused` for more than that.
 */
export async function rotateByDelegate(deps: Deps, delegate: ApiToken | undefined, id: string): Promise<IssuedToken> {
  // Whom a token may act as stays as it was issued.
  const {as: named = []} = (await deps.store.apiTokens.get(id)) ?? {}
  const found = await Promise.all(named.map((key) => deps.store.accounts.name(key)))
  const accounts = found.filter((account) => account !== undefined)
  return rotateApiToken(deps, id, ({scopes, asAny, as, ...life}) => {
    const patterns = as.filter(parseSubjectPattern)
    const gone = as.find((key) => !patterns.includes(key) && !accounts.some((one) => one.key === key))
    // Whoever logs it in again is acted as at once, and whether that is a chat user is not known before.
    if (gone !== undefined && delegate && !delegate.as.includes(gone))
      throw refuse(`The API token may act as ${gone}, which is gone.`)
    const lifeMs = lifeOf(life)
    checkGrant(delegate, {
      scopes,
      asAny,
      accounts,
      patterns,
      endsAt: lifeMs === undefined ? undefined : deps.clock.now() + lifeMs,
    })
  })
}

function checkGrant(delegate: ApiToken | undefined, {scopes, asAny, accounts, patterns, endsAt}: Grant): void {
  const scope = scopes.find((one) => TERMINAL_SCOPES.includes(one))
  if (scope !== undefined) throw refuse(`API tokens with ${scope} are issued at the terminal only.`)
  if (!delegate) return
  if (asAny && !delegate.asAny)
    throw refuse('An API token that may act as any account is not given by one that may not.')
  const account = accounts.find((one) => !mayActAs(delegate, one))
  if (account) throw refuse(`The API token may not act as ${nameOf(account)}, and so gives no token that may.`)
  const pattern = patterns.find((one) => !covers(delegate, one))
  if (pattern !== undefined) throw refuse(`The API token may not act as ${pattern}, and so gives no token that may.`)
  if (delegate.expiresAt !== undefined && (endsAt === undefined || endsAt > delegate.expiresAt)) {
    throw refuse('An API token gives none that lives longer than itself.')
  }
}

function covers({as}: ApiToken, text: string): boolean {
  const pattern = parseSubjectPattern(text)
  return pattern !== undefined && as.some((held) => coversSubjects(held, pattern))
}

const refuse = (message: string): BehalfError =>
  new BehalfError('refused', message, {hint: 'At the terminal: `behalf token issue` or `behalf token rotate`.'})

/** The name that no other account can have by the time it is looked up. */
const exactNameOf = ({provider, userId, subject}: NamedAccount): string =>
  subject === undefined ? `${provider}/id:${userId}` : `${provider}/subject:${subject}`
