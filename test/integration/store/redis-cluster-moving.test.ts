import assert from 'node:assert/strict'

import type {StorePlace} from '../../../src/config/store-place.js'
import {migrateStore} from '../../../src/store/move/migrate-store.js'
import {rekeyStore} from '../../../src/store/move/rekey-store.js'
import {replaceKeyFile} from '../../../src/store/move/replace-key-file.js'
import {RedisKeys} from '../../../src/store/redis/keys.js'
import {nextKeyPathOf} from '../../../src/store/sealing-secret.js'
import {Keyring} from '../../../src/store/store-keys.js'
import {hasCode} from '../../contract/store-accounts.js'
import {fillStore} from '../../support/fill-store.js'
import {makeMovingScene, WAIT_MS, type MovingScene} from '../../support/moving-scene.js'
import {startRedisCluster, type RedisCluster} from '../../support/redis-cluster.js'
import {REDIS_SERVER} from '../../support/redis-server.js'
import {showStore} from '../../support/show-store.js'
import {needing, skipWithout} from '../../support/skip-without.js'

const WITH_REDIS = 'redis-server'
const ACCOUNTS = 20

describe(needing(WITH_REDIS, REDIS_SERVER !== undefined, 'a store in a Redis Cluster'), function () {
  this.timeout(60_000)

  let cluster: RedisCluster
  let scene: MovingScene
  let file: StorePlace

  before(async function () {
    skipWithout(WITH_REDIS, REDIS_SERVER !== undefined, this)
    cluster = await startRedisCluster()
  })
  after(async () => {
    if (REDIS_SERVER !== undefined) await cluster.dispose()
  })
  beforeEach(async () => {
    scene = await makeMovingScene({server: cluster, environment: {BEHALF_REDIS_CLUSTER: cluster.addresses}})
    file = scene.file('a.json')
  })
  afterEach(() => scene.dispose())

  const move = (fromPlace: StorePlace, toPlace: StorePlace) =>
    scene.useRaw(fromPlace, (from) =>
      scene.useRaw(toPlace, (to) =>
        migrateStore({
          ...{from, to, keyring: scene.makeKeyring(), waitMs: WAIT_MS},
          ...{makeId: () => 'made-up', report: () => undefined},
        }),
      ),
    )

  it('comes from a file, is sealed anew, and goes back into it, and all of it is as it was', async () => {
    await scene.use(file, (store) => fillStore(store, ACCOUNTS))
    const before = await scene.use(file, showStore)
    assert.equal((await move(file, scene.redis)).records.accounts, ACCOUNTS + 1)
    assert.deepEqual(await scene.use(scene.redis, showStore), before)
    await assert.rejects(scene.use(file, showStore), hasCode('store-moved'))

    const nextKeyring = new Keyring({kind: 'default-key-file', path: nextKeyPathOf(scene.keyPath)})
    const {damaged} = await scene.useRaw(scene.redis, (store) =>
      rekeyStore({store, keyring: scene.makeKeyring(), nextKeyring, waitMs: WAIT_MS}),
    )
    await replaceKeyFile(scene.keyPath)
    assert.deepEqual(damaged, [])
    assert.deepEqual(await scene.use(scene.redis, showStore), before)

    await move(scene.redis, file)
    assert.deepEqual(await scene.use(file, showStore), before)
    await assert.rejects(scene.use(scene.redis, showStore), hasCode('store-moved'))
  })

  it('is not given up by who had it alone and comes too late', async () => {
    await scene.use(scene.redis, (store) => fillStore(store, 2))
    await scene.useRaw(scene.redis, async (late) => {
      await late.claim(0)
      assert.ok(scene.redis.kind === 'redis')
      // Whoever came meanwhile has left.
      await cluster.command('DEL', new RedisKeys(scene.redis.prefix).gate)
      await assert.rejects(late.retire({id: 'made-up', other: 'nowhere'}), hasCode('store-locked'))
    })
    assert.equal((await scene.use(scene.redis, (store) => store.accounts.list())).length, 3)
  })
})
