import assert from 'node:assert/strict'

import {importStore} from '../../../src/store/move/import-store.js'
import {exportStore} from '../../../src/store/move/export-store.js'
import {parseExport, type ParsedExport} from '../../../src/store/move/export-format.js'
import type {StorePlace} from '../../../src/config/store-place.js'
import {createSystemClock} from '../../../src/config/system-clock.js'
import {fillStore} from '../../support/fill-store.js'
import {makeMovingScene, WAIT_MS, type MovingScene} from '../../support/moving-scene.js'
import {sharedRedisServer} from '../../support/redis-place.js'
import {REDIS_SERVER} from '../../support/redis-server.js'
import {showStore} from '../../support/show-store.js'
import {needing, skipWithout} from '../../support/skip-without.js'

const WITH_REDIS = 'redis-server'

describe(needing(WITH_REDIS, REDIS_SERVER !== undefined, 'importing in place of a live Redis store'), function () {
  this.timeout(60_000)

  let scene: MovingScene
  let parsed: ParsedExport
  before(function () {
    skipWithout(WITH_REDIS, REDIS_SERVER !== undefined, this)
  })
  beforeEach(async () => {
    scene = await makeMovingScene()
    await scene.use(scene.file('a.json'), (store) => fillStore(store, 2))
    await scene.use(scene.redis, (store) => fillStore(store, 3))
    const exported = await scene.useRaw(scene.file('a.json'), (raw) => exportStore(raw, scene.makeKeyring(), 1))
    parsed = parseExport(exported.text, 'a.age')
  })
  afterEach(() => scene.dispose())

  const replace = (content = parsed) =>
    scene.useRaw(scene.redis, (store) =>
      importStore({
        ...{store, keyring: scene.makeKeyring(), parsed: content, replace: true},
        ...{now: createSystemClock().moment(), waitMs: WAIT_MS},
      }),
    )

  it('leaves alone what is not of this store: others below its prefix, and what is called otherwise', async () => {
    const {redis} = scene
    assert.equal(redis.kind, 'redis')
    const others: StorePlace[] = ['b:', 'user-'].map((more) => ({...redis, prefix: `${redis.prefix}${more}`}))
    for (const other of others) await scene.use(other, (store) => fillStore(store, 2))
    const before = await Promise.all(others.map((other) => scene.use(other, showStore)))
    const server = await sharedRedisServer()
    const foreign = `${redis.prefix}somebody-else`
    await server.command('SET', foreign, 'made up')
    await replace()
    assert.equal(await server.command('GET', foreign), 'made up')
    assert.deepEqual(await Promise.all(others.map((other) => scene.use(other, showStore))), before)
    assert.equal((await scene.use(redis, (store) => store.accounts.list())).length, 3)
  })
})
