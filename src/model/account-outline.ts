import type {Account, OAuth2Credential} from './account.js'

/** An account without its secrets: enough to tell how it is, not to use it. */
export interface AccountOutline extends Omit<Account, 'credential'> {
  /** `refreshToken`: anything where there is one. */
  credential: Omit<OAuth2Credential, 'accessToken' | 'refreshToken'> & {refreshToken?: unknown}
}
