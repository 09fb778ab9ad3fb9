import {BehalfError} from '../model/behalf-error.js'
import {DEFAULT_CREDENTIAL_KINDS} from '../model/credential.js'
import {nearestNames} from '../model/nearest-names.js'
import {needsClient, type AuthMethod, type Provider} from '../model/provider.js'
import {Secret} from '../model/secret.js'
import type {BrokerDeps} from './broker-deps.js'

type Deps = Pick<BrokerDeps, 'store' | 'providers'>

const DEFAULT_PROVIDER = 'twitch'

/**
 * A provider by name: its stored settings, or the preset of that name, with the environment's credentials laid over.
 * @throws BehalfError `provider-not-found` with the nearest names and the command that adds it.
 */
export async function loadProvider(deps: Deps, name: string): Promise<Provider> {
  const provider = layOver(deps, name, await deps.store.providers.get(name))
  if (provider && (provider.clientId !== '' || !needsClient(provider))) return provider
  if (provider) {
    throw new BehalfError('configuration', `The environment gives a client secret for ${name}, but no client id.`, {
      hint: `Set BEHALF_${name.toUpperCase().replaceAll('-', '_')}_CLIENT_ID, or \`behalf provider add ${name}\`.`,
    })
  }
  const known = (await loadProviders(deps)).map((one) => one.name)
  const nearest = nearestNames(name, known)
  const meant = nearest.length > 0 ? ` Did you mean ${nearest.join(', ')}?` : ''
  const preset = deps.providers.describePreset(name) ? '' : ' --preset …'
  throw new BehalfError('provider-not-found', `There is no provider “${name}”.${meant}`, {
    hint: `behalf provider add ${name}${preset}`,
  })
}

/** All providers, ordered by name: the stored ones and those that the environment names; without damaged ones. */
export async function loadProviders(deps: Deps): Promise<Provider[]> {
  const [list, names] = await Promise.all([deps.store.providers.list(), deps.store.providers.names()])
  const stored = new Map(list.map((provider) => [provider.name, provider]))
  const isDamaged = (name: string): boolean => names.includes(name) && !stored.has(name)
  return [...new Set([...names, ...deps.providers.overrides.map((override) => override.name)])]
    .sort()
    .filter((name) => !isDamaged(name))
    .map((name) => layOver(deps, name, stored.get(name)))
    .filter((provider) => provider !== undefined)
}

/** The names of those whose records are damaged. */
export async function nameDamagedProviders({store}: Pick<BrokerDeps, 'store'>): Promise<string[]> {
  const sound = new Set((await store.providers.list()).map(({name}) => name))
  return (await store.providers.names()).filter((name) => !sound.has(name))
}

/** One that cannot be read may be the one that is meant: then no other is the only one. */
const isOnlyOne = async (deps: Deps, others: readonly Provider[]): Promise<boolean> =>
  others.length === 0 && (await nameDamagedProviders(deps)).length === 0

/** Without a name: the only provider there is, else `twitch`. */
export async function chooseProvider(deps: Deps, name: string | undefined): Promise<Provider> {
  if (name !== undefined) return loadProvider(deps, name)
  const [only, ...others] = await loadProviders(deps)
  return only !== undefined && (await isOnlyOne(deps, others)) ? only : loadProvider(deps, DEFAULT_PROVIDER)
}

/** The same among the providers of the Twitch dialect: Helix is the Twitch API. @throws BehalfError `usage` for another. */
export async function chooseHelixProvider(deps: Deps, name: string | undefined): Promise<Provider> {
  if (name === undefined) {
    const [only, ...others] = await loadHelixProviders(deps)
    return only && (await isOnlyOne(deps, others)) ? only : loadProvider(deps, DEFAULT_PROVIDER)
  }
  const provider = await loadProvider(deps, name)
  if (provider.dialect === 'twitch') return provider
  throw new BehalfError('usage', `${name} is not Twitch: Helix is the Twitch API.`, {
    hint: 'Name another with --provider, or none.',
  })
}

export const loadHelixProviders = async (deps: Deps): Promise<Provider[]> =>
  (await loadProviders(deps)).filter((one) => one.dialect === 'twitch')

/** The redirect URI a provider's logins use, to be registered exactly so. */
export const callbackUrlOf = (deps: Pick<BrokerDeps, 'providers'>, provider: Provider): string =>
  provider.callbackUrl ?? deps.providers.callbackUrl

function layOver(deps: Deps, name: string, stored: Provider | undefined): Provider | undefined {
  const override = deps.providers.overrides.find((one) => one.name === name)
  if (!override) return stored
  if (stored && override.clientId === undefined && override.clientSecret === undefined) return stored
  const preset = stored ? undefined : deps.providers.findPreset(name)
  const whole = override.settings && {...override.settings, name}
  const base =
    stored ??
    whole ??
    (preset && {credentialKinds: DEFAULT_CREDENTIAL_KINDS, ...preset, name, preset: name, clientId: ''})
  if (!base) return undefined
  const clientId = override.clientId ?? base.clientId
  // A secret belongs to a client id: one from the store is not used with another id from the environment.
  const storedSecret = stored?.clientId === clientId ? stored.clientSecret : undefined
  const clientSecret = override.clientSecret ?? storedSecret
  const {clientSecret: _replaced, ...rest} = {clientSecret: undefined, ...base}
  const authMethod = clientSecret ? secretMethodOf(deps, base) : base.authMethod
  return {...rest, clientId, authMethod, ...(clientSecret && {clientSecret}), credentialsFrom: 'environment'}
}

/** Whether the environment alone would do. */
export const isGivenByEnvironment = (deps: Deps, name: string): boolean => layOver(deps, name, undefined) !== undefined

/** How a secret is sent: a client that was kept as a public one becomes confidential with it, as its preset has it. */
export function secretMethodOf(
  {providers}: Pick<BrokerDeps, 'providers'>,
  {authMethod, preset = ''}: Pick<Provider, 'authMethod' | 'preset'>,
): AuthMethod {
  return authMethod === 'none' ? (providers.findPreset(preset)?.authMethod ?? 'post') : authMethod
}

/** Changes when, and only when, something changes that can mend a refused client. */
export async function fingerprintSettings(deps: Pick<BrokerDeps, 'store'>, provider: Provider): Promise<string> {
  const parts = [provider.tokenUrl, provider.clientId, provider.clientSecret?.reveal() ?? '', provider.authMethod]
  return deps.store.fingerprint(new Secret(JSON.stringify(parts)))
}

/** Why the provider refused the client, while its settings are still those. */
export async function findMisconfiguration(
  deps: Pick<BrokerDeps, 'store'>,
  provider: Provider,
): Promise<string | undefined> {
  const flag = (await deps.store.providers.getState(provider.name))?.misconfigured
  if (flag === undefined) return undefined
  return flag.settings === (await fingerprintSettings(deps, provider)) ? flag.reason : undefined
}

export async function flagMisconfigured(
  deps: Pick<BrokerDeps, 'store' | 'clock'>,
  provider: Provider,
  reason: string,
): Promise<void> {
  const settings = await fingerprintSettings(deps, provider)
  const since = deps.clock.now()
  await deps.store.providers.updateState(provider.name, (state) => ({
    ...state,
    misconfigured: {settings, reason, since},
  }))
}

export async function clearMisconfigured(deps: Pick<BrokerDeps, 'store'>, provider: Provider): Promise<void> {
  const state = await deps.store.providers.getState(provider.name)
  if (!state?.misconfigured) return
  await deps.store.providers.updateState(provider.name, ({misconfigured: _mended, ...rest}) => rest)
}

export async function noteAnswered(deps: Pick<BrokerDeps, 'store'>, provider: Provider): Promise<void> {
  const answered = await fingerprintSettings(deps, provider)
  await deps.store.providers.updateState(provider.name, (state) => ({...state, answered}))
}

/** Whether the state of a provider tells that it has answered with the settings that it has. */
export async function hasAnswered(deps: Pick<BrokerDeps, 'store'>, provider: Provider): Promise<boolean> {
  const {appToken, answered} = (await deps.store.providers.getState(provider.name)) ?? {}
  if (appToken?.clientId === provider.clientId && appToken.tokenUrl === provider.tokenUrl) return true
  return answered !== undefined && answered === (await fingerprintSettings(deps, provider))
}

/** The one report of a refused client. */
export function misconfiguredError(provider: Pick<Provider, 'name' | 'credentialsFrom'>, reason: string): BehalfError {
  const variable = `BEHALF_${provider.name.toUpperCase().replaceAll('-', '_')}_CLIENT_SECRET`
  return new BehalfError('provider-misconfigured', `The provider ${provider.name} refuses this client: ${reason}.`, {
    hint:
      provider.credentialsFrom === 'environment'
        ? `Correct ${variable} (or the client id beside it) in the environment.`
        : `behalf provider update ${provider.name} --client-secret-file -`,
  })
}
