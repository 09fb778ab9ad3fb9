import type {AccountKey} from './account.js'
import type {ErrorCode} from './behalf-error.js'
import type {Role} from './provider.js'
import type {Secret} from './secret.js'
import type {EpochMs} from './time.js'

/** A pending authorization. Lives 10 minutes, ends once. */
export interface Flow {
  id: string
  state: Secret
  provider: string
  role: Role
  subject?: string
  /** The login or user id that must come back. */
  expect?: string
  /** The owner may become someone else. */
  replaceOwner?: boolean
  scopes: string[]
  redirectUri: string
  codeVerifier?: Secret
  nonce?: Secret
  createdAt: EpochMs
  expiresAt: EpochMs
  /** How it ended, where another process ended it than the one that waits for it. Its state opens nothing any more. */
  outcome?: FlowOutcome
}

export type FlowOutcome =
  | {kind: 'done'; account: AccountKey; created: boolean; missingScopes: string[]; cannotRefresh: boolean}
  | {kind: 'failed'; code: ErrorCode; message: string; hint?: string}
