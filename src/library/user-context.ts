import type {EpochMs} from '../model/time.js'

/** Tokens of one OAuth 2 authorization, in the clear: log them nowhere. */
export interface Tokens {
  accessToken: string
  /** Undefined where the service gave none: when the access token ends, the person has to log in again. */
  refreshToken?: string | undefined
  /** When the access token ends, in milliseconds since 1970 (`Date.now()`); undefined: not known. */
  expiresAt?: EpochMs | undefined
  /** What the person granted. */
  scopes: string[]
  /** How the service calls the token, nearly always `bearer`. */
  tokenType: string
}

/** What behalf keeps for a person at a service that speaks OAuth 2. */
export interface UserContext {
  /** The id that a chat service gave the person, such as `slack:U02AB`. */
  subject: string
  /** The person's id at the service, always a string. */
  userId: string
  tokens: Tokens
}
