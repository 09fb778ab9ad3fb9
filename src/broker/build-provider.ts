import {BehalfError} from '../model/behalf-error.js'
import {DEFAULT_CREDENTIAL_KINDS} from '../model/credential.js'
import {nearestNames} from '../model/nearest-names.js'
import type {AuthMethod, Dialect, Provider, ReplayMode} from '../model/provider.js'
import type {Secret} from '../model/secret.js'
import type {BrokerDeps, ProviderPreset} from './broker-deps.js'
import {checkRedirectUri, checkUrl} from './check-provider.js'
import {checkScopes} from './check-scopes.js'

/** What `provider add` and `provider update` take. URLs as typed. */
export interface ProviderInput {
  name: string
  preset?: string
  /** OpenID Connect discovery fills in what is not given. */
  issuer?: string
  authorizeUrl?: string
  tokenUrl?: string
  deviceUrl?: string
  revokeUrl?: string
  validateUrl?: string
  userinfoUrl?: string
  apiUrl?: string
  /** All of a preset's identity endpoints at once. */
  identityUrl?: string
  clientId?: string
  clientSecret?: Secret
  /** The client has no secret: one that was kept for it is dropped. */
  publicClient?: boolean
  scopes?: string[]
  dialect?: Dialect
  callbackUrl?: string
  pkce?: boolean
  authMethod?: AuthMethod
  replay?: ReplayMode
  /** Rule 10: keep the accounts although an origin changes. */
  keepAccounts?: boolean
}

type Deps = Pick<BrokerDeps, 'providerClient' | 'providers'>

/**
 * A provider's settings, in order of strength: what was typed, what was there, discovery, the preset;
 * but a preset or an issuer that is typed takes the place of what was there, apart from the client and its redirect URI.
 * @throws BehalfError `usage`, `invalid-input`, `unknown-scope`, and what discovery met.
 */
export async function buildProvider(
  deps: Deps,
  input: ProviderInput,
  present: Provider | undefined,
): Promise<Provider> {
  const base = await chooseBase(deps, input, present)
  const urls = checkUrls(input)
  const clientId = input.clientId ?? (present?.clientId || undefined)
  if (!clientId || /\s/.test(clientId)) {
    throw new BehalfError('usage', 'A provider needs a client id: what the service gave the registered application.', {
      hint: `Add --client-id …${base.registerUrl === undefined ? '' : `; applications are registered at ${base.registerUrl}`}`,
    })
  }
  const tokenUrl = urls.tokenUrl ?? base.tokenUrl
  if (tokenUrl === undefined) {
    throw new BehalfError('usage', 'A provider without a preset needs a token URL.', {
      hint: 'Add --token-url and --authorize-url, or --issuer for discovery.',
    })
  }
  const callbackUrl =
    input.callbackUrl === undefined ? present?.callbackUrl : checkRedirectUri('--callback-url', input.callbackUrl)
  const isPublic = input.publicClient ?? input.authMethod === 'none'
  const kept = present?.clientId === clientId && !isPublic ? present.clientSecret : undefined
  const clientSecret = input.clientSecret ?? kept
  const provider: Provider = {
    ...base,
    ...urls,
    name: input.name,
    tokenUrl,
    clientId,
    credentialsFrom: 'store',
    ...(clientSecret && {clientSecret}),
    ...(input.dialect && {dialect: input.dialect}),
    ...(input.pkce !== undefined && {pkce: input.pkce}),
    ...(input.replay && {replay: input.replay}),
    ...(callbackUrl !== undefined && {callbackUrl}),
    authMethod: input.authMethod ?? (clientSecret ? (base.authMethod === 'none' ? 'post' : base.authMethod) : 'none'),
  }
  if (!clientSecret) delete provider.clientSecret
  if (!input.scopes) return provider
  checkScopes(deps, provider, input.scopes)
  return {...provider, scopes: {owner: input.scopes, bot: input.scopes, user: input.scopes}}
}

type Base = ProviderPreset & Pick<Provider, 'credentialKinds'> & {preset?: string; clientSecret?: Secret}

async function chooseBase(deps: Deps, input: ProviderInput, present: Provider | undefined): Promise<Base> {
  if (!present) return findBase(deps, input)
  const {preset, issuer, identityUrl} = input
  if (preset === undefined && issuer === undefined) {
    if (identityUrl === undefined) return present
    if (present.preset !== undefined) {
      return {...present, ...deps.providers.applyIdentityUrl(present, checkUrl('--identity-url', identityUrl))}
    }
  }
  // Nothing of another service stays: its URLs would get this one's tokens.
  return findBase(deps, input)
}

async function findBase(deps: Deps, input: ProviderInput): Promise<Base> {
  const presetName = input.preset ?? (deps.providers.findPreset(input.name) && !input.issuer ? input.name : undefined)
  if (presetName !== undefined) return fromPreset(deps, input, presetName)
  if (input.identityUrl !== undefined) {
    throw new BehalfError('usage', '--identity-url moves the endpoints of a preset, and there is none.', {
      hint: 'Add --preset, or name each URL.',
    })
  }
  const plain: Base = {
    name: input.name,
    dialect: 'rfc',
    credentialKinds: DEFAULT_CREDENTIAL_KINDS,
    authMethod: 'post',
    pkce: true,
    scopes: {},
    scopeSeparator: ' ',
    revokeEnds: 'token',
    authorizeParams: {},
    consentParams: {},
  }
  if (input.issuer === undefined) return plain
  const {authMethods, ...found} = await deps.providerClient.discover(checkUrl('--issuer', input.issuer))
  const authMethod = authMethods.includes('client_secret_post') ? 'post' : 'basic'
  const scopes = ['openid', 'offline_access']
  return {
    ...plain,
    ...found,
    authMethod,
    // RFC 9700 2.1.1: PKCE is sent whether or not it is announced; servers ignore what they do not know.
    pkce: true,
    scopes: {owner: scopes, bot: scopes, user: scopes},
    // OpenID Connect Core 11: `offline_access` needs a consent page.
    consentParams: {prompt: 'login consent'},
    authorizeParams: {prompt: 'consent'},
  }
}

function fromPreset(deps: Deps, input: ProviderInput, presetName: string): Base {
  const preset = deps.providers.findPreset(presetName)
  if (!preset) {
    const nearest = nearestNames(presetName, deps.providers.presetNames)
    const meant = nearest.length > 0 ? ` Did you mean ${nearest.join(', ')}?` : ''
    throw new BehalfError('invalid-input', `There is no preset “${presetName}”.${meant}`, {
      hint: `Presets are ${deps.providers.presetNames.join(', ')}; others take --issuer or their URLs.`,
    })
  }
  const identityUrl = input.identityUrl === undefined ? undefined : checkUrl('--identity-url', input.identityUrl)
  const moved = identityUrl === undefined ? preset : deps.providers.applyIdentityUrl(preset, identityUrl)
  return {credentialKinds: DEFAULT_CREDENTIAL_KINDS, ...moved, preset: presetName}
}

const URL_FLAGS = {
  issuer: '--issuer',
  authorizeUrl: '--authorize-url',
  tokenUrl: '--token-url',
  deviceUrl: '--device-url',
  revokeUrl: '--revoke-url',
  validateUrl: '--validate-url',
  userinfoUrl: '--userinfo-url',
  apiUrl: '--api-url',
} as const

function checkUrls(input: ProviderInput): Partial<Record<keyof typeof URL_FLAGS, string>> {
  const urls: Partial<Record<keyof typeof URL_FLAGS, string>> = {}
  for (const key of Object.keys(URL_FLAGS) as (keyof typeof URL_FLAGS)[]) {
    const text = input[key]
    if (text !== undefined) urls[key] = checkUrl(URL_FLAGS[key], text)
  }
  return urls
}
