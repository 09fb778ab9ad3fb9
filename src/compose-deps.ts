import type {BrokerDeps} from './broker/broker-deps.js'
import {createLazyProviderClient, createProviderSource} from './compose-providers.js'
import type {Settings} from './config/settings.js'
import {createSystemClock} from './config/system-clock.js'
import {createSystemRandom} from './config/system-random.js'
import type {Clock} from './model/time.js'
import {watchLocks} from './store/held-locks.js'
import {openStore} from './store/open-store.js'
import type {Store} from './store/store.js'

/** What the broker is handed, and whether a refresh is under way in this process. */
export interface WatchedDeps extends BrokerDeps {
  isRefreshing: () => boolean
}

/** What the broker works with, according to the settings. @throws BehalfError `configuration`, `store-…`. */
export async function openDeps(settings: Settings, clock: Clock = createSystemClock()): Promise<WatchedDeps> {
  return {
    ...(await openWatchedStore(settings, clock)),
    clock,
    random: createSystemRandom(),
    providerClient: createLazyProviderClient(clock, settings),
    providers: createProviderSource(settings),
  }
}

/** A store whose `close` lets refreshes that have begun be saved first. */
async function openWatchedStore(settings: Settings, clock: Clock): Promise<{store: Store; isRefreshing(): boolean}> {
  const store = await openStore({place: settings.store, secret: settings.sealingSecret, clock})
  const locks = watchLocks(store.accounts)
  const close = async (): Promise<void> => {
    await locks.drain()
    await store.close()
  }
  return {store: {...store, accounts: locks.accounts, close}, isRefreshing: () => locks.isHeld()}
}
