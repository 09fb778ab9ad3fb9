import type {CredentialKind} from './credential.js'
import type {Secret} from './secret.js'
import type {EpochMs} from './time.js'

/** How a provider departs from the RFCs: in the words or the shape of its answers. The rest is in its settings. */
export const DIALECTS = [
  'rfc',
  'twitch',
  'atlassian',
  'discord',
  'facebook',
  'github',
  'google',
  'linkedin',
  'microsoft',
  'reddit',
  'slack',
  'spotify',
  'strava',
  'webex',
  'x',
] as const

export type Dialect = (typeof DIALECTS)[number]

/** What a repeated refresh token does (design 7, rule 5). `graceMs` is the provider's whole window. */
export type ReplayMode = {kind: 'safe'} | {kind: 'grace'; graceMs: number} | {kind: 'probe'} | {kind: 'last-resort'}

/** How the client authenticates at the token endpoint (RFC 6749 2.3.1, OpenID Connect Core 9). */
export type AuthMethod = 'post' | 'basic' | 'none'

export type Role = 'owner' | 'bot' | 'user'

/** An OAuth client at a service. URLs are absolute and without a trailing slash where they are bases. */
export interface Provider {
  name: string
  /** The preset it was made from. */
  preset?: string
  dialect: Dialect
  /** OpenID Connect issuer, when endpoints came from discovery. */
  issuer?: string
  /** What accounts of it may hold; the first is the default. Never empty. */
  credentialKinds: CredentialKind[]
  /** Where OAuth 1.0a gives out temporary credentials (RFC 5849 2.1); the next two URLs serve its other steps. */
  requestTokenUrl?: string
  authorizeUrl?: string
  /** A service without OAuth has none. */
  tokenUrl?: string
  deviceUrl?: string
  /** Where device codes are exchanged, when that is not the token URL (Webex). */
  deviceTokenUrl?: string
  revokeUrl?: string
  validateUrl?: string
  userinfoUrl?: string
  jwksUrl?: string
  /** The authorization server names itself in every callback (RFC 9207): one without `iss` is refused. */
  issInCallback?: boolean
  apiUrl?: string
  /** Where an API key goes in a request. Default: `Authorization`, with `Bearer` in front. */
  apiKey?: ApiKeyPlace
  /** The header that carries a one-time code, where the service wants one with a call. */
  otpHeader?: string
  /** Where the userinfo answer names the person, for services of no dialect. */
  identity?: IdentityMembers
  /** Empty where the service knows no clients. */
  clientId: string
  clientSecret?: Secret
  authMethod: AuthMethod
  pkce: boolean
  /** The token endpoint takes its parameters as JSON instead of a form (Notion). */
  tokenBody?: 'json'
  /** Sent with every request to the service; a caller's own header of that name wins. Names in lower case. */
  requestHeaders?: Record<string, string>
  /** The userinfo URL takes no GET (Dropbox). */
  userinfoMethod?: 'POST'
  /** An access token is revoked by a request that it authorizes itself, instead of RFC 7009's (Slack, Strava). */
  revokeBy?: 'bearer'
  /** Days until a refresh token lapses that is not used, where that is documented and not announced. */
  refreshTokenLifeDays?: number
  /** Where a person registers the application; for messages. */
  registerUrl?: string
  /** Where a person ends the application's access by hand; for messages. */
  connectionsUrl?: string
  callbackUrl?: string
  /** Default scopes, per role. */
  scopes: Partial<Record<Role, string[]>>
  scopeSeparator: ' ' | ','
  /** What the authorization request calls the scopes of a person. Default: `scope`. */
  scopeParameter?: string
  /** Overrides the dialect's own mode. */
  replay?: ReplayMode
  /** What revoking an access token ends: that token alone, or the whole grant of user and client. */
  revokeEnds: 'token' | 'grant'
  /** Extra parameters of the authorization request (Google: `access_type=offline`). */
  authorizeParams: Record<string, string>
  /** Parameters that force the consent page (Twitch: `force_verify=true`). */
  consentParams: Record<string, string>
  /** Where `client_id` and `client_secret` came from. */
  credentialsFrom: 'store' | 'environment'
  /** Its URLs were set over HTTP: they lead to no address of this machine or its network. Not there: the terminal's. */
  addressesFrom?: 'http'
}

/** `prefix` stands before the key, with a space between. */
export interface ApiKeyPlace {
  header: string
  prefix?: string
}

export const DEFAULT_API_KEY_PLACE: ApiKeyPlace = {header: 'Authorization', prefix: 'Bearer'}

/** Paths of members in a JSON answer, with dots between names: `data.user.id`. */
export interface IdentityMembers {
  userId?: string
  login?: string
  displayName?: string
}

/** What is remembered about a provider apart from its settings. */
export interface ProviderState {
  name: string
  /** Set when the provider refused the client itself; holds until the settings' fingerprint changes. */
  misconfigured?: {settings: string; reason: string; since: EpochMs}
  /** The fingerprint of the settings with which it answered, and did not refuse the client, when it was tested. */
  answered?: string
  appToken?: AppToken
}

/** A token of the application itself (client credentials, RFC 6749 4.4). */
export interface AppToken {
  accessToken: Secret
  clientId: string
  tokenUrl: string
  /** The only origin whose API may be sent it; undefined: the provider had no API URL. */
  apiOrigin?: string
  issuedAt: EpochMs
  expiresAt?: EpochMs
}

/** The origins a token may be sent to (design 7, rule 10). */
export interface Origins {
  token?: string
  revoke?: string
  validate?: string
  userinfo?: string
  api?: string
}

const originOf = (url: string): string => new URL(url).origin

/** Each call on behalf of an account asks, and gets the provider that the call before it got while none is changed. */
const knownOrigins = new WeakMap<Provider, Origins>()

/** The origins that tokens granted under this provider belong to. */
export function originsOf(provider: Provider): Origins {
  const known = knownOrigins.get(provider)
  if (known) return known
  const origins = readOrigins(provider)
  // What can still be changed may lead elsewhere next time.
  if (Object.isFrozen(provider)) knownOrigins.set(provider, origins)
  return origins
}

function readOrigins(provider: Provider): Origins {
  return {
    ...(provider.tokenUrl && {token: originOf(provider.tokenUrl)}),
    ...(provider.revokeUrl && {revoke: originOf(provider.revokeUrl)}),
    ...(provider.validateUrl && {validate: originOf(provider.validateUrl)}),
    ...(provider.userinfoUrl && {userinfo: originOf(provider.userinfoUrl)}),
    ...(provider.apiUrl && {api: originOf(provider.apiUrl)}),
  }
}

/** Whether accounts of it are authorized for a client that was registered there. */
export const needsClient = ({credentialKinds}: Pick<Provider, 'credentialKinds'>): boolean =>
  credentialKinds.some((kind) => kind === 'oauth2' || kind === 'oauth1')

export const isConfidential = (provider: Provider): boolean => provider.clientSecret !== undefined
