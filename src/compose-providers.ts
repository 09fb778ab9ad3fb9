import type {ProviderSource} from './broker/broker-deps.js'
import {DEFAULT_CALLBACK_URL, type Settings} from './config/settings.js'
import type {Clock} from './model/time.js'
import {presetSource} from './providers/preset-source.js'
import type {ProviderClient} from './providers/provider-client.js'

/** What is known of providers outside the store. */
export function createProviderSource(settings: Settings): ProviderSource {
  return {
    ...presetSource,
    overrides: settings.providerOverrides,
    callbackUrl: settings.callbackUrl ?? DEFAULT_CALLBACK_URL,
  }
}

/** The provider client with everything it needs, loaded at the first call. */
export function createLazyProviderClient(
  clock: Clock,
  {allowPrivateAddresses}: Pick<Settings, 'allowPrivateAddresses'>,
): ProviderClient {
  let loading: Promise<ProviderClient> | undefined
  const load = (): Promise<ProviderClient> =>
    (loading ??= Promise.all([
      import('./providers/oauth-client.js'),
      import('./providers/create-address-guard.js'),
    ]).then(([{createProviderClient}, {createAddressGuard}]) =>
      createProviderClient({clock, guard: createAddressGuard({allowPrivate: allowPrivateAddresses})}),
    ))
  return {
    authorizationUrl: async (...args) => (await load()).authorizationUrl(...args),
    exchangeCode: async (...args) => (await load()).exchangeCode(...args),
    startDevice: async (...args) => (await load()).startDevice(...args),
    pollDevice: async (...args) => (await load()).pollDevice(...args),
    sendRefresh: async (...args) => (await load()).sendRefresh(...args),
    judgeRefresh: async (...args) => (await load()).judgeRefresh(...args),
    revoke: async (...args) => (await load()).revoke(...args),
    validate: async (...args) => (await load()).validate(...args),
    identify: async (...args) => (await load()).identify(...args),
    beginOAuth1: async (...args) => (await load()).beginOAuth1(...args),
    finishOAuth1: async (...args) => (await load()).finishOAuth1(...args),
    credentialHeaders: async (...args) => (await load()).credentialHeaders(...args),
    sendCall: async (...args) => (await load()).sendCall(...args),
    requestAppToken: async (...args) => (await load()).requestAppToken(...args),
    checkClient: async (...args) => (await load()).checkClient(...args),
    canReach: async (...args) => (await load()).canReach(...args),
    identifyCredential: async (...args) => (await load()).identifyCredential(...args),
    discover: async (...args) => (await load()).discover(...args),
  }
}
