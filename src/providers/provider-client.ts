import type {Readable} from 'node:stream'

import type {CallCredential, Credential, OAuth1Credential} from '../model/credential.js'
import type {Provider} from '../model/provider.js'
import type {RawReply, RefreshAnswer, TokenGrant} from '../model/refresh.js'
import type {Secret} from '../model/secret.js'
import type {EpochMs} from '../model/time.js'

/**
 * How providers are spoken to. One connection per exchange, nothing retried, no redirect followed:
 * connect 5 s, whole exchange 20 s.
 *
 * Methods that a person waits for throw `BehalfError`: `login-failed` (denied, bad state, bad code),
 * `provider-misconfigured`, `unavailable`, `configuration` (an endpoint the provider does not have).
 * Methods of the refresh machine return what happened as a value and do not throw for what the network or the provider did.
 */
export interface ProviderClient {
  /** RFC 6749 4.1.1, with PKCE (RFC 7636, S256) where `codeVerifier` is given. */
  authorizationUrl(provider: Provider, request: AuthorizationRequest): Promise<string>
  /**
   * Checks a callback (RFC 6749 4.1.2, 10.12; RFC 9207) and exchanges its code. `callback` is the query as it came.
   * Throws `login-failed` on a denied consent, a state that does not match, repeated parameters, a refused code.
   */
  exchangeCode(provider: Provider, callback: URLSearchParams, request: AuthorizationRequest): Promise<TokenGrant>
  /** RFC 8628 3.1. */
  startDevice(provider: Provider, scopes: string[]): Promise<DeviceAuthorization>
  /** One poll, RFC 8628 3.4. `unavailable`: poll again after the interval. */
  pollDevice(provider: Provider, device: DeviceAuthorization, scopes: string[]): Promise<DevicePoll>
  /**
   * Sends a refresh token (RFC 6749 6). `beforeWrite` runs once connected, before the first byte of the request:
   * if it throws or says false, nothing is sent.
   */
  sendRefresh(provider: Provider, refreshToken: Secret, beforeWrite: () => Promise<boolean>): Promise<Exchange>
  /** The table of design 7, rule 4. Pure: the same reply always means the same. */
  judgeRefresh(provider: Provider, reply: RawReply): Promise<RefreshAnswer>
  /** RFC 7009, or the dialect's way. A token that was dead already counts as revoked. */
  revoke(provider: Provider, token: Secret, kind: 'access_token' | 'refresh_token'): Promise<Revocation>
  /** Asks whether an access token lives (Twitch `/validate`). `unsupported` where the provider cannot be asked. */
  validate(provider: Provider, accessToken: Secret): Promise<Validation>
  /** Who authorized (rule 8): validate, userinfo or ID-token claims, as the dialect has it. */
  identify(provider: Provider, grant: TokenGrant): Promise<Identity>
  /**
   * Whose a credential of any kind is, by the service's userinfo URL. Throws `credential-refused` where the service does
   * not take it, `configuration` where it cannot be asked or names nobody.
   */
  identifyCredential(provider: Provider, credential: Credential): Promise<Identity>
  /**
   * OAuth 1.0a's temporary credentials (RFC 5849 2.1). `callbackUrl` is where the person is sent in the end, with whatever
   * is in its query; or `oob`, where they are shown a PIN.
   */
  beginOAuth1(
    provider: Provider,
    callbackUrl: string,
    options?: Pick<AuthorizationRequest, 'forceConsent'>,
  ): Promise<OAuth1Beginning>
  /** Token credentials (RFC 5849 2.3), and whose they are. Throws `login-failed` for a wrong PIN or verifier. */
  finishOAuth1(provider: Provider, authorization: OAuth1Authorization): Promise<OAuth1Grant>
  /**
   * The headers that authorize a request, names in lower case; those of OAuth 1.0a hold for this request alone. Throws
   * `invalid-input` for a query or a form that cannot be signed.
   */
  credentialHeaders(
    provider: Provider,
    credential: CallCredential,
    request: AuthorizedRequest,
  ): Promise<Record<string, string>>
  /**
   * Calls the provider's API with a credential; nothing is retried and no redirect followed: connect 5 s, a minute until
   * the answer begins and between two pieces of it. Throws `unavailable` when there is none.
   */
  sendCall(provider: Provider, credential: CallCredential, request: ApiRequest): Promise<ApiReply>
  /** Client credentials, RFC 6749 4.4. */
  requestAppToken(provider: Provider): Promise<TokenGrant>
  /** Asks whether the provider takes this client; nobody is asked and nothing is granted. Never rejects for its answer. */
  checkClient(provider: Provider): Promise<ClientVerdict>
  /** Whether a connection to the token endpoint can be opened. It is closed again, and nothing is sent. */
  canReach(provider: Provider): Promise<boolean>
  /** OpenID Connect Discovery 1.0 / RFC 8414. `addressesFrom`: how the issuer's URL came here. */
  discover(issuer: string, options?: Pick<Provider, 'addressesFrom'>): Promise<DiscoveredEndpoints>
}

export interface AuthorizationRequest {
  redirectUri: string
  state: Secret
  scopes: string[]
  codeVerifier?: Secret
  nonce?: Secret
  /** Show the consent page (and an account choice) even if it was granted before. */
  forceConsent: boolean
}

export interface OAuth1Beginning {
  requestToken: string
  requestTokenSecret: Secret
  authorizationUrl: string
}

export interface OAuth1Authorization {
  requestToken: string
  requestTokenSecret: Secret
  /** `oauth_verifier` of the callback, or the PIN. */
  verifier: string
}

export interface OAuth1Grant {
  credential: OAuth1Credential
  identity: Identity
}

/** What a credential's headers are made of besides the credential. */
export interface AuthorizedRequest {
  method: string
  /** With its query, as it is sent. */
  url: string
  /** A form body as it is sent: OAuth 1.0a signs it. */
  form?: string
  /** For a provider with an `otpHeader`. */
  oneTimeCode?: Secret
}

/** A request to an API, its credential apart. */
export interface ApiRequest {
  method: string
  /** With its query, encoded. */
  url: string
  /** Names in lower case. */
  headers: readonly (readonly [string, string])[]
  body?: Uint8Array
  oneTimeCode?: Secret
  /** Ends the call. */
  signal?: AbortSignal
}

export interface ApiReply {
  status: number
  statusText: string
  headers: [string, string][]
  /** As it comes. It ends with a BehalfError `unavailable` where it breaks off. Unread, it keeps the connection open. */
  body: Readable
  /** The credential itself was refused, as far as that can be told (design 7, rule 7). */
  tokenRefused: boolean
}

export interface DeviceAuthorization {
  deviceCode: Secret
  userCode: string
  verificationUri: string
  verificationUriComplete?: string
  expiresAt: EpochMs
  intervalMs: number
}

export type DevicePoll =
  | {kind: 'granted'; grant: TokenGrant}
  | {kind: 'pending'}
  | {kind: 'slow-down'}
  | {kind: 'denied'}
  | {kind: 'expired'}
  | {kind: 'unavailable'; reason: string}

export type Exchange =
  /** Not a byte of the request was written. */
  | {kind: 'not-sent'; reason: string}
  /** Written, but no status line came back. */
  | {kind: 'no-reply'; reason: string}
  /** Status and as much of the body as came. */
  | {kind: 'reply'; reply: RawReply}

export type Revocation = {kind: 'revoked'} | {kind: 'unsupported'} | {kind: 'failed'; reason: string}

export type Validation =
  | {kind: 'live'; userId?: string; login?: string; clientId?: string; scopes?: string[]; expiresAt?: EpochMs}
  | {kind: 'dead'}
  | {kind: 'unavailable'; reason: string}
  | {kind: 'unsupported'}

/**
 * What of a client a provider finds wrong, as far as it says: `secret-missing` is a confidential client without its secret,
 * `secret-given` a public one with a secret.
 */
export type ClientFault = 'client-id' | 'client-secret' | 'secret-missing' | 'secret-given' | 'client'

/** `reason` is in the provider's words. `clockAheadMs`: how far this machine's clock is ahead of the provider's. */
export type ClientVerdict =
  | {kind: 'accepted'; clockAheadMs?: number}
  | {kind: 'refused'; fault: ClientFault; reason: string; clockAheadMs?: number}
  | {kind: 'unavailable'; reason: string}
  /** It answers, but does not tell without a person. */
  | {kind: 'unsupported'; reason: string; clockAheadMs?: number}

export interface Identity {
  userId: string
  /** Lower case. Falls back to the user id where the service has no login names. */
  login: string
  displayName?: string
  /** The client the token belongs to, where the provider says so. */
  clientId?: string
  /** What was really granted, where the provider says so. */
  scopes?: string[]
}

export interface DiscoveredEndpoints {
  issuer: string
  authorizeUrl?: string
  tokenUrl: string
  deviceUrl?: string
  revokeUrl?: string
  userinfoUrl?: string
  jwksUrl?: string
  /** RFC 9207: whether every callback carries `iss`. */
  issInCallback?: boolean
  /** Whether S256 is announced. */
  pkce: boolean
  authMethods: string[]
}
