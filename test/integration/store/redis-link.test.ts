import assert from 'node:assert/strict'

import {RedisLink} from '../../../src/store/redis/link.js'
import {REDIS_SERVER, startRedisServer, type RedisServer} from '../../support/redis-server.js'
import {needing, skipWithout} from '../../support/skip-without.js'
import {until} from '../../support/until.js'

describe(needing('redis-server', REDIS_SERVER !== undefined, 'a link to a Redis'), function () {
  this.timeout(30_000)

  let servers: RedisServer[] = []
  let link: RedisLink
  let present = 0

  before(async function () {
    skipWithout('redis-server', REDIS_SERVER !== undefined, this)
    servers = [await startRedisServer(), await startRedisServer()]
  })
  afterEach(() => link.close())
  after(async () => {
    for (const server of servers) await server.dispose()
  })

  function open(watchMs?: number): void {
    present = 0
    const findAddress = () => Promise.resolve({host: '127.0.0.1', port: servers[present]?.port ?? 0})
    link = new RedisLink(findAddress, {database: 0}, {watchMs})
  }
  const set = async (value: string) => (await link.exchange([['SET', 'made-up', value]]))[0]?.status
  const valueOn = (server: number) => servers[server]?.command('GET', 'made-up')

  it('is made anew where its server has become a replica', async () => {
    open()
    assert.equal(await set('before'), 'fulfilled')
    await servers[0]?.command('REPLICAOF', '127.0.0.1', '1')
    present = 1
    assert.equal(await set('refused'), 'rejected')
    assert.equal(await set('after'), 'fulfilled')
    assert.deepEqual([await valueOn(0), await valueOn(1), link.epoch], ['before', 'after', 2])
    await servers[0]?.command('REPLICAOF', 'NO', 'ONE')
  })

  it('is made anew where another server has the place of its own, though that one answers', async () => {
    open(10)
    assert.equal(await set('before'), 'fulfilled')
    present = 1
    await until('the link leads elsewhere', async () => {
      await set('after')
      return link.epoch > 1
    })
    assert.deepEqual([await set('later'), await valueOn(1)], ['fulfilled', 'later'])
  })

  it('stays as it is while nobody can say where its server is', async () => {
    let asked = 0
    link = new RedisLink(
      () =>
        (asked += 1) === 1
          ? Promise.resolve({host: '127.0.0.1', port: servers[0]?.port ?? 0})
          : Promise.reject(new Error('made up')),
      {database: 0},
      {watchMs: 5},
    )
    await set('before')
    await until('it has been asked again', () => Promise.resolve(asked > 2))
    assert.deepEqual([await set('after'), link.epoch], ['fulfilled', 1])
  })
})
