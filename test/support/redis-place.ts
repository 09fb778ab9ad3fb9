import {randomBytes} from 'node:crypto'
import {join} from 'node:path'

import {readSettings, type SealingSecretSource} from '../../src/config/settings.js'
import type {RedisPlace} from '../../src/config/store-place.js'
import {openRedisStore} from '../../src/store/redis/redis-store.js'
import type {Store} from '../../src/store/store.js'
import {createFakeClock, type FakeClock} from './fake-clock.js'
import {startRedisServer, type RedisServer} from './redis-server.js'
import {afterSharing} from './shared-parts.js'
import {makeTemporaryFolder, removeFolder} from './temporary-folder.js'

/** A Redis store of its own: a prefix on a server, and the key file that seals it. */
export interface RedisStorePlace {
  readonly server: Pick<RedisServer, 'command'>
  readonly place: RedisPlace
  /** The same as a value of `BEHALF_STORE`. */
  readonly url: string
  readonly folder: string
  readonly keyPath: string
  readonly secret: SealingSecretSource
  readonly clock: FakeClock
  /** Opens another instance, as another process would. */
  open(options?: {
    secret?: SealingSecretSource
    place?: Partial<RedisPlace>
    leaseMs?: number
    claimMs?: number
  }): Promise<Store>
  /** What the ledger remembers of idempotency keys ends so much earlier, as if so much time had passed on the server. */
  agePoints(ms: number): Promise<void>
  /** Closes what was opened. */
  close(): Promise<void>
  /** Closes what was opened and deletes the folder. What is stored goes with the server. */
  dispose(): Promise<void>
}

let shared: Promise<RedisServer> | undefined

/** A server that the tests of one process share. */
export function sharedRedisServer(): Promise<RedisServer> {
  shared ??= startRedisServer()
  return shared
}

afterSharing(async () => {
  const server = await shared
  shared = undefined
  await server?.dispose()
})

export interface RedisStorePlaceOptions {
  /** Default: the one that the tests of this process share. */
  server?: Pick<RedisServer, 'url' | 'command'>
  /** Variables that say more of the place, such as `BEHALF_REDIS_CLUSTER`. */
  environment?: Readonly<Record<string, string>>
}

export async function makeRedisStorePlace(options: RedisStorePlaceOptions = {}): Promise<RedisStorePlace> {
  const server = options.server ?? (await sharedRedisServer())
  const folder = await makeTemporaryFolder()
  const prefix = `test-${randomBytes(6).toString('hex')}:`
  const url = `${server.url}?prefix=${prefix}`
  const settings = readSettings({}, {XDG_DATA_HOME: folder, BEHALF_STORE: url, ...options.environment})
  if (settings.store.kind !== 'redis') throw new Error(`${url} is no Redis`)
  const place = settings.store
  const keyPath = join(folder, 'config', 'secret.key')
  const secret = {kind: 'default-key-file', path: keyPath} as const
  const clock = createFakeClock()
  const opened: Store[] = []
  const close = async (): Promise<void> => {
    for (const store of opened.splice(0)) await store.close()
  }
  return {
    server,
    place,
    url,
    folder,
    keyPath,
    secret,
    clock,
    async open({place: changed, ...options} = {}) {
      const store = await openRedisStore({place: {...place, ...changed}, secret, clock, ...options})
      opened.push(store)
      return store
    },
    async agePoints(ms) {
      for (const key of (await server.command('KEYS', `${prefix}{p}key-*`)) as string[]) {
        // The other nodes of a cluster say that the key is not theirs.
        const [left] = [await server.command('PTTL', key)].flat().filter((reply) => typeof reply === 'number')
        await server.command('PEXPIRE', key, String(Number(left) - ms))
      }
    },
    close,
    async dispose() {
      await close()
      await removeFolder(folder)
    },
  }
}
