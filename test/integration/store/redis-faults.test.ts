import assert from 'node:assert/strict'

import type {RedisPlace} from '../../../src/config/store-place.js'
import type {Store} from '../../../src/store/store.js'
import {failsWith} from '../../support/fails-with.js'
import {makeAccount} from '../../support/make-account.js'
import {makeProvider} from '../../support/make-provider.js'
import {makeRedisStorePlace, type RedisStorePlace} from '../../support/redis-place.js'
import {REDIS_SERVER, startRedisServer, type RedisServer} from '../../support/redis-server.js'
import {skipWithout} from '../../support/skip-without.js'
import {startTcpProxy, type TcpProxy} from '../../support/tcp-proxy.js'
import {until} from '../../support/until.js'

describe('a Redis store, when Redis', function () {
  this.timeout(60_000)
  let server: RedisServer
  let proxy: TcpProxy
  let home: RedisStorePlace
  let store: Store

  before(async function () {
    skipWithout('redis-server', REDIS_SERVER !== undefined, this)
    server = await startRedisServer()
    proxy = await startTcpProxy(server.port)
  })
  after(async () => {
    if (REDIS_SERVER === undefined) return
    await proxy.close()
    await server.dispose()
  })

  beforeEach(async () => {
    proxy.restore()
    home = await makeRedisStorePlace({
      server: {url: `redis://127.0.0.1:${String(proxy.port)}`, command: (...words) => server.command(...words)},
    })
    store = await home.open()
    await store.providers.put(makeProvider())
    await store.accounts.put(makeAccount())
  })
  afterEach(() => home.dispose())

  const isBack = (): Promise<boolean> =>
    store.providers.names().then(
      (names) => names.length === 1,
      () => false,
    )

  /** The same store at another address, or as somebody else. */
  const openAt = (place: Partial<RedisPlace>): Promise<Store> => home.open({place})
  const at = (port: number, host = '127.0.0.1'): Partial<RedisPlace> => ({
    location: `redis://${host}:${String(port)}`,
    topology: {kind: 'server', server: {host, port}},
  })

  describe('cannot be reached', () => {
    it('fails at once, and goes on by itself when it is back, with all that was acknowledged', async () => {
      await server.stop()
      await assert.rejects(
        store.accounts.list(),
        failsWith('store-unavailable', /redis-cli -h 127\.0\.0\.1 -p \d+ PING/),
      )
      const before = performance.now()
      await assert.rejects(store.apiTokens.get('a'), failsWith('store-unavailable'))
      assert.ok(performance.now() - before < 1000)
      await assert.rejects(home.open(), failsWith('store-unavailable'))
      await server.start()
      await until('it is back', isBack)
      assert.equal((await store.accounts.list()).length, 1)
    })

    it('does not wait for a connection that is half open longer than five seconds', async () => {
      proxy.isSilent = true
      const before = performance.now()
      await assert.rejects(store.accounts.list(), failsWith('store-unavailable', /no reply within 5 s/))
      assert.ok(performance.now() - before < 9000)
      // Nor does who comes next, while it is tried whether the server is back.
      await assert.rejects(store.accounts.list(), failsWith('store-unavailable'))
      assert.ok(performance.now() - before < 9000)
      proxy.restore()
      await until('it is back', isBack)
    })

    it('is used slowly where it is slow', async () => {
      proxy.latencyMs = 100
      await store.providers.put(makeProvider({name: 'other'}))
      assert.deepEqual(await store.providers.names(), ['example', 'other'])
    })
  })

  describe('did what was asked, and its reply is lost', () => {
    /** Replies are lost until the work is well under way. */
    async function losingReplies<T>(work: () => Promise<T>): Promise<T> {
      proxy.losesReplies = true
      const working = work()
      setTimeout(() => {
        proxy.cut()
        proxy.restore()
      }, 100)
      return working
    }

    it('reads again', async () => {
      assert.deepEqual(await losingReplies(() => store.providers.names()), ['example'])
    })

    it('stores a provider once, and knows that it did', async () => {
      const isStored = await losingReplies(() => store.providers.put(makeProvider(), () => true))
      assert.equal(isStored, true)
    })

    it('says that a provider was removed which it removed', async () => {
      assert.equal(await losingReplies(() => store.providers.remove('example')), true)
      assert.deepEqual(await store.providers.names(), [])
    })
  })

  describe('is full', () => {
    afterEach(() => server.command('CONFIG', 'SET', 'maxmemory', '0'))

    it('takes no writes and loses nothing', async () => {
      await server.command('CONFIG', 'SET', 'maxmemory', '1')
      await assert.rejects(store.providers.put(makeProvider({name: 'other'})), failsWith('store-full', /maxmemory/))
      await assert.rejects(store.checkWritable(), failsWith('store-full', /maxmemory/))
      assert.equal((await store.accounts.list()).length, 1)
      await server.command('CONFIG', 'SET', 'maxmemory', '0')
      await store.checkWritable()
      await store.providers.put(makeProvider({name: 'other'}))
      assert.deepEqual(await store.providers.names(), ['example', 'other'])
    })
  })

  describe('is a replica', () => {
    let replica: RedisServer

    before(async () => {
      replica = await startRedisServer({replicaOf: server.port})
    })
    after(() => replica.dispose())

    it('is read, and takes no writes', async () => {
      await until('it has caught up', async () =>
        String(await replica.command('INFO', 'replication')).includes('master_link_status:up'),
      )
      const reading = await openAt(at(replica.port))
      await until('it has the account', async () => (await reading.accounts.list()).length === 1)
      await assert.rejects(
        reading.providers.put(makeProvider({name: 'other'})),
        failsWith('store-read-only', /BEHALF_STORE/),
      )
      await assert.rejects(reading.checkWritable(), failsWith('store-read-only', /replica/))
    })
  })
})
