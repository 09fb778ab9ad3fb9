import {BehalfError} from '../model/behalf-error.js'
import {DEFAULT_CREDENTIAL_KINDS} from '../model/credential.js'
import {nearestNames} from '../model/nearest-names.js'
import {needsClient, type AuthMethod, type Dialect, type Provider, type ReplayMode} from '../model/provider.js'
import type {Secret} from '../model/secret.js'
import type {BrokerDeps, ProviderPreset} from './broker-deps.js'
import {checkRedirectUri, checkUrl} from './check-provider.js'
import {checkScopes} from './check-scopes.js'
import {checkCredentialSettings, requireSettings, type CredentialSettings} from './credential-settings.js'
import {secretMethodOf} from './load-provider.js'

/** What `provider add` and `provider update` take. URLs as typed. */
export interface ProviderInput extends CredentialSettings {
  name: string
  preset?: string
  /** What stands in the preset's addresses as `{name}`. */
  presetOptions?: Record<string, string>
  /** OpenID Connect discovery fills in what is not given. */
  issuer?: string
  authorizeUrl?: string
  requestTokenUrl?: string
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
  /** It came over HTTP and was not typed at the terminal. */
  overHttp?: boolean
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
  const settings = checkCredentialSettings(input, base)
  const {credentialKinds = base.credentialKinds} = settings
  const clientId =
    input.clientId ?? (present?.clientId || undefined) ?? (needsClient({credentialKinds}) ? undefined : '')
  if (clientId === undefined || /\s/.test(clientId)) {
    throw new BehalfError('usage', 'A provider needs a client id: what the service gave the registered application.', {
      hint: `${input.overHttp ? 'Give client_id' : 'Add --client-id …'}${base.registerUrl === undefined ? '' : `; applications are registered at ${base.registerUrl}`}`,
    })
  }
  const tokenUrl = urls.tokenUrl ?? base.tokenUrl
  if (tokenUrl === undefined && credentialKinds.includes('oauth2')) {
    throw new BehalfError('usage', 'A provider without a preset needs a token URL.', {
      hint: 'Add --token-url and --authorize-url, or --issuer for discovery.',
    })
  }
  const callbackUrl =
    input.callbackUrl === undefined
      ? present?.callbackUrl
      : checkRedirectUri(input.overHttp ? 'callback_url' : '--callback-url', input.callbackUrl)
  const isPublic = input.publicClient ?? input.authMethod === 'none'
  const kept = present?.clientId === clientId && !isPublic ? present.clientSecret : undefined
  const clientSecret = input.clientSecret ?? kept
  const provider: Provider = {
    ...base,
    ...urls,
    ...settings,
    name: input.name,
    clientId,
    credentialsFrom: 'store',
    ...(clientSecret && {clientSecret}),
    ...(input.dialect && {dialect: input.dialect}),
    ...(input.pkce !== undefined && {pkce: input.pkce}),
    ...(input.replay && {replay: input.replay}),
    ...(callbackUrl !== undefined && {callbackUrl}),
    authMethod: input.authMethod ?? (clientSecret ? secretMethodOf(deps, base) : 'none'),
  }
  if (!clientSecret) delete provider.clientSecret
  requireSettings(provider, (need) => nameUrl(need, input))
  if (!input.scopes) return provider
  checkScopes(deps, provider, input.scopes)
  return {...provider, scopes: {owner: input.scopes, bot: input.scopes, user: input.scopes}}
}

type Base = ProviderPreset & Pick<Provider, 'credentialKinds'> & {preset?: string; clientSecret?: Secret}

async function chooseBase(deps: Deps, input: ProviderInput, present: Provider | undefined): Promise<Base> {
  if (!present) return findBase(deps, input)
  const {issuer, identityUrl} = input
  // Its options are filled into the addresses, and cannot be changed there: the preset is taken once more.
  const preset = input.preset ?? (input.presetOptions && present.preset)
  if (preset === undefined && issuer === undefined && input.presetOptions === undefined) {
    if (identityUrl === undefined) return present
    if (present.preset !== undefined) {
      return {...present, ...deps.providers.applyIdentityUrl(present, checkUrl('--identity-url', identityUrl))}
    }
  }
  // Nothing of another service stays: its URLs would get this one's tokens.
  return findBase(deps, preset === undefined ? input : {...input, preset})
}

async function findBase(deps: Deps, input: ProviderInput): Promise<Base> {
  const presetName = input.preset ?? findNamesake(deps, input)
  if (presetName !== undefined) return fromPreset(deps, input, presetName)
  if (input.presetOptions !== undefined) {
    throw new BehalfError('usage', '--preset-option fills in the addresses of a preset, and there is none.', {
      hint: 'Add --preset.',
    })
  }
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
  const {authMethods, ...found} = await deps.providerClient.discover(
    checkUrl(nameUrl('issuer', input), input.issuer),
    input.overHttp ? {addressesFrom: 'http'} : {},
  )
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

/** The preset of the provider's own name; not where its addresses are typed and the preset's would need to be told more. */
function findNamesake({providers}: Deps, {name, issuer, tokenUrl, presetOptions}: ProviderInput): string | undefined {
  if (issuer !== undefined || providers.describePreset(name) === undefined) return undefined
  const isTyped = tokenUrl !== undefined && presetOptions === undefined
  return isTyped && providers.findPreset(name) === undefined ? undefined : name
}

function fromPreset(deps: Deps, input: ProviderInput, presetName: string): Base {
  const preset = deps.providers.fillPreset(presetName, input.presetOptions ?? {})
  if (!preset) {
    const nearest = nearestNames(presetName, deps.providers.listPresetNames())
    const meant = nearest.length > 0 ? ` Did you mean ${nearest.join(', ')}?` : ''
    throw new BehalfError('invalid-input', `There is no preset “${presetName}”.${meant}`, {
      hint: 'See them with `behalf provider presets`; others take --issuer or their URLs.',
    })
  }
  const identityUrl = input.identityUrl === undefined ? undefined : checkUrl('--identity-url', input.identityUrl)
  const moved = identityUrl === undefined ? preset : deps.providers.applyIdentityUrl(preset, identityUrl)
  return {credentialKinds: DEFAULT_CREDENTIAL_KINDS, ...moved, preset: presetName}
}

const URL_FLAGS = {
  issuer: '--issuer',
  authorizeUrl: '--authorize-url',
  requestTokenUrl: '--request-token-url',
  tokenUrl: '--token-url',
  deviceUrl: '--device-url',
  revokeUrl: '--revoke-url',
  validateUrl: '--validate-url',
  userinfoUrl: '--userinfo-url',
  apiUrl: '--api-url',
} as const

/** The same where they come over HTTP (design 9). */
const URL_FIELDS: Record<keyof typeof URL_FLAGS, string> = {
  issuer: 'issuer',
  authorizeUrl: 'authorisation_base_url',
  requestTokenUrl: 'request_token_url',
  tokenUrl: 'token_grabber_base_url',
  deviceUrl: 'device_url',
  revokeUrl: 'revoke_url',
  validateUrl: 'validate_url',
  userinfoUrl: 'user_info_base_url',
  apiUrl: 'api_url',
}

const nameUrl = (key: keyof typeof URL_FLAGS, {overHttp}: Pick<ProviderInput, 'overHttp'>): string =>
  (overHttp ? URL_FIELDS : URL_FLAGS)[key]

function checkUrls(input: ProviderInput): Partial<Record<keyof typeof URL_FLAGS, string>> {
  const urls: Partial<Record<keyof typeof URL_FLAGS, string>> = {}
  for (const key of Object.keys(URL_FLAGS) as (keyof typeof URL_FLAGS)[]) {
    const text = input[key]
    if (text !== undefined) urls[key] = checkUrl(nameUrl(key, input), text)
  }
  return urls
}
