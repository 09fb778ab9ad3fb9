import type {Account} from './account.js'
import type {BasicCredential, Credential, OAuth2Credential} from './credential.js'

/** An account without its secrets: enough to tell how it is, not to use it. */
export interface AccountOutline extends Omit<Account, 'credential' | 'oneTimeCode'> {
  credential: CredentialOutline
}

/** `refreshToken`: anything where there is one. */
export type CredentialOutline =
  | (Omit<OAuth2Credential, 'accessToken' | 'refreshToken'> & {refreshToken?: unknown})
  | Omit<BasicCredential, 'password'>
  | Pick<Exclude<Credential, OAuth2Credential | BasicCredential>, 'kind' | 'issuedAt'>
