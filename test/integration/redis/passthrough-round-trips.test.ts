import assert from 'node:assert/strict'

import {sharedRedisServer} from '../../support/redis-place.js'
import {REDIS_SERVER} from '../../support/redis-server.js'
import {makeRedisWorldPlace} from '../../support/redis-world.js'
import {skipWithout} from '../../support/skip-without.js'
import {startTcpProxy, type TcpProxy} from '../../support/tcp-proxy.js'
import {makeUpstreamScene, type UpstreamScene} from '../../support/upstream-scene.js'

/** Once a second the keys of the store are looked at too: of so many calls one has nothing of that. */
const TRIES = 8

describe('a call over the passthrough with a store in Redis', () => {
  let proxy: TcpProxy
  let scene: UpstreamScene

  before(async function () {
    skipWithout('redis-server', REDIS_SERVER !== undefined, this)
    const server = await sharedRedisServer()
    proxy = await startTcpProxy(server.port)
    const behind = {
      url: `redis://127.0.0.1:${String(proxy.port)}`,
      command: (...words: string[]) => server.command(...words),
    }
    scene = await makeUpstreamScene({makePlace: () => makeRedisWorldPlace({server: behind})})
  })

  after(async () => {
    if (REDIS_SERVER === undefined) return
    await scene.dispose()
    await proxy.close()
  })

  /** The fewest of several calls. */
  async function countRoundTrips(init: RequestInit): Promise<number> {
    const counts: number[] = []
    for (let i = 0; i < TRIES; i += 1) {
      const before = proxy.roundTrips
      const answer = await scene.call('/api/example/items', init)
      await answer.arrayBuffer()
      assert.equal(answer.status, 200)
      counts.push(proxy.roundTrips - before)
    }
    return Math.min(...counts)
  }

  it('takes two round trips where the account is named by its login, and by its id', async () => {
    assert.equal(await countRoundTrips({headers: {'X-Behalf-Of': 'techydrroid'}}), 2)
    assert.equal(await countRoundTrips({headers: {'X-Behalf-Of': `id:${scene.account.userId}`}}), 2)
  })

  it('takes two where nobody is named, and its API token may act as one alone', async () => {
    const token = await scene.daemon.issue(['api:example'], ['techydrroid'])
    assert.equal(await countRoundTrips({headers: {Authorization: `Bearer ${token}`}}), 2)
  })

  it('takes a third one where the owner acts because nobody is named', async () => {
    assert.equal(await countRoundTrips({}), 3)
  })

  it('looks at the account again when a body has come', async () => {
    assert.equal(await countRoundTrips({method: 'POST', body: 'made up', headers: {'X-Behalf-Of': 'techydrroid'}}), 3)
  })
})
