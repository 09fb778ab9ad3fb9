import {rm} from 'node:fs/promises'
import {dirname, join} from 'node:path'

import type {StorePlace} from '../../src/config/store-place.js'
import {createSystemClock} from '../../src/config/system-clock.js'
import {openJsonRawStore} from '../../src/store/json-raw-store.js'
import {openJsonStore} from '../../src/store/json-store.js'
import type {RawStore} from '../../src/store/raw-store.js'
import {openRedisRawStore} from '../../src/store/redis/redis-raw-store.js'
import {openRedisStore} from '../../src/store/redis/redis-store.js'
import {Keyring} from '../../src/store/store-keys.js'
import type {Store} from '../../src/store/store.js'
import {makeRedisStorePlace, type RedisStorePlaceOptions} from './redis-place.js'

export interface MovingScene {
  readonly folder: string
  readonly keyPath: string
  readonly redis: StorePlace
  readonly otherRedis: StorePlace
  file(name: string): StorePlace & {kind: 'json'}
  makeKeyring(): Keyring
  /** Opens a store for as long as it is worked with. */
  use<T>(place: StorePlace, work: (store: Store) => Promise<T>): Promise<T>
  useRaw<T>(place: StorePlace, work: (store: RawStore) => Promise<T>): Promise<T>
  /** Deletes all that was stored, but the key. */
  clear(): Promise<void>
  dispose(): Promise<void>
}

/**
 * Files and two Redis stores, all sealed with one key. What is claimed is waited for 200 ms by who uses `WAIT_MS`.
 * @param where both Redis stores are.
 */
export async function makeMovingScene(where: RedisStorePlaceOptions = {}): Promise<MovingScene> {
  const [one, two] = [await makeRedisStorePlace(where), await makeRedisStorePlace(where)]
  const clock = createSystemClock()
  const {secret, folder, keyPath} = one
  const file = (name: string) => ({kind: 'json', path: join(folder, 'data', name)}) as const

  async function closing<S extends {close(): Promise<void>}, T>(opened: Promise<S>, work: (store: S) => Promise<T>) {
    const store = await opened
    try {
      return await work(store)
    } finally {
      await store.close()
    }
  }

  return {
    folder,
    keyPath,
    redis: one.place,
    otherRedis: two.place,
    file,
    makeKeyring: () => new Keyring(secret),
    use: (place, work) =>
      closing(
        place.kind === 'json'
          ? openJsonStore({path: place.path, secret, clock})
          : openRedisStore({place, secret, clock}),
        work,
      ),
    useRaw: (place, work) =>
      closing(
        place.kind === 'json' ? openJsonRawStore(place.path, clock) : Promise.resolve(openRedisRawStore(place, clock)),
        work,
      ),
    async clear() {
      await rm(dirname(file('any').path), {recursive: true, force: true})
      for (const {server, place} of [one, two]) {
        for (const key of (await server.command('KEYS', `${place.prefix}*`)) as string[])
          await server.command('DEL', key)
      }
    },
    async dispose() {
      await one.dispose()
      await two.dispose()
    },
  }
}

export const WAIT_MS = 200
