import {BehalfError} from '../model/behalf-error.js'
import type {BrokerDeps} from './broker-deps.js'
import {buildProvider, type ProviderInput} from './build-provider.js'
import {isSameProvider} from './change-provider.js'
import {checkProviderName} from './check-provider.js'
import {guardRemoteSettings} from './guard-remote-settings.js'
import {loadProvider, loadProviders} from './load-provider.js'
import {viewProvider, type ProviderView} from './view-provider.js'

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'providers' | 'clock'>

/**
 * Adds a provider. At the terminal, adding one that is there with the very same settings changes nothing.
 * @throws BehalfError `provider-exists`, `usage`, `invalid-input`, `unknown-scope`, `configuration`; over HTTP what
 * `guardRemoteSettings` throws.
 */
export async function addProvider(deps: Deps, input: ProviderInput): Promise<ProviderView & {added: boolean}> {
  checkProviderName(input.name)
  const present = await deps.store.providers.get(input.name)
  if (present && input.overHttp) throw alreadyThere(present.name)
  const built = await buildProvider(deps, input, undefined)
  const provider = input.overHttp ? await guardRemoteSettings(deps, input, undefined, built) : built
  if (present && !isSameProvider(present, provider)) throw alreadyThere(present.name)
  const isStored = present ? true : await deps.store.providers.put(provider, (there) => there === undefined)
  // Somebody else was faster: what they added is looked at like one that was there before.
  if (!isStored) return addProvider(deps, input)
  return {...(await viewProvider(deps, provider)), added: !present}
}

export const alreadyThere = (name: string): BehalfError =>
  new BehalfError('provider-exists', `The provider ${name} is there already.`, {
    hint: `behalf provider update ${name} …`,
  })

/** Orders by name. */
export async function listProviders(deps: Deps): Promise<ProviderView[]> {
  return Promise.all((await loadProviders(deps)).map((provider) => viewProvider(deps, provider)))
}

export async function showProvider(deps: Deps, name: string): Promise<ProviderView> {
  return viewProvider(deps, await loadProvider(deps, name))
}
