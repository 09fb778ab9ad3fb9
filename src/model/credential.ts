import type {Secret} from './secret.js'
import type {EpochMs} from './time.js'

/** What can be kept for an account. */
export const CREDENTIAL_KINDS = ['oauth2', 'oauth1', 'api-key', 'basic'] as const

export type CredentialKind = (typeof CREDENTIAL_KINDS)[number]

/** Of a provider that says nothing of it. */
export const DEFAULT_CREDENTIAL_KINDS: CredentialKind[] = ['oauth2']

/** Tokens of one authorization. Absolute times; `expires_in` is converted once, at the border. */
export interface OAuth2Credential {
  kind: 'oauth2'
  accessToken: Secret
  tokenType: string
  refreshToken?: Secret
  scopes: string[]
  /** When the request that brought the access token was sent. */
  issuedAt: EpochMs
  /** Undefined: no known expiry; refreshed only when refused. */
  expiresAt?: EpochMs
  /** When the refresh token was last new. */
  refreshTokenIssuedAt?: EpochMs
  /** When the refresh token lapses unused. */
  refreshTokenExpiresAt?: EpochMs
  /**
   * Of the last refresh only the refresh token could be read: the access token is from before it,
   * may have ended with it, and is no witness of what became of the refresh token.
   */
  accessTokenOutdated?: boolean
  /** The last refresh returned the same refresh token, or none: repeating it is safe. */
  refreshTokenStable?: boolean
}

/** The token credentials of RFC 5849 2.3. They do not expire by themselves. */
export interface OAuth1Credential {
  kind: 'oauth1'
  token: Secret
  tokenSecret: Secret
  /** When they were given out. */
  issuedAt: EpochMs
}

/** A key that a person made at the service. */
export interface ApiKeyCredential {
  kind: 'api-key'
  key: Secret
  /** When it was handed in. */
  issuedAt: EpochMs
}

/** RFC 7617. The password is often a token that a person made at the service, as Jenkins has it. */
export interface BasicCredential {
  kind: 'basic'
  /** Never with a colon: it ends the name (RFC 7617 2). */
  username: string
  password: Secret
  /** When it was handed in. */
  issuedAt: EpochMs
}

/** What is handed in whole, and not negotiated with the service. */
export type StaticCredential = ApiKeyCredential | BasicCredential

export type Credential = OAuth2Credential | OAuth1Credential | StaticCredential

/** What a request is made with: of OAuth 2 the access token alone. */
export type CallCredential = Pick<OAuth2Credential, 'kind' | 'accessToken'> | OAuth1Credential | StaticCredential
