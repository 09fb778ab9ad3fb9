import assert from 'node:assert/strict'

import {BehalfError} from '../../../src/model/behalf-error.js'
import {makeProvider} from '../../support/make-provider.js'
import {makeRedisStorePlace, type RedisStorePlace} from '../../support/redis-place.js'
import {REDIS_SERVER, startRedisServer, type RedisServer} from '../../support/redis-server.js'
import {skipWithout} from '../../support/skip-without.js'
import {until} from '../../support/until.js'

describe('a Redis store behind a sentinel', function () {
  this.timeout(60_000)
  let servers: RedisServer[] = []
  let home: RedisStorePlace

  const placeOf = (sentinel: RedisServer, master: string, before: readonly string[] = []) =>
    makeRedisStorePlace({
      server: sentinel,
      environment: {
        BEHALF_REDIS_SENTINELS: ['127.0.0.1:1', ...before, `127.0.0.1:${String(sentinel.port)}`].join(),
        BEHALF_REDIS_MASTER: master,
      },
    })

  before(function () {
    skipWithout('redis-server', REDIS_SERVER !== undefined, this)
  })
  afterEach(async () => {
    await home.dispose()
    for (const server of servers) await server.dispose()
    servers = []
  })

  it('asks another sentinel where one is gone, follows a failover, and says which name is unknown', async () => {
    const master = await startRedisServer()
    const replica = await startRedisServer({replicaOf: master.port})
    const sentinel = await startRedisServer({sentinelOf: master.port})
    servers = [sentinel, replica, master]
    home = await placeOf(sentinel, 'main')
    const store = await home.open()
    await store.providers.put(makeProvider())
    await until('the replica has it', async () => Number(await replica.command('DBSIZE')) > 0)
    await until('the sentinel knows the replica', async () =>
      String(await sentinel.command('SENTINEL', 'REPLICAS', 'main')).includes(String(replica.port)),
    )

    await sentinel.command('SENTINEL', 'FAILOVER', 'main')
    // Whoever is connected when it becomes one is thrown out.
    const isMaster = () =>
      replica.command('ROLE').then(
        (role) => String(role).startsWith('master'),
        () => false,
      )
    await until('the replica is the master', isMaster)
    await master.stop()
    await until('the store writes there', () =>
      store.providers.put(makeProvider({name: 'other'})).catch((error: unknown) => {
        assert.ok(error instanceof BehalfError)
        return false
      }),
    )
    assert.deepEqual(await store.providers.names(), ['example', 'other'])

    const wrong = await placeOf(sentinel, 'nobody')
    await assert.rejects(wrong.open(), (error: unknown) => {
      assert.ok(error instanceof BehalfError)
      assert.deepEqual([error.code, error.hint?.includes('BEHALF_REDIS_MASTER')], ['configuration', true])
      return true
    })
    await wrong.dispose()

    // Asked first, it knows of no failover, and of a server that is gone.
    const cutOff = await startRedisServer({sentinelOf: master.port})
    servers.unshift(cutOff)
    const between = await placeOf(sentinel, 'main', [`127.0.0.1:${String(cutOff.port)}`])
    await (await between.open()).providers.put(makeProvider())
    await between.dispose()
  })
})
