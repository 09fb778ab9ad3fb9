import type {RedisPlace} from '../../config/store-place.js'
import {BehalfError} from '../../model/behalf-error.js'
import type {Clock} from '../../model/time.js'
import type {StoreKeys} from '../store-keys.js'
import type {RedisConnection} from './connection.js'
import type {RedisKeys} from './keys.js'
import type {OpenKeysOptions} from './redis-meta.js'

/** What the parts of the Redis store share. */
export interface RedisParts {
  readonly place: RedisPlace
  readonly connection: RedisConnection
  readonly keys: RedisKeys
  readonly clock: Clock
  /** The store's own keys, which seal what is stored. Makes them where the store is still empty. */
  readonly openKeys: (options?: OpenKeysOptions) => Promise<StoreKeys>
  /** Random, and the same for the life of the store; undefined while it is empty. */
  readonly storeId: () => Promise<string | undefined>
  /** Notes when the store was written last. Asked for in the same turn as the write, it goes out with it. */
  readonly noteWritten: () => Promise<void>
}

/** For who looks at a part of a store without making one. */
export function readingParts(given: Pick<RedisParts, 'place' | 'connection' | 'keys' | 'clock'>): RedisParts {
  const refuse = () => Promise.reject(new BehalfError('internal', 'A part of a store was asked for the whole'))
  return {...given, openKeys: refuse, storeId: refuse, noteWritten: () => Promise.resolve()}
}
