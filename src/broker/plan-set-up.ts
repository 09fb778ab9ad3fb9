import {isConfidential, type Dialect} from '../model/provider.js'
import type {ClientVerdict} from '../providers/provider-client.js'
import type {BrokerDeps} from './broker-deps.js'
import {buildProvider, type ProviderInput} from './build-provider.js'
import type {ChangeOptions} from './change-provider.js'
import {checkProviderName} from './check-provider.js'
import {callbackUrlOf} from './load-provider.js'

/** What a person needs to know to register an application, before there is a client id. */
export interface SetUpPlan {
  /** The service's name as it writes it, else the provider's. */
  title: string
  dialect: Dialect
  /** To be registered exactly so. */
  callbackUrl: string
  registerUrl?: string
  note?: string
  /** The addresses come from a preset that nobody held against the service's documentation. */
  isUnverified: boolean
  /** The client that is set up under this name already. */
  present?: {clientId: string; confidential: boolean}
}

/**
 * What is wrong with the settings is told before anyone is asked for a client.
 * @throws BehalfError as adding the provider would, a missing client id apart.
 */
export async function planSetUp(
  deps: Pick<BrokerDeps, 'store' | 'providers' | 'providerClient'>,
  input: ProviderInput,
): Promise<SetUpPlan> {
  checkProviderName(input.name)
  const present = await deps.store.providers.get(input.name)
  const provider = await buildProvider(deps, {...input, clientId: input.clientId ?? 'asked-for-later'}, present)
  const preset = deps.providers.describePreset(provider.preset ?? '')
  const {title = input.name, note} = preset ?? {}
  return {
    title,
    dialect: provider.dialect,
    isUnverified: preset !== undefined && preset.documented === undefined,
    callbackUrl: callbackUrlOf(deps, provider),
    ...(provider.registerUrl !== undefined && {registerUrl: provider.registerUrl}),
    ...(note !== undefined && {note}),
    ...(present && {present: {clientId: present.clientId, confidential: isConfidential(present)}}),
  }
}

/**
 * Asks the provider whether it takes the client as it would be set up. Nothing is stored.
 * @throws BehalfError what building the settings meets, such as an issuer that cannot be reached.
 */
export async function checkClient(
  deps: Pick<BrokerDeps, 'store' | 'providers' | 'providerClient'>,
  input: ProviderInput,
  {anew}: ChangeOptions,
): Promise<ClientVerdict> {
  const present = anew ? undefined : await deps.store.providers.get(input.name)
  return deps.providerClient.checkClient(await buildProvider(deps, input, present))
}
