import assert from 'node:assert/strict'

import {openRedisConnection, type RedisConnection} from '../../../src/store/redis/connection.js'
import {RedisKeys} from '../../../src/store/redis/keys.js'
import {SharedRedisGate, SoleRedisGate} from '../../../src/store/redis/redis-gate.js'
import {hasCode} from '../../contract/store-accounts.js'
import {makeRedisStorePlace, type RedisStorePlace} from '../../support/redis-place.js'
import {REDIS_SERVER} from '../../support/redis-server.js'
import {needing, skipWithout} from '../../support/skip-without.js'

const WITH_REDIS = 'redis-server'
const LEASE_MS = 60_000

describe(needing(WITH_REDIS, REDIS_SERVER !== undefined, 'the gate of a Redis store'), function () {
  this.timeout(30_000)

  let scene: RedisStorePlace
  let connection: RedisConnection
  let key: string
  const {now: wallNow} = Date

  before(function () {
    skipWithout(WITH_REDIS, REDIS_SERVER !== undefined, this)
  })
  beforeEach(async () => {
    scene = await makeRedisStorePlace()
    connection = openRedisConnection(scene.place)
    key = new RedisKeys(scene.place.prefix).gate
  })
  afterEach(async () => {
    Date.now = wallNow
    await connection.close()
    await scene.dispose()
  })

  /** As a process finds itself that stood still past its lease: its clock has gone on, and Redis takes the place for free. */
  const standStill = async (): Promise<void> => {
    Date.now = () => wallNow() + 2 * LEASE_MS
    const flat = await connection.send(key, ['HGETALL', key])
    const fields = flat as string[]
    const ended = fields.map((text, index) => (index % 2 === 0 ? text : text.replace(/^\d+/, '1')))
    await connection.send(key, ['HSET', key, ...ended])
  }
  const options = () => ({connection, key, clock: scene.clock})

  it('is lost for good to who had it alone and stood still while another came and left', async () => {
    const alone = new SoleRedisGate(options())
    await alone.take(0)
    await standStill()
    const other = new SharedRedisGate(options(), () => Promise.resolve())
    await other.enter()
    await other.leave()
    await assert.rejects(alone.check(), hasCode('store-locked'))
    await assert.rejects(alone.check(), hasCode('store-locked'))
    await alone.leave()
  })

  it('stays with who had it alone and stood still while nobody came', async () => {
    const alone = new SoleRedisGate(options())
    await alone.take(0)
    await standStill()
    await alone.check()
    const other = new SharedRedisGate({...options(), waitMs: 0}, () => Promise.resolve())
    await assert.rejects(async () => other.enter(), hasCode('store-locked'))
    await alone.leave()
  })

  it('is asked once more by who had it alone and wrote where one step cannot do both', async () => {
    const name = `${scene.place.prefix}made-up`
    const comesBetween = async (): Promise<void> => {
      await standStill()
      const other = new SharedRedisGate(options(), () => Promise.resolve())
      await other.enter()
      await other.leave()
    }
    const slow: RedisConnection = {
      ...connection,
      areTogether: () => false,
      async send(...args) {
        await comesBetween()
        return connection.send(...args)
      },
    }
    const alone = new SoleRedisGate({...options(), connection: slow})
    await alone.take(0)
    await assert.rejects(alone.write(['SET', name, '1']), hasCode('store-locked'))
    await alone.leave()
  })

  it('lets nobody write while it is looked what changed, nor after that was refused', async () => {
    let looks = 0
    const gate = new SharedRedisGate(options(), () => {
      looks += 1
      return Promise.reject(new Error('changed'))
    })
    const first = gate.enter()
    await assert.rejects(async () => first, /changed/)
    await assert.rejects(async () => gate.enter(), /changed/)
    assert.equal(looks, 2)
    await gate.leave()
    assert.equal(await connection.send(key, ['EXISTS', key]), 0)
  })
})
