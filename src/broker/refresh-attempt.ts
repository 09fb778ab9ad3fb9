import type {AccountKey, LoginNeededReason, OAuth2Account, RefreshCause} from '../model/account.js'
import type {Provider} from '../model/provider.js'
import type {Secret} from '../model/secret.js'
import type {AccountLock} from '../store/store.js'
import type {Urgency} from './replay-policy.js'

/** What a refresh is asked for. */
export interface RefreshInput {
  key: AccountKey
  cause: RefreshCause
  /** `refused`, `forced`: the access token the caller saw. If another is stored by then, nothing is sent. */
  seen?: Secret
  /** `min-ttl`: the life that must be left; `due`: what is left of a token that counts as due, at most. */
  withinMs?: number
  urgency: Urgency
  /** How long to wait for the account's lock; without it as long as rule 1 allows. */
  lockWaitMs?: number
}

/** How a refresh ended. Callers decide by `kind`. `account` is the record as it is now. */
export type RefreshResult =
  | {kind: 'refreshed'; account: OAuth2Account; lostScopes: string[]; warning?: string}
  /** Someone else had refreshed already, or nothing was needed. */
  | {kind: 'superseded'; account: OAuth2Account}
  | {kind: 'rejected'; account: OAuth2Account; reason: string}
  /** It was known before: nothing was sent. */
  | {kind: 'login-needed'; account: OAuth2Account; reason: LoginNeededReason}
  | {kind: 'misconfigured'; account: OAuth2Account; reason: string}
  /** `limited`: the provider works, and has had enough of this account for now. */
  | {kind: 'unavailable'; account: OAuth2Account; reason: string; limited?: boolean}
  /** `sent`: this attempt sent the token and got no answer that can be used. */
  | {kind: 'in-doubt'; account: OAuth2Account; reason: string; sent: boolean}
  /** There is no such account, or none with OAuth 2. */
  | {kind: 'gone'}

/** What a caller wants; `repeats`: how often this very caller has sent the token without an answer. */
export type Wish = Omit<RefreshInput, 'key' | 'lockWaitMs'> & {repeats?: number}

/** What an exchange works on. */
export interface ExchangeContext {
  lock: AccountLock
  account: OAuth2Account
  provider: Provider
  refreshToken: Secret
  wish: Wish
}
