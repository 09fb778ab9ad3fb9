import type {StorePlace} from '../config/store-place.js'
import type {Clock} from '../model/time.js'
import {openJsonRawStore} from './json-raw-store.js'
import type {RawStore} from './raw-store.js'

/** Opens a store to be copied or changed as a whole. @throws BehalfError `configuration`, `store-unavailable`. */
export async function openRawStore(place: StorePlace, clock: Clock): Promise<RawStore> {
  if (place.kind === 'json') return openJsonRawStore(place.path, clock)
  const {openRedisRawStore} = await import('./redis/redis-raw-store.js')
  return openRedisRawStore(place, clock)
}
