import assert from 'node:assert/strict'

import type {RedisPlace} from '../../../src/config/store-place.js'
import {createSystemClock} from '../../../src/config/system-clock.js'
import type {RawContent, RawStore} from '../../../src/store/raw-store.js'
import {RedisKeys} from '../../../src/store/redis/keys.js'
import {openRedisRawStore} from '../../../src/store/redis/redis-raw-store.js'
import {hasCode} from '../../contract/store-accounts.js'
import {fillStore} from '../../support/fill-store.js'
import {makeMovingScene, type MovingScene} from '../../support/moving-scene.js'
import {sharedRedisServer} from '../../support/redis-place.js'
import {REDIS_SERVER, type RedisServer} from '../../support/redis-server.js'
import {needing, skipWithout} from '../../support/skip-without.js'
import {startTcpProxy, type TcpProxy} from '../../support/tcp-proxy.js'
import {until} from '../../support/until.js'

const WITH_REDIS = 'redis-server'
const MOVE = {id: 'made-up', other: 'nowhere'}

/** Between its look at the gate and its write a process may be stopped for longer than its lease. */
describe(
  needing(WITH_REDIS, REDIS_SERVER !== undefined, 'who had a Redis store alone, and comes too late'),
  function () {
    this.timeout(30_000)

    let scene: MovingScene
    let server: RedisServer
    let proxy: TcpProxy
    let place: RedisPlace
    let keys: RedisKeys
    let late: RawStore

    before(async function () {
      skipWithout(WITH_REDIS, REDIS_SERVER !== undefined, this)
      server = await sharedRedisServer()
    })
    beforeEach(async () => {
      scene = await makeMovingScene()
      assert.ok(scene.redis.kind === 'redis')
      place = scene.redis
      keys = new RedisKeys(place.prefix)
      await scene.use(place, (store) => fillStore(store, 2))
      proxy = await startTcpProxy(server.port)
      const through = {host: '127.0.0.1', port: proxy.port}
      late = openRedisRawStore({...place, topology: {kind: 'server', server: through}}, createSystemClock())
      await late.claim(0)
    })
    afterEach(async () => {
      await late.close()
      await proxy.close()
      await scene.dispose()
    })

    /** Its place at the gate ends, as Redis sees it, and another process has the store alone. */
    async function lapse(work: (other: RawStore) => Promise<unknown> = () => Promise.resolve()): Promise<void> {
      const [field = '', held = ''] = (await server.command('HGETALL', keys.gate)) as string[]
      await server.command('HSET', keys.gate, field, held.replace(/^\d+/, '1'))
      await scene.useRaw(place, async (other) => {
        await other.claim(0)
        await work(other)
      })
    }

    const countAccounts = () => scene.use(place, async (store) => (await store.accounts.list()).length)
    const readContent = (): Promise<RawContent> =>
      scene.useRaw(place, async (raw) => {
        const head = await raw.readHead()
        return {head, keys: await scene.makeKeyring().open(head.keys), records: []}
      })

    it('gives up no store that others work with since', async () => {
      await lapse()
      await assert.rejects(late.retire(MOVE), hasCode('store-locked'))
      assert.equal(await countAccounts(), 3)
    })

    it('takes nothing into use that another one has given up since', async () => {
      const content = await readContent()
      await late.retire(MOVE)
      await late.stage(MOVE, content)
      await lapse((other) => other.retire({id: 'later', other: 'elsewhere'}))
      await assert.rejects(late.activate(), hasCode('store-locked'))
      assert.deepEqual(await scene.useRaw(place, (raw) => raw.readState()), {
        kind: 'moved',
        id: 'later',
        other: 'elsewhere',
      })
    })

    it('puts back no keys that another one has replaced since', async () => {
      const head = await late.readHead()
      await lapse()
      const before = await server.command('HGETALL', keys.meta)
      await assert.rejects(
        late.writeHead({...head, keys: {...head.keys, salt: 'A'.repeat(22)}}),
        hasCode('store-locked'),
      )
      assert.deepEqual(await server.command('HGETALL', keys.meta), before)
    })

    it('deletes nothing', async () => {
      const content = await readContent()
      proxy.latencyMs = 50
      const staging = late.stage(MOVE, content)
      staging.catch(() => undefined)
      // The keys are listed next, which takes several round trips.
      await until('it has begun', async () =>
        String(await server.command('HGET', keys.meta, 'move')).includes('made-up'),
      )
      await lapse((other) => other.activate())
      await assert.rejects(staging, hasCode('store-locked'))
      assert.equal(await countAccounts(), 3)
    })
  },
)
