import assert from 'node:assert/strict'

import {importStore} from '../../../src/store/move/import-store.js'
import {exportStore} from '../../../src/store/move/export-store.js'
import {parseExport, type ParsedExport} from '../../../src/store/move/export-format.js'
import type {StorePlace} from '../../../src/config/store-place.js'
import {createSystemClock} from '../../../src/config/system-clock.js'
import {BehalfError} from '../../../src/model/behalf-error.js'
import type {RawRecord} from '../../../src/store/raw-store.js'
import {hasCode} from '../../contract/store-accounts.js'
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

  const listChunks = async (): Promise<unknown> => {
    assert.equal(scene.redis.kind, 'redis')
    return (await sharedRedisServer()).command('KEYS', `${scene.redis.prefix}chunk-*`)
  }

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

  describe('of what cannot be written', () => {
    const account = (): RawRecord => {
      const found = parsed.records.find(({section}) => section === 'accounts')
      assert.ok(found)
      return found
    }
    const change = {sequence: 3, user: 'sam', change: 1, points: 1_000_000, at: 1}
    const UNFIT: [name: string, make: () => RawRecord][] = [
      ['a change of points that does not follow', () => ({section: 'points', key: '3', value: change})],
      ['a change of points without a user', () => ({section: 'points', key: '3', value: {...change, user: undefined}})],
      ['a refresh without its intent', () => ({section: 'refreshes', key: 'twitch:0', value: {}})],
      ['an account that is there twice', account],
      ['a name without a record', () => ({section: 'providers', key: 'made-up', value: undefined})],
    ]
    for (const [name, make] of UNFIT) {
      it(`is refused for ${name}, and what was there is in use as before`, async () => {
        const before = await scene.use(scene.redis, showStore)
        await assert.rejects(replace({...parsed, records: [...parsed.records, make()]}), BehalfError)
        assert.deepEqual(await scene.use(scene.redis, showStore), before)
        assert.deepEqual(await listChunks(), [])
      })
    }

    it('keeps a flow that is damaged, as it is', async () => {
      const value = {expiresAt: 'x', stateFingerprint: 'made-up'}
      await replace({...parsed, records: [...parsed.records, {section: 'flows', key: 'damaged', value}]})
      const flows: unknown[] = []
      await scene.useRaw(scene.redis, async (raw) => {
        for await (const record of raw.records()) if (record.key === 'damaged') flows.push(record.value)
      })
      assert.deepEqual(flows, [value])
    })
  })

  it('leaves nothing behind of a run that was interrupted', async () => {
    assert.equal(scene.redis.kind, 'redis')
    for (const number of [7, 12]) {
      await (await sharedRedisServer()).command('SET', `${scene.redis.prefix}chunk-${String(number)}`, '[]')
    }
    await replace()
    assert.deepEqual(await listChunks(), [])
  })

  it('says so when somebody else has written an account meanwhile', async () => {
    await scene.useRaw(scene.file('a.json'), (from) =>
      scene.useRaw(scene.otherRedis, async (to) => {
        const head = await from.readHead()
        const keys = await scene.makeKeyring().open(head.keys)
        await to.claim(WAIT_MS)
        const twice = async function* (): AsyncGenerator<RawRecord> {
          for await (const record of from.records()) {
            yield record
            if (record.section === 'accounts') yield record
          }
        }
        const move = {id: 'made-up', other: from.location}
        await assert.rejects(to.stage(move, {head, keys, records: twice()}), hasCode('store-locked'))
      }),
    )
  })
})
