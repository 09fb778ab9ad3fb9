import type {Account, OAuth2Credential} from './account.js'
import {MINUTE_MS, type EpochMs} from './time.js'

/** Part of a token's life after which the schedule renews it (design 7, rule 6). */
const DUE_PART = 0.8

/** Life left, in milliseconds; Infinity where no expiry is known. Never negative. */
export function remainingMs(credential: OAuth2Credential, now: EpochMs): number {
  return credential.expiresAt === undefined ? Infinity : Math.max(0, credential.expiresAt - now)
}

/**
 * Whether a token can be handed out without a refresh: more than a minute of it is left,
 * or more than 10 % of its life if that is less (design 7, rule 6).
 */
export function isFresh(credential: OAuth2Credential, now: EpochMs): boolean {
  if (credential.accessTokenOutdated) return false
  if (credential.expiresAt === undefined) return true
  const lifeMs = credential.expiresAt - credential.issuedAt
  return remainingMs(credential, now) > Math.min(MINUTE_MS, lifeMs / 10)
}

export function isAlive(credential: OAuth2Credential, now: EpochMs): boolean {
  return remainingMs(credential, now) > 0
}

/** When the account is due for a refresh without anyone asking; undefined: never by itself. */
export function nextRefreshAt(account: Account): EpochMs | undefined {
  const {credential} = account
  if (!credential.refreshToken) return undefined
  const times: EpochMs[] = credential.accessTokenOutdated ? [credential.issuedAt] : []
  if (credential.expiresAt !== undefined) {
    times.push(credential.issuedAt + (credential.expiresAt - credential.issuedAt) * DUE_PART)
  }
  if (credential.refreshTokenExpiresAt !== undefined) {
    const since = credential.refreshTokenIssuedAt ?? credential.issuedAt
    times.push(since + (credential.refreshTokenExpiresAt - since) / 2)
  }
  return times.length === 0 ? undefined : Math.min(...times)
}
