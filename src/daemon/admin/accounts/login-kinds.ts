import type {AccountStatus} from '../../../model/account-status.js'

/** Whether logging in mends it: API keys and passwords are handed in, and an import is run again. */
export const canLogInHere = ({credential, state}: Pick<AccountStatus, 'credential' | 'state'>): boolean =>
  (credential === 'oauth2' || credential === 'oauth1') && state !== 'unfinished'
