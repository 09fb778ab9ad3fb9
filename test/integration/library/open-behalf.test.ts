import assert from 'node:assert/strict'
import {join} from 'node:path'

import type {BehalfOptions} from '../../../src/library/index.js'
import {HOUR_MS} from '../../../src/model/time.js'
import {makeLibraryScene, type LibraryScene} from '../../support/library-scene.js'
import {sharedRedisServer} from '../../support/redis-place.js'
import {REDIS_SERVER} from '../../support/redis-server.js'
import {skipWithout} from '../../support/skip-without.js'

describe('openBehalf', () => {
  let scene: LibraryScene

  beforeEach(async () => {
    scene = await makeLibraryScene()
  })
  afterEach(() => scene.dispose())

  for (const [what, options, code, message] of [
    ['a Redis host', {redisHost: 'cache.example.test'}, 'configuration', /^The option redisHost/],
    ['a Redis host before a Redis URL', {redisUrl: 'redis://u:p@x', redisHost: 'x'}, 'configuration', /redisHost/],
    ['a Redis URL', {redisUrl: 'redis://u:made-up-password@x'}, 'configuration', /^The option redisUrl/],
    ['an empty secret', {secret: ' '}, 'configuration', /secret is empty/],
    ['a callback that is no URL', {callbackUrl: '/oauth/callback'}, 'configuration', /^callbackUrl/],
    ['something unknown', {redishost: 'x'}, 'invalid-input', /redishost/],
    ['a logger that cannot warn', {logger: {info: () => 0, error: () => 0}}, 'invalid-input', /logger/],
    ['a number as the store', {store: 7}, 'invalid-input', /store/],
  ] as const) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(scene.open(options as BehalfOptions), (error: Error & {code?: string}) => {
        assert.equal(error.code, code)
        assert.match(error.message, message)
        assert.ok(!error.message.includes('made-up-password'))
        return true
      })
    })
  }

  it('adds .json to a store without an extension, and opens several at once', async () => {
    const other = await scene.open({store: join(scene.storePath, '../elsewhere')})
    assert.equal(other.storeLocation, join(scene.storePath, '../elsewhere.json'))
    assert.equal(scene.behalf.storeLocation, scene.storePath)
    await assert.rejects(other.refreshToken({provider: 'twitch', refreshToken: 'made-up'}), {
      code: 'provider-not-found',
    })
  })

  it('keeps its store in the Redis of redisHost, which wins over redisUrl', async function () {
    skipWithout('redis-server', REDIS_SERVER !== undefined, this)
    const {url} = await sharedRedisServer()
    const redisHost = `${url}?prefix=library-${String(process.pid)}:`
    const other = await scene.open({store: 'redis', redisHost, redisUrl: 'redis://127.0.0.1:1'})
    assert.equal(other.storeLocation, `${url}?prefix=library-${String(process.pid)}%3A`)
    assert.equal(await other.getUserContext({subject: 'slack:U01'}), undefined)
  })

  it('does not open a store with another secret', async () => {
    const context = await scene.makeContext('slack:U01', 'streamer_sam')
    await scene.behalf.setUserContext({subject: 'slack:U01', userContext: context})
    const other = await scene.open({secret: 'another made-up passphrase of somebody'})
    await assert.rejects(other.getUserContext({subject: 'slack:U01'}), {code: 'wrong-secret'})
  })

  it('leaves signals and the process’ other handlers alone', () => {
    const events = ['SIGINT', 'SIGTERM', 'SIGHUP', 'exit', 'uncaughtException', 'unhandledRejection']
    const before = events.map((event) => process.listenerCount(event))
    return scene.open().then(() => {
      assert.deepEqual(
        events.map((event) => process.listenerCount(event)),
        before,
      )
    })
  })

  it('goes on when the program’s own logger and notify throw or reject', async () => {
    const context = await scene.makeContext('slack:U01', 'streamer_sam')
    const fail = (): never => {
      throw new Error('made-up fault of the program')
    }
    const behalf = await scene.open({
      logger: {info: fail, warn: fail, error: fail},
      notify: () => Promise.reject(new Error('made-up')),
    })
    await behalf.setUserContext({subject: 'slack:U01', userContext: context})
    scene.clock.advance(4 * HOUR_MS)
    assert.equal(await behalf.tokenRefresh({subject: 'slack:U01'}), true)
  })

  it('waits in close until a refresh that has begun is saved', async () => {
    const context = await scene.makeContext('slack:U01', 'streamer_sam')
    const behalf = await scene.open()
    await behalf.setUserContext({subject: 'slack:U01', userContext: context})
    const refreshing = behalf.tokenRefresh({subject: 'slack:U01', force: true})
    while (scene.refreshes().length === 0) await new Promise((resolve) => setImmediate(resolve))
    await behalf.close()
    const kept = await scene.behalf.getUserContext({subject: 'slack:U01'})
    assert.notEqual(kept?.tokens.accessToken, context.tokens.accessToken)
    assert.equal(await refreshing, true)
  })
})
