import type {SealingSecretSource} from '../config/settings.js'
import type {StorePlace} from '../config/store-place.js'
import type {Clock} from '../model/time.js'
import {openJsonStore} from './json-store.js'
import type {Store} from './store.js'

export interface StoreOptions {
  place: StorePlace
  secret: SealingSecretSource
  clock: Clock
}

/** Opens the store where it is. @throws BehalfError `configuration`, `store-unavailable`. */
export async function openStore({place, secret, clock}: StoreOptions): Promise<Store> {
  if (place.kind === 'json') return openJsonStore({path: place.path, secret, clock})
  const {openRedisStore} = await import('./redis/redis-store.js')
  return openRedisStore({place, secret, clock})
}
