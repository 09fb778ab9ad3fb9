import type {CredentialKind} from '../model/credential.js'
import type {HelixCredentials, HelixRequest, HelixResponse} from '../model/helix-call.js'
import type {HelixEndpoint} from '../model/helix-endpoint.js'
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
  /** A preset's settings; undefined when there is none of that name, or not without options (`fillPreset`). */
  findPreset(name: string): ProviderPreset | undefined
  /**
   * A preset's settings with these options in its addresses; undefined when there is none of that name.
   * @throws BehalfError `usage` for an option that is missing or unknown, `invalid-input` for one that is malformed.
   */
  fillPreset(name: string, options: Readonly<Record<string, string>>): ProviderPreset | undefined
  /** A preset for people: how its service calls itself, and what someone who registers an application there should know. */
  describePreset(name: string): PresetDescription | undefined
  /** Preset names, for suggestions. */
  listPresetNames(): readonly string[]
  /** The preset with all its identity endpoints below another base URL. */
  applyIdentityUrl(preset: ProviderPreset, base: string): ProviderPreset
  /** The scopes that exist, where that is known. */
  knownScopes(provider: Provider): readonly string[] | undefined
  /** Client credentials from the environment; they win over the store. */
  overrides: readonly ProviderOverride[]
  /** The redirect URI where a provider has none of its own. */
  callbackUrl: string
}

/** What people are told of a preset. */
export interface PresetDescription {
  title: string
  note?: string
  /** Where it was held against the service's own documentation. */
  documented?: object
  /** What its addresses hold as `{name}` and differs from person to person. */
  options?: Record<string, {about: string; default?: string}>
  /** May hold options. */
  registerUrl?: string
  credentialKinds?: CredentialKind[]
  scopes?: Provider['scopes']
}

/** What the environment says of a provider. */
export interface ProviderOverride {
  name: string
  clientId?: string
  clientSecret?: Secret
  /** All there is to know of it, where the store has no provider of that name. */
  settings?: Omit<Provider, 'name' | 'credentialsFrom'>
}

/** A provider without what belongs to one client of it. */
export interface ProviderPreset extends Omit<
  Provider,
  'clientId' | 'clientSecret' | 'credentialsFrom' | 'callbackUrl' | 'preset' | 'credentialKinds'
> {
  /** Default: OAuth 2 alone. */
  credentialKinds?: CredentialKind[]
}

/** What is known of the Twitch API without calling it. */
export interface HelixMap {
  /** @throws BehalfError `invalid-input` for a path that leaves the API. */
  parsePath(text: string): {path: string; query: string}
  /** What the reference says of an endpoint; undefined for one that is not listed. */
  findEndpoint(method: string, path: string): HelixEndpoint | undefined
  encodeQuery(pairs: readonly (readonly [string, string])[]): string
  /** The scopes of which the endpoint needs one, where none of them is held. */
  findMissingScopes(endpoint: HelixEndpoint, held: readonly string[]): readonly string[]
  /** Of the scopes that would do, the one that gives least. */
  chooseScope(endpoint: HelixEndpoint, isOwnChannel: boolean): string | undefined
  /** Adds the parameter that must name the acting user, where the call needs it and says nothing of it. */
  fillActingUser(
    endpoint: HelixEndpoint,
    parts: {query: string; body?: string},
    userId: string,
  ): {parts: {query: string; body?: string}; filled?: string}
  /** What may help after the API answered with this status. */
  explainFailure(call: Pick<HelixRequest, 'method' | 'path' | 'query' | 'body'>, status: number): string | undefined
}

/** How the Twitch API is spoken to. */
export interface HelixPort extends HelixMap {
  /** One call, nothing retried. @throws BehalfError `unavailable`. */
  send(request: HelixRequest, credentials: HelixCredentials): Promise<HelixResponse>
}
