import type {Account} from './account.js'
import type {Credential, OAuth2Credential} from './credential.js'
import {MINUTE_MS, type EpochMs} from './time.js'
import {isUnfinishedImport} from './unfinished-import.js'

/** Part of a token's life after which the schedule renews it (design 7, rule 6), and how far jitter moves it. */
const DUE_PART = 0.8
const JITTER_PART = 0.05

/** Life left, in milliseconds; Infinity where no expiry is known, as of what is no OAuth 2. Never negative. */
export function remainingMs(credential: Credential, now: EpochMs): number {
  if (credential.kind !== 'oauth2') return Infinity
  return credential.expiresAt === undefined ? Infinity : Math.max(0, credential.expiresAt - now)
}

/**
 * Whether a token can be handed out without a refresh: more than a minute of it is left,
 * or more than 10 % of its life if that is less (design 7, rule 6).
 */
export const isFresh = (credential: OAuth2Credential, now: EpochMs): boolean => now < freshUntil(credential)

/** Until when, not included. Infinity where no expiry is known. */
export function freshUntil({accessTokenOutdated, expiresAt, issuedAt}: OAuth2Credential): EpochMs {
  if (accessTokenOutdated) return -Infinity
  if (expiresAt === undefined) return Infinity
  return expiresAt - Math.min(MINUTE_MS, (expiresAt - issuedAt) / 10)
}

export function isAlive(credential: Credential, now: EpochMs): boolean {
  return remainingMs(credential, now) > 0
}

/** What decides when an account is refreshed. No secret: a stored record tells it as well as an account. */
export interface RefreshTimes extends Pick<Account, 'grantId' | 'subject' | 'state' | 'lastFailure'> {
  credential: Pick<
    OAuth2Credential,
    'issuedAt' | 'expiresAt' | 'refreshTokenIssuedAt' | 'refreshTokenExpiresAt' | 'accessTokenOutdated'
  > & {refreshToken?: unknown}
}

/** When the account is due for a refresh without anyone asking; undefined: never by itself. */
export function nextRefreshAt({
  grantId,
  credential,
}: Pick<RefreshTimes, 'grantId' | 'credential'>): EpochMs | undefined {
  if (credential.refreshToken === undefined) return undefined
  const times: EpochMs[] = credential.accessTokenOutdated ? [credential.issuedAt] : []
  if (credential.expiresAt !== undefined) {
    const part = DUE_PART + JITTER_PART * (2 * fractionOf(grantId) - 1)
    times.push(Math.round(credential.issuedAt + (credential.expiresAt - credential.issuedAt) * part))
  }
  if (credential.refreshTokenExpiresAt !== undefined) {
    const since = credential.refreshTokenIssuedAt ?? credential.issuedAt
    times.push(since + (credential.refreshTokenExpiresAt - since) / 2)
  }
  return times.length === 0 ? undefined : Math.min(...times)
}

/**
 * When the schedule refreshes the account next: when it is due, but not before its backoff ends. Undefined: never by
 * itself, as where a login is needed. `inDoubt`: a refresh was sent and not answered, which is settled without delay.
 */
export function nextAttemptAt(account: RefreshTimes, now: EpochMs, inDoubt = false): EpochMs | undefined {
  if (account.state.kind !== 'ok' || isUnfinishedImport(account)) return undefined
  const dueAt = inDoubt && account.credential.refreshToken !== undefined ? now : nextRefreshAt(account)
  const failure = account.lastFailure
  // A failure in the future was noted by a clock that has been set right since: it binds nobody.
  if (dueAt === undefined || !failure || failure.at > now) return dueAt
  return Math.max(dueAt, failure.scheduleNotBefore, failure.notBefore ?? 0)
}

/** From 0 to 1, evenly, and always the same for a grant, so that daemons and restarts agree (FNV-1a, mixed). */
function fractionOf(grantId: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < grantId.length; i += 1) hash = Math.imul(hash ^ grantId.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32
}
