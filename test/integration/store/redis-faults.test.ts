import assert from 'node:assert/strict'
import {once} from 'node:events'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'

import type {RedisPlace} from '../../../src/config/store-place.js'
import {BehalfError, type ErrorCode} from '../../../src/model/behalf-error.js'
import {Secret} from '../../../src/model/secret.js'
import type {Store} from '../../../src/store/store.js'
import {makeAccount} from '../../support/make-account.js'
import {makeProvider} from '../../support/make-provider.js'
import {makeRedisStorePlace, type RedisStorePlace} from '../../support/redis-place.js'
import {REDIS_SERVER, startRedisServer, type RedisServer} from '../../support/redis-server.js'
import {skipWithout} from '../../support/skip-without.js'
import {startTcpProxy, type TcpProxy} from '../../support/tcp-proxy.js'
import {until} from '../../support/until.js'

const PASSWORD = 'made-up-password-of-redis'

/** What is thrown has this code, and says nothing of the password. */
const hasCode =
  (code: ErrorCode, says = /./) =>
  (error: unknown) => {
    assert.ok(error instanceof BehalfError, String(error))
    assert.equal(error.code, code, error.message)
    const said = `${error.message} ${error.hint ?? ''}`
    assert.match(said, says)
    assert.ok(!said.includes(PASSWORD) && !String(error.cause).includes(PASSWORD), said)
    return true
  }

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
      await assert.rejects(store.accounts.list(), hasCode('store-unavailable', /redis-cli -h 127\.0\.0\.1 -p \d+ PING/))
      const before = performance.now()
      await assert.rejects(store.apiTokens.get('a'), hasCode('store-unavailable'))
      assert.ok(performance.now() - before < 1000)
      await assert.rejects(home.open(), hasCode('store-unavailable'))
      await server.start()
      await until('it is back', isBack)
      assert.equal((await store.accounts.list()).length, 1)
    })

    it('does not wait for a connection that is half open longer than five seconds', async () => {
      proxy.isSilent = true
      const before = performance.now()
      await assert.rejects(store.accounts.list(), hasCode('store-unavailable', /no reply within 5 s/))
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
      await assert.rejects(store.providers.put(makeProvider({name: 'other'})), hasCode('store-full', /maxmemory/))
      assert.equal((await store.accounts.list()).length, 1)
      await server.command('CONFIG', 'SET', 'maxmemory', '0')
      await store.providers.put(makeProvider({name: 'other'}))
      assert.deepEqual(await store.providers.names(), ['example', 'other'])
    })
  })

  describe('may evict', () => {
    afterEach(() => server.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction'))

    it('is not used, and its hint mends that', async () => {
      await server.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru')
      const error: unknown = await home.open().catch((reason: unknown) => reason)
      hasCode('configuration', /maxmemory-policy is allkeys-lru/)(error)
      const [, words = ''] = / (CONFIG SET .*)$/.exec((error as BehalfError).hint ?? '') ?? []
      await server.command(...words.split(' '))
      assert.equal((await (await home.open()).accounts.list()).length, 1)
    })

    it('is not used any more where that was changed, once it is connected to anew', async () => {
      await server.command('CONFIG', 'SET', 'maxmemory-policy', 'volatile-ttl')
      proxy.cut()
      proxy.restore()
      await assert.rejects(store.providers.names(), hasCode('configuration', /volatile-ttl/))
    })

    it('is seen by INFO where CONFIG is forbidden, and the other way round', async () => {
      for (const forbidden of ['-config', '-info']) {
        await server.command('ACL', 'SETUSER', 'behalf', 'reset', 'on', `>${PASSWORD}`, '~*', '+@all', forbidden)
        const as = {username: 'behalf', password: new Secret(PASSWORD)}
        assert.equal((await (await openAt(as)).accounts.list()).length, 1)
      }
      await server.command('ACL', 'SETUSER', 'behalf', '-info', '-config')
      const as = {username: 'behalf', password: new Secret(PASSWORD)}
      await assert.rejects(openAt(as), hasCode('configuration', /cannot be seen/))
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
        hasCode('store-read-only', /BEHALF_STORE/),
      )
    })
  })

  describe('does not let us in', () => {
    beforeEach(() => server.command('ACL', 'SETUSER', 'behalf', 'reset', 'on', `>${PASSWORD}`, '~*', '+@all'))
    const as = (password: string, username = 'behalf') => ({username, password: new Secret(password)})

    it('says which settings are wrong', async () => {
      await assert.rejects(openAt(as(`${PASSWORD}-wrong`)), hasCode('configuration', /BEHALF_REDIS_PASSWORD/))
      await assert.rejects(openAt(as(PASSWORD, 'nobody')), hasCode('configuration', /BEHALF_STORE/))
      await assert.rejects(openAt({password: new Secret(PASSWORD)}), hasCode('configuration', /BEHALF_STORE/))
      await assert.rejects(openAt({database: 99}), hasCode('configuration', /database/))
    })

    it('says so where a password is wanted and none is given', async () => {
      await server.command('ACL', 'SETUSER', 'default', 'resetpass', `>${PASSWORD}`)
      try {
        await assert.rejects(home.open(), hasCode('configuration', /wants a password/))
        await openAt({password: new Secret(PASSWORD)})
      } finally {
        await server.command('ACL', 'SETUSER', 'default', 'nopass')
      }
    })

    it('says so where the user may not do what is needed', async () => {
      await server.command('ACL', 'SETUSER', 'behalf', '-eval', '-evalsha')
      const reading = await openAt(as(PASSWORD))
      await assert.rejects(reading.providers.put(makeProvider()), hasCode('configuration', /permission/))
      await server.command('ACL', 'SETUSER', 'behalf', 'resetkeys', '~other:*')
      await assert.rejects(openAt(as(PASSWORD)), hasCode('configuration', /permission/))
    })
  })

  describe('is none', () => {
    it('says so', async () => {
      const web = createServer((_request, response) => response.end('made up')).listen(0, '127.0.0.1')
      await once(web, 'listening')
      try {
        await assert.rejects(openAt(at((web.address() as AddressInfo).port)), hasCode('configuration', /no Redis/))
      } finally {
        web.close()
      }
    })
  })

  describe('speaks TLS', () => {
    let encrypted: RedisServer

    before(async () => {
      encrypted = await startRedisServer({tls: true})
    })
    after(() => encrypted.dispose())

    it('is trusted with the certificate of who signed it, by its own name, and in no other way', async () => {
      const tls = {caFile: encrypted.caFile ?? ''}
      const there = await openAt({...at(encrypted.port, 'localhost'), tls})
      await there.providers.put(makeProvider({name: 'sealed'}))
      assert.deepEqual(await there.providers.names(), ['sealed'])
      await assert.rejects(
        openAt({...at(encrypted.port, 'localhost'), tls: {}}),
        hasCode('configuration', /BEHALF_REDIS_CA_FILE/),
      )
      await assert.rejects(openAt({...at(encrypted.port), tls}), hasCode('configuration', /certificate/))
      await assert.rejects(openAt(at(encrypted.port, 'localhost')), hasCode('store-unavailable'))
      await assert.rejects(
        openAt({...at(encrypted.port, 'localhost'), tls: {caFile: '/no/such/file.pem'}}),
        hasCode('configuration', /no\/such\/file\.pem/),
      )
    })
  })
})
