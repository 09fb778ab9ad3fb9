import {openRedisStore} from '../../src/store/redis/redis-store.js'
import type {WorldPlace} from './broker-world.js'
import {makeRedisStorePlace, type RedisStorePlaceOptions} from './redis-place.js'

/** A place in a real Redis, for a world of the broker. */
export async function makeRedisWorldPlace(options: RedisStorePlaceOptions = {}): Promise<WorldPlace> {
  const redis = await makeRedisStorePlace(options)
  const {place, secret} = redis
  return {
    path: place.localPath,
    open: (clock) => openRedisStore({place, secret, clock}),
    dispose: () => redis.dispose(),
  }
}
