import assert from 'node:assert/strict'
import {copyFile} from 'node:fs/promises'

import type {StorePlace} from '../../../src/config/store-place.js'
import {exportStore} from '../../../src/store/move/export-store.js'
import {migrateStore, type MigrationResult} from '../../../src/store/move/migrate-store.js'
import type {RawStore} from '../../../src/store/raw-store.js'
import {hasCode} from '../../contract/store-accounts.js'
import {dieInRawStore, survives} from '../../support/die-in-raw-store.js'
import {fillStore} from '../../support/fill-store.js'
import {makeAdminSession} from '../../support/make-admin-session.js'
import {makePointsRequest} from '../../support/make-points-request.js'
import {makeMovingScene, WAIT_MS, type MovingScene} from '../../support/moving-scene.js'
import {REDIS_SERVER} from '../../support/redis-server.js'
import {showStore} from '../../support/show-store.js'
import {needing, skipWithout} from '../../support/skip-without.js'

const WITH_REDIS = 'redis-server'
const isLong = process.env.BEHALF_TEST_LONG === '1'
const ACCOUNTS = isLong ? 10_000 : 300

describe(needing(WITH_REDIS, REDIS_SERVER !== undefined, 'moving a store'), function () {
  this.timeout(isLong ? 600_000 : 90_000)

  let scene: MovingScene
  before(function () {
    skipWithout(WITH_REDIS, REDIS_SERVER !== undefined, this)
  })
  beforeEach(async () => (scene = await makeMovingScene()))
  afterEach(() => scene.dispose())

  let ids = 0
  const move = (fromPlace: StorePlace, toPlace: StorePlace, wrap = (raw: RawStore) => raw): Promise<MigrationResult> =>
    scene.useRaw(fromPlace, (from) =>
      scene.useRaw(toPlace, (to) =>
        migrateStore({
          from: wrap(from),
          to: wrap(to),
          keyring: scene.makeKeyring(),
          makeId: () => `move-${String((ids += 1))}`,
          waitMs: WAIT_MS,
          report: () => undefined,
        }),
      ),
    )

  const WAYS: [name: string, from: () => StorePlace, to: () => StorePlace][] = [
    ['from a file to Redis', () => scene.file('a.json'), () => scene.otherRedis],
    ['from Redis to a file', () => scene.redis, () => scene.file('b.json')],
    ['from a file to a file', () => scene.file('a.json'), () => scene.file('b.json')],
    ['from Redis to Redis', () => scene.redis, () => scene.otherRedis],
  ]
  for (const [name, fromOf, toOf] of WAYS) {
    it(`${name}, and back, leaves an equal store (${String(ACCOUNTS)} accounts)`, async () => {
      const [from, to] = [fromOf(), toOf()]
      await scene.use(from, (store) => fillStore(store, ACCOUNTS))
      const before = await scene.use(from, showStore)
      const {records, resumed} = await move(from, to)
      assert.deepEqual([records.accounts, records.refreshes, records.points, resumed], [ACCOUNTS + 1, 2, 2, false])
      assert.deepEqual(await scene.use(to, showStore), before)
      await assert.rejects(scene.use(from, showStore), hasCode('store-moved'))
      await move(to, from)
      assert.deepEqual(await scene.use(from, showStore), before)
      await assert.rejects(scene.use(to, showStore), hasCode('store-moved'))
    })
  }

  it('takes along what is needed to go on: a reply that waits, and idempotency keys', async () => {
    await scene.use(scene.file('a.json'), (store) => fillStore(store, 2))
    await move(scene.file('a.json'), scene.otherRedis)
    await scene.use(scene.otherRedis, async (store) => {
      const lock = await store.accounts.lock('twitch:0', {waitMs: 1000})
      assert.equal(lock.reply?.status, 200)
      await lock.release()
      const again = makePointsRequest({user: 'sam', idempotency: {key: 'once', request: 'made-up'}})
      assert.equal((await store.points.change(again)).repeated, true)
      assert.deepEqual(
        (await store.accounts.find(['made_up_1'])).map(({key}) => key),
        ['twitch:1'],
      )
      assert.equal((await store.accounts.upcomingRefreshes('twitch', 9)).length, 2)
    })
  })

  it('leaves sessions of the admin page behind, and counts none', async () => {
    await scene.use(scene.file('a.json'), async (store) => {
      await fillStore(store, 2)
      await store.adminSessions.put(makeAdminSession('session1'))
      await store.adminSessions.put(makeAdminSession('thelink1', {kind: 'link'}))
    })
    const exported = await scene.useRaw(scene.file('a.json'), (raw) => exportStore(raw, scene.makeKeyring(), 1))
    assert.ok(!exported.text.includes('admin-'))
    const {records} = await move(scene.file('a.json'), scene.file('b.json'))
    const left = await scene.use(scene.file('b.json'), async (store) => ({
      apiTokens: (await store.apiTokens.list()).length,
      sessions: await store.adminSessions.list(),
    }))
    assert.deepEqual(left, {apiTokens: records.apiTokens, sessions: []})
    assert.equal(exported.records.apiTokens, records.apiTokens)
  })

  it('leaves no backup of a file that could be put back in use', async () => {
    const from = scene.file('a.json')
    await scene.use(from, (store) => fillStore(store, 2))
    await move(from, scene.otherRedis)
    await copyFile(`${from.path}.bak`, from.path)
    await assert.rejects(scene.use(from, showStore), hasCode('store-moved'))
  })

  it('is refused where the target holds something, and nothing is changed', async () => {
    await scene.use(scene.file('a.json'), (store) => fillStore(store, 2))
    await scene.use(scene.otherRedis, (store) => fillStore(store, 3))
    await assert.rejects(move(scene.file('a.json'), scene.otherRedis), hasCode('store-not-empty'))
    await assert.rejects(move(scene.otherRedis, scene.file('a.json')), hasCode('store-not-empty'))
    assert.equal((await scene.use(scene.file('a.json'), (store) => store.accounts.list())).length, 3)
    assert.equal((await scene.use(scene.otherRedis, (store) => store.accounts.list())).length, 4)
  })

  it('is refused where somebody is at one of them, who is named', async () => {
    await scene.use(scene.file('a.json'), (store) => fillStore(store, 2))
    const isNamed = (error: unknown) => hasCode('store-locked')(error) && String(error).includes(String(process.pid))
    await scene.use(scene.otherRedis, async (store) => {
      await store.flows.noteCollected(1)
      await assert.rejects(move(scene.file('a.json'), scene.otherRedis), isNamed)
    })
    await scene.use(scene.file('a.json'), async (store) => {
      await store.flows.noteCollected(1)
      await assert.rejects(move(scene.file('a.json'), scene.file('b.json')), isNamed)
    })
    await move(scene.file('a.json'), scene.otherRedis)
  })

  describe('that is interrupted', () => {
    const STEPS = ['stage', 'retire', 'activate'] as const

    for (const [name, fromOf, toOf] of isLong ? WAYS : WAYS.slice(0, 3)) {
      it(`${name}, at any step, is ended by another run; never are both in use`, async () => {
        let moment = 0
        for (let isDead = true; isDead; moment += 1) {
          const [from, to] = [fromOf(), toOf()]
          await scene.use(from, (store) => fillStore(store, 2))
          const before = await scene.use(from, showStore)
          isDead = !(await survives(move(from, to, dieInRawStore(moment, STEPS))))
          const usable = await Promise.all(
            [from, to].map((place) =>
              scene
                .use(place, (store) => store.accounts.list())
                .then(
                  (accounts) => accounts.length > 0,
                  () => false,
                ),
            ),
          )
          assert.ok(usable.filter(Boolean).length < 2, `both are in use after ${String(moment)} steps`)
          if (isDead) await move(from, to)
          assert.deepEqual(await scene.use(to, showStore), before)
          await scene.clear()
        }
        assert.equal(moment, 2 * STEPS.length + 1)
      })
    }
  })
})
