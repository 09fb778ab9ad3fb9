import type {Credential, OAuth2Credential} from './credential.js'
import type {Origins, Role} from './provider.js'
import type {Secret} from './secret.js'
import type {EpochMs, Moment} from './time.js'

/** `twitch:2002` for owners and bots, `twitch@slack:U02AB` for a subject's account. */
export type AccountKey = string

export type LoginNeededReason =
  | 'rejected' // the provider refused the refresh token
  | 'lost-reply' // a refresh was processed and its answer never came
  | 'no-refresh-token' // the access token died and nothing can renew it
  | 'client-changed' // the provider's client id is not the one the tokens were granted to
  | 'origin-changed' // the provider's URLs lead elsewhere than when the tokens were granted

export type AccountState =
  | {kind: 'ok'}
  /** `toldAt`: when a daemon's `--on-login-needed` was run for it. */
  | {kind: 'login-needed'; reason: LoginNeededReason; since: EpochMs; detail?: string; toldAt?: EpochMs}

/** It is not known whether the stored refresh token was used (design 7, rules 5 and 12). */
export interface Doubt {
  cause: 'lost-reply' | 'old-copy'
  /** First send of the token in question (`old-copy`: when the copy was noticed). */
  since: Moment
  lastSentAt: Moment
  /** How often the token has been sent without an answer. 0 for `old-copy`. */
  sends: number
  /** A reply was recorded and not yet saved: whoever takes the account's lock finishes. */
  hasReply?: boolean
}

/** What made a refresh run. */
export type RefreshCause = 'due' | 'expired' | 'min-ttl' | 'refused' | 'forced'

export interface RefreshFailure {
  at: EpochMs
  /** In a row. */
  count: number
  /** For people. */
  summary: string
  /** Backoff: the schedule does not try before; a caller who needs a token may. */
  scheduleNotBefore: EpochMs
  /** Nobody tries before (`Retry-After`, a limit that ends with the access token). */
  notBefore?: EpochMs
}

/** What a person reads off their own device, for a service that wants it with a call. */
export interface OneTimeCode {
  code: Secret
  expiresAt: EpochMs
}

export interface Account {
  key: AccountKey
  provider: string
  /** The service's user id, always a string. */
  userId: string
  /** Lower case. */
  login: string
  displayName?: string
  role: Role
  subject?: string
  /** Random, new with every login; tells one authorization from the next. */
  grantId: string
  /** Rule 10: the client and the origins the tokens were granted under. */
  clientId: string
  origins: Origins
  credential: Credential
  state: AccountState
  /** Which estrangement a daemon's `--on-login-needed` was run for: that is found out, and no state of the account. */
  estrangementTold?: {reason: LoginNeededReason; at: EpochMs}
  /** Goes with the next call as this account. */
  oneTimeCode?: OneTimeCode
  doubt?: Doubt
  addedAt: EpochMs
  lastRefresh?: {at: EpochMs; cause: RefreshCause}
  lastValidatedAt?: EpochMs
  /** The last refresh attempt that did not end well; gone after one that did. */
  lastFailure?: RefreshFailure
  /** Counts the writes of this record; kept by the store. */
  version: number
}

export type NewAccount = Omit<Account, 'version'>

/** The accounts that the refresh machine, the schedule and validation are about; others never expire. */
export interface OAuth2Account extends Account {
  credential: OAuth2Credential
}

export type NewOAuth2Account = Omit<OAuth2Account, 'version'>

export const isOAuth2Account = (account: Account): account is OAuth2Account => account.credential.kind === 'oauth2'

export const accountKey = (provider: string, userId: string, subject?: string): AccountKey =>
  subject === undefined ? `${provider}:${userId}` : `${provider}@${subject}`

/** Names of providers have neither `:` nor `@`. */
export const providerOfKey = (key: AccountKey): string => key.slice(0, key.search(/[:@]/))
