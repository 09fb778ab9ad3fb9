import assert from 'node:assert/strict'
import {once} from 'node:events'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'

import type {RedisPlace} from '../../../src/config/store-place.js'
import type {BehalfError} from '../../../src/model/behalf-error.js'
import {Secret} from '../../../src/model/secret.js'
import type {Store} from '../../../src/store/store.js'
import {failsWith, REDIS_PASSWORD} from '../../support/fails-with.js'
import {makeAccount} from '../../support/make-account.js'
import {makeProvider} from '../../support/make-provider.js'
import {makeRedisStorePlace, type RedisStorePlace} from '../../support/redis-place.js'
import {REDIS_SERVER, startRedisServer, type RedisServer} from '../../support/redis-server.js'
import {skipWithout} from '../../support/skip-without.js'
import {startTcpProxy} from '../../support/tcp-proxy.js'

/** Whether what is at an address may be used as a store, and as whom. */
describe('a Redis store, where Redis', function () {
  this.timeout(60_000)
  let server: RedisServer
  let home: RedisStorePlace

  before(async function () {
    skipWithout('redis-server', REDIS_SERVER !== undefined, this)
    server = await startRedisServer()
  })
  after(async () => {
    if (REDIS_SERVER !== undefined) await server.dispose()
  })

  beforeEach(async () => {
    home = await makeRedisStorePlace({server})
    await (await home.open()).accounts.put(makeAccount())
  })
  afterEach(() => home.dispose())

  /** The same store at another address, or as somebody else. */
  const openAt = (place: Partial<RedisPlace>): Promise<Store> => home.open({place})
  const at = (port: number, host = '127.0.0.1'): Partial<RedisPlace> => ({
    location: `redis://${host}:${String(port)}`,
    topology: {kind: 'server', server: {host, port}},
  })

  describe('may evict', () => {
    afterEach(() => server.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction'))

    it('is not used, and its hint mends that', async () => {
      await server.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru')
      const error: unknown = await home.open().catch((reason: unknown) => reason)
      failsWith('configuration', /maxmemory-policy is allkeys-lru/)(error)
      const [, words = ''] = / (CONFIG SET .*)$/.exec((error as BehalfError).hint ?? '') ?? []
      await server.command(...words.split(' '))
      assert.equal((await (await home.open()).accounts.list()).length, 1)
    })

    it('is not used any more where that was changed, once it is connected to anew', async () => {
      const proxy = await startTcpProxy(server.port)
      const there = await openAt(at(proxy.port))
      await server.command('CONFIG', 'SET', 'maxmemory-policy', 'volatile-ttl')
      proxy.cut()
      proxy.restore()
      await assert.rejects(there.providers.names(), failsWith('configuration', /volatile-ttl/))
      await proxy.close()
    })

    it('is seen by INFO where CONFIG is forbidden, and the other way round', async () => {
      for (const forbidden of ['-config', '-info']) {
        await server.command('ACL', 'SETUSER', 'behalf', 'reset', 'on', `>${REDIS_PASSWORD}`, '~*', '+@all', forbidden)
        const as = {username: 'behalf', password: new Secret(REDIS_PASSWORD)}
        assert.equal((await (await openAt(as)).accounts.list()).length, 1)
      }
      await server.command('ACL', 'SETUSER', 'behalf', '-info', '-config')
      const as = {username: 'behalf', password: new Secret(REDIS_PASSWORD)}
      await assert.rejects(openAt(as), failsWith('configuration', /cannot be seen/))
    })
  })

  describe('does not let us in', () => {
    beforeEach(() => server.command('ACL', 'SETUSER', 'behalf', 'reset', 'on', `>${REDIS_PASSWORD}`, '~*', '+@all'))
    const as = (password: string, username = 'behalf') => ({username, password: new Secret(password)})

    it('says which settings are wrong', async () => {
      await assert.rejects(openAt(as(`${REDIS_PASSWORD}-wrong`)), failsWith('configuration', /BEHALF_REDIS_PASSWORD/))
      await assert.rejects(openAt(as(REDIS_PASSWORD, 'nobody')), failsWith('configuration', /BEHALF_STORE/))
      await assert.rejects(openAt({password: new Secret(REDIS_PASSWORD)}), failsWith('configuration', /BEHALF_STORE/))
      await assert.rejects(openAt({database: 99}), failsWith('configuration', /database/))
    })

    it('says so where a password is wanted and none is given', async () => {
      await server.command('ACL', 'SETUSER', 'default', 'resetpass', `>${REDIS_PASSWORD}`)
      try {
        await assert.rejects(home.open(), failsWith('configuration', /wants a password/))
        await openAt({password: new Secret(REDIS_PASSWORD)})
      } finally {
        await server.command('ACL', 'SETUSER', 'default', 'nopass')
      }
    })

    it('says so where the user may not do what is needed', async () => {
      await server.command('ACL', 'SETUSER', 'behalf', '-eval', '-evalsha')
      const reading = await openAt(as(REDIS_PASSWORD))
      await assert.rejects(reading.providers.put(makeProvider()), failsWith('configuration', /permission/))
      await server.command('ACL', 'SETUSER', 'behalf', 'resetkeys', '~other:*')
      await assert.rejects(
        openAt(as(REDIS_PASSWORD)),
        failsWith('configuration', /permission.* USER '~[\w-]+:\*' \+@hash .* \+eval /),
      )
    })
  })

  describe('is none', () => {
    it('says so', async () => {
      const web = createServer((_request, response) => response.end('made up')).listen(0, '127.0.0.1')
      await once(web, 'listening')
      try {
        await assert.rejects(openAt(at((web.address() as AddressInfo).port)), failsWith('configuration', /no Redis/))
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
        failsWith('configuration', /BEHALF_REDIS_CA_FILE/),
      )
      await assert.rejects(openAt({...at(encrypted.port), tls}), failsWith('configuration', /for another name/))
      await assert.rejects(openAt(at(encrypted.port, 'localhost')), failsWith('store-unavailable'))
      await assert.rejects(
        openAt({...at(encrypted.port, 'localhost'), tls: {caFile: '/no/such/file.pem'}}),
        failsWith('configuration', /no\/such\/file\.pem/),
      )
    })

    it('is not trusted because a variable of Node says that everybody is', async () => {
      process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
      try {
        const place = {...at(encrypted.port, 'localhost'), tls: {}}
        await assert.rejects(openAt(place), failsWith('configuration', /not to be trusted/))
      } finally {
        delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
      }
    })
  })
})
