import assert from 'node:assert/strict'
import {join} from 'node:path'

import {JournalFolder, type Intent} from '../../../src/store/journal.js'
import type {RawRecord} from '../../../src/store/raw-store.js'
import {openRedisConnection, type RedisConnection} from '../../../src/store/redis/connection.js'
import {RedisKeys} from '../../../src/store/redis/keys.js'
import {RedisRawAccounts} from '../../../src/store/redis/redis-raw-accounts.js'
import {RedisRawRecords} from '../../../src/store/redis/redis-raw-records.js'
import {failAtEveryFileCall} from '../../support/file-calls.js'
import {makeRedisStorePlace, type RedisStorePlace} from '../../support/redis-place.js'
import {REDIS_SERVER} from '../../support/redis-server.js'
import {needing, skipWithout} from '../../support/skip-without.js'

const WITH_REDIS = 'redis-server'

describe(needing(WITH_REDIS, REDIS_SERVER !== undefined, 'a record of a Redis store that is sealed anew'), function () {
  this.timeout(30_000)

  let scene: RedisStorePlace
  let connection: RedisConnection
  let keys: RedisKeys

  before(function () {
    skipWithout(WITH_REDIS, REDIS_SERVER !== undefined, this)
  })
  beforeEach(async () => {
    scene = await makeRedisStorePlace()
    connection = openRedisConnection(scene.place)
    keys = new RedisKeys(scene.place.prefix)
  })
  afterEach(async () => {
    await connection.close()
    await scene.dispose()
  })

  const key = 'twitch:1'
  const listed: RawRecord = {section: 'accounts', key, value: {token: 'old'}}
  const account = () => keys.account(key)
  const rawAccounts = () => new RedisRawAccounts({place: scene.place, connection, keys, clock: scene.clock})
  const save = (token: string, write: string) =>
    connection.send(account(), ['HSET', account(), 'record', JSON.stringify({token}), 'write', write])
  const seal = ({value}: RawRecord) => ({...(value as object), isNew: true})

  it('of an account is the one that is there now, also where somebody writes in between', async () => {
    await save('newer', 'a')
    const writes: Promise<unknown>[] = []
    await rawAccounts().rewrite(listed, (record) => {
      // Sent before what this leads to.
      if (writes.length === 0) writes.push(save('newest', 'b'))
      return seal(record)
    })
    await Promise.all(writes)
    const [record, write] = (await connection.send(account(), ['HMGET', account(), 'record', 'write'])) as string[]
    assert.deepEqual(JSON.parse(record ?? ''), {token: 'newest', isNew: true})
    assert.notEqual(write, 'b')
  })

  describe('that is a refresh with an answer', () => {
    const sentAt = {wallMs: 5, monotonicMs: 5, bootId: 'made-up-boot'}
    const intent: Intent = {
      ...{account: key, grantId: 'grant-1', fingerprint: 'made-up', cause: 'lost-reply', sends: 1, pid: 1},
      ...{since: sentAt, lastSentAt: sentAt},
    }
    const journals = () => new JournalFolder(join(scene.place.localPath, 'accounts'))
    const readReply = async () => (await journals().read(key))?.sealedReply
    const sealed = (name: string) => `v1.${name.padEnd(40, '_')}`
    const answer = (name: string) => ({section: 'refreshes', key, value: {intent, reply: sealed(name)}}) as const

    beforeEach(async () => {
      await save('made-up', 'a')
      await connection.send(account(), ['HSET', account(), 'intent', JSON.stringify(intent)])
      await journals().put(key, intent, sealed('now'))
    })

    it('has one at every step at which that fails', async () => {
      let runs = 0
      const calls = await failAtEveryFileCall(
        () => rawAccounts().rewriteRefresh(answer('now'), () => answer(`run-${String((runs += 1))}`).value),
        async () => assert.match((await readReply()) ?? 'none', /^v1/),
      )
      assert.deepEqual([calls, await readReply()], [3, sealed('run-4')])
    })

    it('has that which is there now', async () => {
      await rawAccounts().rewriteRefresh(answer('old'), ({value}) => {
        assert.deepEqual(value, answer('now').value)
        return answer('anew').value
      })
      assert.equal(await readReply(), sealed('anew'))
    })

    it('is brought back to no account that needs none any more', async () => {
      await connection.send(account(), ['HDEL', account(), 'intent'])
      await journals().remove(key, {durably: false})
      await rawAccounts().rewriteRefresh(answer('old'), ({value}) => value)
      assert.equal(await readReply(), undefined)
    })
  })

  it('stays away where it was removed', async () => {
    const records = new RedisRawRecords(connection, keys, scene.clock)
    await rawAccounts().rewrite(listed, seal)
    for (const section of ['providers', 'flows', 'apiTokens'] as const) {
      await records.rewrite({section, key: 'one', value: {}}, seal)
    }
    assert.deepEqual(await scene.server.command('KEYS', `${scene.place.prefix}*`), [])
  })

  it('is not written where it does not change', async () => {
    const token = keys.token('one')
    await connection.send(token, ['SET', token, '{ "a": 1 }'])
    const records = new RedisRawRecords(connection, keys, scene.clock)
    await records.rewrite({section: 'apiTokens', key: 'one', value: {a: 1}}, ({value}) => value)
    assert.equal(await connection.send(token, ['GET', token]), '{ "a": 1 }')
  })

  it('of a flow ends when it did', async () => {
    const flow = keys.flow('one')
    const value = {expiresAt: scene.clock.now() + 1000}
    await connection.send(flow, ['SET', flow, JSON.stringify(value), 'PX', '1000'])
    await new RedisRawRecords(connection, keys, scene.clock).rewrite({section: 'flows', key: 'one', value}, seal)
    assert.deepEqual(JSON.parse(String(await connection.send(flow, ['GET', flow]))), {...value, isNew: true})
    assert.ok(Number(await connection.send(flow, ['PTTL', flow])) > 0)
  })
})
