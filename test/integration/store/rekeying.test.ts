import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'

import type {RedisPlace, StorePlace} from '../../../src/config/store-place.js'
import {Secret} from '../../../src/model/secret.js'
import {HOUR_MS, SECOND_MS} from '../../../src/model/time.js'
import {rekeyStore, type RekeyResult} from '../../../src/store/move/rekey-store.js'
import {replaceKeyFile} from '../../../src/store/move/replace-key-file.js'
import type {RawRecord, RawStore} from '../../../src/store/raw-store.js'
import {openRedisConnection} from '../../../src/store/redis/connection.js'
import {RedisKeys} from '../../../src/store/redis/keys.js'
import {nextKeyPathOf} from '../../../src/store/sealing-secret.js'
import type {Store} from '../../../src/store/store.js'
import {Keyring} from '../../../src/store/store-keys.js'
import {hasCode} from '../../contract/store-accounts.js'
import {KEY, renew} from '../../contract/store-lock-support.js'
import {dieInRawStore, survives} from '../../support/die-in-raw-store.js'
import {Crash} from '../../support/crashing-store.js'
import {fillStore} from '../../support/fill-store.js'
import {makeAccount} from '../../support/make-account.js'
import {makeMovingScene, WAIT_MS, type MovingScene} from '../../support/moving-scene.js'
import {REDIS_SERVER} from '../../support/redis-server.js'
import {showStore} from '../../support/show-store.js'
import {needing, skipWithout} from '../../support/skip-without.js'
import {startTcpProxy} from '../../support/tcp-proxy.js'
import {tokensOf} from '../../support/tokens-of.js'

const WITH_REDIS = 'redis-server'

describe(needing(WITH_REDIS, REDIS_SERVER !== undefined, 'a store that is sealed anew'), function () {
  this.timeout(90_000)

  let scene: MovingScene
  before(function () {
    skipWithout(WITH_REDIS, REDIS_SERVER !== undefined, this)
  })
  beforeEach(async () => (scene = await makeMovingScene()))
  afterEach(() => scene.dispose())

  const nextKeyring = () => new Keyring({kind: 'default-key-file', path: nextKeyPathOf(scene.keyPath)})
  const rekey = (place: StorePlace, wrap = (raw: RawStore) => raw): Promise<RekeyResult> =>
    scene.useRaw(place, async (raw) => {
      const keyring = scene.makeKeyring()
      const result = await rekeyStore({store: wrap(raw), keyring, nextKeyring: nextKeyring(), waitMs: WAIT_MS})
      await replaceKeyFile(scene.keyPath)
      return result
    })
  const headOf = (place: StorePlace) => scene.useRaw(place, (raw) => raw.readHead())
  /** Dies while it changes its nth record. */
  const dieAtRecord =
    (nth: number) =>
    (raw: RawStore): RawStore =>
      new Proxy(raw, {
        get(target, name) {
          if (name !== 'rewrite') {
            const member: unknown = Reflect.get(target, name)
            return typeof member === 'function' ? (member.bind(target) as unknown) : member
          }
          let passed = 0
          return (head: Parameters<RawStore['rewrite']>[0], change: (record: RawRecord) => unknown) =>
            target.rewrite(head, (record) => {
              passed += 1
              if (passed > nth) throw new Crash()
              return change(record)
            })
        },
      })

  for (const [name, placeOf] of [
    ['in a file', () => scene.file('a.json')],
    ['in Redis', () => scene.redis],
  ] as const) {
    describe(name, () => {
      it('opens with the new keys alone, and is what it was', async () => {
        await scene.use(placeOf(), (store) => fillStore(store, 20))
        const before = await scene.use(placeOf(), showStore)
        const [oldHead, oldKey] = [await headOf(placeOf()), await readFile(scene.keyPath, 'utf8')]
        const {resumed, damaged, elsewhere} = await rekey(placeOf())
        assert.deepEqual([resumed, damaged, elsewhere], [false, [], 0])
        assert.deepEqual(await scene.use(placeOf(), showStore), before)
        const {keys} = await headOf(placeOf())
        assert.equal(keys.previous, undefined)
        await assert.rejects(
          new Keyring({kind: 'inline', value: new Secret(oldKey.trim())}).open(keys),
          hasCode('wrong-secret'),
        )
        const oldSealer = (await new Keyring({kind: 'inline', value: new Secret(oldKey.trim())}).open(oldHead.keys))
          .sealer
        const sealed: string[] = []
        await scene.useRaw(placeOf(), async (raw) => {
          for await (const {key, value} of raw.records()) {
            const {credential} = value as {credential?: {accessToken?: string}}
            const {accessToken} = credential ?? {}
            if (
              accessToken !== undefined &&
              oldSealer.open(['account', key, 'accessToken'], accessToken) !== undefined
            ) {
              sealed.push(key)
            }
          }
        })
        assert.deepEqual(sealed, [])
        await scene.use(placeOf(), async (store) => {
          const lock = await store.accounts.lock('twitch:0', {waitMs: 1000})
          assert.equal(lock.reply?.status, 200)
          await lock.release()
        })
      })

      it('opens at every step at which it was interrupted, and another run ends it', async () => {
        const steps = [
          ...[0, 1, 2, 3, 4].map((step) => dieInRawStore(step, ['rewrite', 'writeHead'])),
          ...[0, 1, 4, 7].map((record) => dieAtRecord(record)),
        ]
        await scene.use(placeOf(), (store) => fillStore(store, 5))
        const before = await scene.use(placeOf(), showStore)
        const ended: boolean[] = []
        for (const wrap of steps) {
          ended.push(await survives(rekey(placeOf(), wrap)))
          assert.deepEqual(await scene.use(placeOf(), showStore), before, `after ${String(ended.length)} runs`)
        }
        assert.deepEqual(ended, [false, false, false, false, true, false, false, false, false])
        await rekey(placeOf())
        assert.deepEqual(await scene.use(placeOf(), showStore), before)
        assert.equal((await headOf(placeOf())).keys.previous, undefined)
      })

      it('is refused while somebody is at it', async () => {
        await scene.use(placeOf(), async (store) => {
          await fillStore(store, 2)
          await assert.rejects(rekey(placeOf()), hasCode('store-locked'))
        })
      })
    })
  }

  const READS: [what: string, read: (store: Store) => Promise<unknown>][] = [
    ['accounts', (store) => store.accounts.list()],
    ['a provider', (store) => store.providers.get('twitch')],
    ['the state of a provider', (store) => store.providers.getState('twitch')],
    ['a flow', (store) => store.flows.get('made-up-flow')],
  ]
  for (const [what, read] of READS) {
    it(`gives ${what} to who read its keys just before`, async () => {
      await scene.use(scene.redis, (store) => fillStore(store, 2))
      await scene.use(scene.redis, async (store) => {
        const before = await read(store)
        assert.ok(before)
        await rekey(scene.redis)
        assert.deepEqual(await read(store), before)
      })
    })
  }

  describe('while a process stood still in the middle of a refresh', () => {
    const {now: wallNow} = Date
    const monotonicNow = performance.now.bind(performance)
    afterEach(() => {
      Date.now = wallNow
      performance.now = monotonicNow
    })

    /** As if its place at the gate had lapsed, for Redis; it may not know of that yet. */
    async function lapse(redis: RedisPlace): Promise<void> {
      const connection = openRedisConnection(redis)
      const {gate} = new RedisKeys(redis.prefix)
      await connection.send(gate, ['DEL', gate])
      await connection.close()
    }
    const lostFor = (wallMs: number, monotonicMs: number) => (): void => {
      Date.now = () => wallNow() + wallMs
      performance.now = () => monotonicNow() + monotonicMs
    }

    for (const [when, goOn] of [
      ['finds out before it saves', lostFor(HOUR_MS, 0)],
      ['has to read the keys again', lostFor(HOUR_MS, HOUR_MS)],
      ['finds out by what it reads', () => undefined],
      ['finds out by what it reads, with the new keys', lostFor(0, 2 * SECOND_MS)],
    ] as const) {
      it(`has its tokens when that ${when}`, async () => {
        const {redis} = scene
        assert.ok(redis.kind === 'redis')
        await scene.use(redis, async (store) => {
          await store.accounts.put(makeAccount())
          const lock = await store.accounts.lock(KEY, {waitMs: 1000})
          await lock.begin()
          await lapse(redis)
          await rekey(redis)
          goOn()
          assert.equal((await lock.commit(renew('1'))).kind, 'saved')
          await lock.release()
        })
        const account = await scene.use(redis, (store) => store.accounts.get(KEY))
        assert.equal(tokensOf(account).refreshToken?.reveal(), 'made-up-refresh-token-1')
      })
    }

    it('has its tokens when they came while records were sealed anew, and is told so', async () => {
      const {redis} = scene
      assert.ok(redis.kind === 'redis' && redis.topology.kind === 'server')
      const proxy = await startTcpProxy(redis.topology.server.port)
      const slow: StorePlace = {...redis, topology: {kind: 'server', server: {host: '127.0.0.1', port: proxy.port}}}
      try {
        await scene.use(slow, async (store) => {
          await store.accounts.put(makeAccount())
          const lock = await store.accounts.lock(KEY, {waitMs: 1000})
          await lock.begin()
          await lapse(redis)
          assert.equal(await survives(rekey(redis, dieAtRecord(0))), false)
          proxy.latencyMs = 100
          const saving = lock.commit(renew('1'))
          // After it was sent, and before it is answered.
          setTimeout(lostFor(HOUR_MS, HOUR_MS), 50)
          assert.equal((await saving).kind, 'saved')
          await lock.release()
        })
        Date.now = wallNow
        performance.now = monotonicNow
        await rekey(redis)
        const account = await scene.use(redis, (store) => store.accounts.get(KEY))
        assert.equal(tokensOf(account).refreshToken?.reveal(), 'made-up-refresh-token-1')
      } finally {
        await proxy.close()
      }
    })
  })
})
