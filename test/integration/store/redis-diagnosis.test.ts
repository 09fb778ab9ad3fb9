import assert from 'node:assert/strict'

import type {RedisPlace} from '../../../src/config/store-place.js'
import {Secret} from '../../../src/model/secret.js'
import {diagnoseRedis} from '../../../src/store/redis/check/diagnose-redis.js'
import {makeRedisStorePlace, sharedRedisServer, type RedisStorePlace} from '../../support/redis-place.js'
import {ADMIN, REDIS_SERVER} from '../../support/redis-server.js'
import {needing, skipWithout} from '../../support/skip-without.js'

describe(needing('redis-server', REDIS_SERVER !== undefined, 'the diagnosis of a Redis'), function () {
  this.timeout(30_000)

  let scene: RedisStorePlace
  before(async function () {
    skipWithout('redis-server', REDIS_SERVER !== undefined, this)
    scene = await makeRedisStorePlace()
  })
  after(async () => {
    if (REDIS_SERVER !== undefined) await scene.dispose()
  })

  async function warningsAt(host: string, access: Partial<RedisPlace> = {}): Promise<string[]> {
    const {port} = await sharedRedisServer()
    const place: RedisPlace = {...scene.place, topology: {kind: 'server', server: {host, port}}, ...access}
    const checks = await diagnoseRedis(place, scene.clock)
    return checks.flatMap(({status, message}) =>
      status === 'warning' && message.includes('encrypted') ? [message] : [],
    )
  }
  const signedIn = {username: ADMIN.username, password: new Secret(ADMIN.password)}
  /** This machine, by an address that does not look like it. */
  const elsewhere = '0.0.0.0'

  it('warns of a password that is sent in clear to another machine, and does not tell it', async () => {
    const [warning, ...others] = await warningsAt(elsewhere, signedIn)
    assert.match(warning ?? '', /the password is sent in clear/)
    assert.ok(!warning?.includes(ADMIN.password))
    assert.deepEqual(others, [])
  })

  it('warns of no encryption where there is no password', async () => {
    assert.match((await warningsAt(elsewhere)).join(), /whoever is on the way can change accounts/)
  })

  it('is content with this machine', async () => {
    assert.deepEqual(await warningsAt('127.0.0.1', signedIn), [])
  })
})
