import type {Secret} from './secret.js'
import type {EpochMs} from './time.js'

/** How a provider departs from the RFCs. */
export type Dialect = 'rfc' | 'twitch' | 'google' | 'github' | 'discord' | 'spotify' | 'webex'

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
  authorizeUrl?: string
  tokenUrl: string
  deviceUrl?: string
  revokeUrl?: string
  validateUrl?: string
  userinfoUrl?: string
  jwksUrl?: string
  /** The authorization server names itself in every callback (RFC 9207): one without `iss` is refused. */
  issInCallback?: boolean
  apiUrl?: string
  clientId: string
  clientSecret?: Secret
  authMethod: AuthMethod
  pkce: boolean
  /** Where a person registers the application; for messages. */
  registerUrl?: string
  /** Where a person ends the application's access by hand; for messages. */
  connectionsUrl?: string
  callbackUrl?: string
  /** Default scopes, per role. */
  scopes: Partial<Record<Role, string[]>>
  scopeSeparator: ' ' | ','
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
}

/** What is remembered about a provider apart from its settings. */
export interface ProviderState {
  name: string
  /** Set when the provider refused the client itself; holds until the settings' fingerprint changes. */
  misconfigured?: {settings: string; reason: string; since: EpochMs}
  appToken?: AppToken
}

/** A token of the application itself (client credentials, RFC 6749 4.4). */
export interface AppToken {
  accessToken: Secret
  clientId: string
  tokenUrl: string
  issuedAt: EpochMs
  expiresAt?: EpochMs
}

/** The origins a token may be sent to (design 7, rule 10). */
export interface Origins {
  token: string
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
    token: originOf(provider.tokenUrl),
    ...(provider.revokeUrl && {revoke: originOf(provider.revokeUrl)}),
    ...(provider.validateUrl && {validate: originOf(provider.validateUrl)}),
    ...(provider.userinfoUrl && {userinfo: originOf(provider.userinfoUrl)}),
    ...(provider.apiUrl && {api: originOf(provider.apiUrl)}),
  }
}

export const isConfidential = (provider: Provider): boolean => provider.clientSecret !== undefined
