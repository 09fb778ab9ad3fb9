import assert from 'node:assert/strict'
import {readdir} from 'node:fs/promises'
import {join} from 'node:path'

import type {Store} from '../../../src/store/store.js'
import {KEY, renew} from '../../contract/store-lock-support.js'
import {makeReply} from '../../contract/store-harness.js'
import {makeAccount} from '../../support/make-account.js'
import {makeRedisStorePlace, type RedisStorePlace} from '../../support/redis-place.js'
import {REDIS_SERVER, startRedisServer, type RedisServer} from '../../support/redis-server.js'
import {skipWithout} from '../../support/skip-without.js'
import {until} from '../../support/until.js'

describe('a commit to a Redis with a replica', function () {
  this.timeout(30_000)
  let primary: RedisServer | undefined
  let replica: RedisServer | undefined
  let place: RedisStorePlace | undefined
  let store: Store

  before(async function () {
    skipWithout('redis-server', REDIS_SERVER !== undefined, this)
    const started = await startRedisServer()
    primary = started
    replica = await startRedisServer({replicaOf: started.port})
    await until('the replica follows', async () =>
      String(await started.command('INFO', 'replication')).includes('state=online'),
    )
    place = await makeRedisStorePlace({server: started})
    store = await place.open()
    await store.accounts.put(makeAccount())
  })
  after(async () => {
    replica?.resume()
    await place?.dispose()
    await replica?.dispose()
    await primary?.dispose()
  })

  const journals = () => readdir(join(place?.place.localPath ?? '', 'accounts.journals'))
  async function refresh(token: string): Promise<void> {
    const lock = await store.accounts.lock(KEY, {waitMs: 0})
    await lock.begin()
    await lock.recordReply(makeReply())
    assert.equal((await lock.commit(renew(token))).kind, 'saved')
    await lock.release()
  }

  it('ends the journal once the replica has it', async () => {
    await refresh('1')
    assert.deepEqual(await journals(), [])
  })

  it('keeps the journal while no replica has it, until the next holder looks', async () => {
    replica?.pause()
    await refresh('2')
    assert.equal((await journals()).length, 1)
    replica?.resume()
    await (await store.accounts.lock(KEY, {waitMs: 0})).release()
    assert.deepEqual(await journals(), [])
  })
})
