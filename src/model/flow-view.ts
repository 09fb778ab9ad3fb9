import type {AccountStatus} from './account-status.js'
import type {ErrorCode} from './behalf-error.js'
import type {Role} from './provider.js'
import type {EpochMs} from './time.js'

/** A flow as programs see it: without secrets. */
export interface FlowView {
  id: string
  provider: string
  role: Role
  subject?: string
  state: 'pending' | 'done' | 'failed'
  /** What a pending one waits for. */
  waitsFor?: 'callback' | 'confirmation' | 'code'
  createdAt: EpochMs
  expiresAt: EpochMs
  /** Of one that is done, while the account is there. */
  account?: AccountStatus
  /** It was not known before. */
  created?: boolean
  missingScopes?: string[]
  cannotRefresh?: boolean
  /** Why it failed. */
  failure?: {code: ErrorCode; message: string}
}
