import type {Secret} from './secret.js'
import type {EpochMs} from './time.js'

/** Tokens as a provider granted them; our shape of RFC 6749 5.1. */
export interface TokenGrant {
  accessToken: Secret
  tokenType: string
  refreshToken?: Secret
  /** Undefined when the answer named none. */
  scopes?: string[]
  issuedAt: EpochMs
  expiresAt?: EpochMs
  refreshTokenExpiresAt?: EpochMs
  /** Claims of a verified ID token. */
  claims?: Record<string, unknown>
}

/** An HTTP answer as it came, before anyone judged it. */
export interface RawReply {
  status: number
  headers: Record<string, string>
  /** As text; possibly cut short (`complete: false`). */
  body: string
  complete: boolean
  /** When its request was sent: token life counts from here. */
  sentAt: EpochMs
}

/** What an answer of the token endpoint means (design 7, rule 4). Callers decide by `kind`, never by message. */
export type RefreshAnswer =
  | {kind: 'refreshed'; grant: TokenGrant}
  | {kind: 'rejected'; reason: string}
  | {kind: 'misconfigured'; reason: string}
  | {kind: 'unavailable'; reason: string; retryAfterMs?: number}
  /** `refreshToken`: a good refresh token found in an answer whose rest is unusable. */
  | {kind: 'in-doubt'; reason: string; refreshToken?: Secret}
