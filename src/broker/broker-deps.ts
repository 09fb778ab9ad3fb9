import type {Provider} from '../model/provider.js'
import type {Random} from '../model/random.js'
import type {Secret} from '../model/secret.js'
import type {Clock} from '../model/time.js'
import type {ProviderClient} from '../providers/provider-client.js'
import type {Store} from '../store/store.js'

/** What the broker's functions are handed; each names the parts it uses. */
export interface BrokerDeps {
  store: Store
  providerClient: ProviderClient
  clock: Clock
  random: Random
  providers: ProviderSource
}

/** What is known of providers outside the store. */
export interface ProviderSource {
  /** A preset's settings; undefined when there is none of that name. */
  findPreset(name: string): ProviderPreset | undefined
  /** Preset names, for suggestions. */
  presetNames: readonly string[]
  /** The preset with all its identity endpoints below another base URL. */
  applyIdentityUrl(preset: ProviderPreset, base: string): ProviderPreset
  /** The scopes that exist, where that is known. */
  knownScopes(provider: Provider): readonly string[] | undefined
  /** Client credentials from the environment; they win over the store. */
  overrides: readonly {name: string; clientId?: string; clientSecret?: Secret}[]
  /** The redirect URI where a provider has none of its own. */
  callbackUrl: string
}

/** A provider without what belongs to one client of it. */
export type ProviderPreset = Omit<Provider, 'clientId' | 'clientSecret' | 'credentialsFrom' | 'callbackUrl' | 'preset'>

/** How the Twitch API is spoken to. */
export interface HelixPort {
  /** @throws BehalfError `invalid-input` for a path that leaves the API. */
  parsePath(text: string): {path: string; query: string}
  /** The kinds of token an endpoint takes; undefined for one that is not listed. */
  tokenKinds(method: string, path: string): readonly ('user' | 'app' | 'extension-jwt' | 'none')[] | undefined
  encodeQuery(pairs: readonly (readonly [string, string])[]): string
  /** One call, nothing retried. @throws BehalfError `unavailable`. */
  send(request: HelixRequest, credentials: {accessToken: Secret; clientId: string}): Promise<HelixResponse>
}

export type HelixMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface HelixRequest {
  apiUrl: string
  method: HelixMethod
  path: string
  query: string
  body?: string
}

export interface HelixResponse {
  status: number
  statusText: string
  headers: [string, string][]
  body: string
  tokenRefused: boolean
}
