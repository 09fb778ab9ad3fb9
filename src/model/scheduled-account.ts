import type {NamedAccount} from './account-name.js'
import type {Account, AccountKey, LoginNeededReason} from './account.js'
import type {EpochMs} from './time.js'

/** An account that will be refreshed without anyone asking. */
export interface UpcomingRefresh {
  key: AccountKey
  /** Not before; in the past for one that is overdue. */
  dueAt: EpochMs
  /** Of the access token in hand. */
  expiresAt?: EpochMs
  /** Of the record, to tell whether it has changed. */
  version: number
}

/** An account whose access token can be validated, and when that was last done. */
export interface UpcomingValidation {
  key: AccountKey
  lastValidatedAt?: EpochMs
}

/** An account that is flagged as needing a login. */
export interface StrandedAccount extends NamedAccount, Pick<Account, 'grantId'> {
  reason: LoginNeededReason
  since: EpochMs
  /** When a daemon's `--on-login-needed` was run for it. */
  toldAt?: EpochMs
}
