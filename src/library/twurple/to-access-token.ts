import type {AccessToken} from '@twurple/auth'

import type {Secret} from '../../model/secret.js'
import {MINUTE_MS, SECOND_MS, type EpochMs} from '../../model/time.js'

/** Twurple takes a minute off a token's life, and would have one refreshed that was found good a moment ago. */
const SHOWN_AT_LEAST_MS = 2 * MINUTE_MS

interface Lent {
  accessToken: Secret
  scopes: readonly string[]
  /** Undefined: not known, or none of Twurple's business. */
  expiresAt?: EpochMs | undefined
}

/**
 * In Twurple's form: without the refresh token, which nobody but behalf may send. Its life is counted by Twurple from
 * the machine's clock, whatever behalf's is.
 */
export function toAccessToken({accessToken, scopes, expiresAt}: Lent, now: EpochMs): AccessToken {
  const leftMs = expiresAt === undefined ? undefined : Math.max(expiresAt - now, SHOWN_AT_LEAST_MS)
  return {
    accessToken: accessToken.reveal(),
    refreshToken: null,
    scope: [...scopes],
    expiresIn: leftMs === undefined ? null : Math.floor(leftMs / SECOND_MS),
    obtainmentTimestamp: Date.now(),
  }
}
