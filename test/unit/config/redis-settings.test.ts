import assert from 'node:assert/strict'

import {readLibrarySettings, type LibraryFlags} from '../../../src/config/library-settings.js'
import {readSettings, type Settings} from '../../../src/config/settings.js'
import type {RedisPlace} from '../../../src/config/store-place.js'
import {BehalfError} from '../../../src/model/behalf-error.js'

const HOME = {HOME: '/home/made-up'}
const PASSWORD = 'made-up-p@ss/word'
const ENCODED = encodeURIComponent(PASSWORD)

type Variables = Record<string, string>

const placeOf = ({store}: Settings): RedisPlace => {
  assert.ok(store.kind === 'redis')
  return store
}
const read = (environment: Variables, flags: {store?: string} = {}): RedisPlace =>
  placeOf(readSettings(flags, {...HOME, ...environment}))

function failure(work: () => unknown): BehalfError {
  try {
    work()
  } catch (error) {
    assert.ok(error instanceof BehalfError)
    assert.equal(error.code, 'configuration')
    assert.ok(!JSON.stringify([error.message, error.hint]).includes('made-up-p'), error.message)
    return error
  }
  throw new Error('nothing was thrown')
}

describe('where a Redis store is', () => {
  it('is read from a URL', () => {
    const place = read({BEHALF_STORE: `rediss://bot:${ENCODED}@redis.example.test:7000/3?prefix=mine:`})
    assert.deepEqual(place.topology, {kind: 'server', server: {host: 'redis.example.test', port: 7000}})
    assert.deepEqual([place.username, place.password?.reveal()], ['bot', PASSWORD])
    assert.deepEqual([place.database, place.prefix, place.tls], [3, 'mine:', {}])
    assert.equal(place.location, 'rediss://redis.example.test:7000/3?prefix=mine%3A')
  })

  it('has defaults, and a folder of this machine that goes by the location', () => {
    const place = read({BEHALF_STORE: 'redis://localhost'})
    assert.deepEqual(place.topology, {kind: 'server', server: {host: 'localhost', port: 6379}})
    assert.deepEqual([place.database, place.prefix, place.tls, place.username], [0, 'behalf:', undefined, undefined])
    assert.match(place.localPath, /^\/home\/made-up\/\.local\/share\/behalf\/redis\/[0-9a-f]{16}$/)
    assert.equal(read({BEHALF_STORE: `redis://:${ENCODED}@localhost:6379/`}).localPath, place.localPath)
    assert.notEqual(read({BEHALF_STORE: 'redis://localhost/1'}).localPath, place.localPath)
  })

  it('shows a password to nobody', () => {
    assert.ok(!JSON.stringify(read({BEHALF_STORE: `redis://:${ENCODED}@localhost`})).includes('made-up-p'))
  })

  const ADDRESSES: [string, Variables, string][] = [
    ['a host', {REDIS_HOST: 'one'}, 'redis://one:6379'],
    ['a host and port', {REDIS_HOST: 'one:7000'}, 'redis://one:7000'],
    ['an IPv6 address', {REDIS_HOST: '::1'}, 'redis://[::1]:6379'],
    ['an IPv6 address and port', {REDIS_HOST: '[::1]:7000'}, 'redis://[::1]:7000'],
    ['a URL as the host', {REDIS_HOST: 'rediss://one/2'}, 'rediss://one:6379/2'],
    [
      'REDIS_HOST first',
      {REDIS_HOST: 'one', REDIS_TLS_URL: 'rediss://two', REDIS_URL: 'redis://three'},
      'redis://one:6379',
    ],
    ['then REDIS_TLS_URL', {REDIS_TLS_URL: 'rediss://two', REDIS_URL: 'redis://three'}, 'rediss://two:6379'],
    ['then REDIS_URL', {REDIS_HOST: '', REDIS_URL: 'redis://three'}, 'redis://three:6379'],
  ]
  for (const [title, variables, location] of ADDRESSES) {
    it(`is, as \`redis\`: ${title}`, () => {
      assert.equal(read({BEHALF_STORE: 'redis', ...variables}).location, location)
      assert.equal(read(variables, {store: 'redis'}).location, location)
    })
  }

  it('is a cluster or what sentinels say, with the rest from the URL', () => {
    const cluster = read({BEHALF_STORE: 'rediss://u:x@b:7001', BEHALF_REDIS_CLUSTER: 'c:7002, a:7000'})
    assert.equal(cluster.location, 'rediss://a:7000,b:7001,c:7002')
    assert.equal(cluster.username, 'u')
    const alone = read({BEHALF_STORE: 'redis', BEHALF_REDIS_CLUSTER: 'a,b:7000'})
    assert.equal(alone.location, 'redis://a:6379,b:7000')
    const watched = {BEHALF_REDIS_SENTINELS: 'b,a', BEHALF_REDIS_MASTER: 'main', BEHALF_REDIS_SENTINEL_PASSWORD: 'x'}
    const sentinel = read({BEHALF_STORE: 'redis', ...watched})
    assert.equal(sentinel.location, 'redis://a:26379,b:26379?master=main')
    assert.ok(sentinel.topology.kind === 'sentinel' && sentinel.topology.password?.reveal() === 'x')
  })

  it('is encrypted by a setting where no URL says so', () => {
    const named = {BEHALF_STORE: 'redis', BEHALF_REDIS_TLS: '1'}
    const cluster = read({...named, BEHALF_REDIS_CLUSTER: 'a,b:7000', BEHALF_REDIS_CA_FILE: '/etc/ca.pem'})
    assert.deepEqual([cluster.location, cluster.tls], ['rediss://a:6379,b:7000', {caFile: '/etc/ca.pem'}])
    const sentinel = read({...named, BEHALF_REDIS_SENTINELS: 'a', BEHALF_REDIS_MASTER: 'main'})
    assert.deepEqual([sentinel.location, sentinel.tls], ['rediss://a:26379?master=main', {}])
    assert.deepEqual(read({BEHALF_STORE: 'redis://one', BEHALF_REDIS_TLS: 'on'}).tls, {})
    assert.equal(read({BEHALF_STORE: 'redis://one', BEHALF_REDIS_TLS: 'off'}).tls, undefined)
    assert.deepEqual(read({BEHALF_STORE: 'rediss://one', BEHALF_REDIS_TLS: 'off'}).tls, {})
  })

  it('takes user, password and certificates apart from the URL', () => {
    const apart = {BEHALF_REDIS_USERNAME: 'bot', BEHALF_REDIS_PASSWORD: PASSWORD, BEHALF_REDIS_CA_FILE: '/etc/ca.pem'}
    const place = read({BEHALF_STORE: 'rediss://one', ...apart})
    assert.deepEqual([place.username, place.password?.reveal(), place.tls?.caFile], ['bot', PASSWORD, '/etc/ca.pem'])
  })

  const WRONG: [Variables, RegExp][] = [
    [{BEHALF_STORE: 'redis'}, /REDIS_HOST.*REDIS_TLS_URL.*REDIS_URL/],
    [{BEHALF_STORE: 'redis://'}, /^BEHALF_STORE/],
    [{BEHALF_STORE: `redis://:${PASSWORD}@one`}, /^BEHALF_STORE/],
    [{BEHALF_STORE: 'redis://:%zz@one'}, /^BEHALF_STORE .*%/],
    [{BEHALF_STORE: 'redis://one/two'}, /^BEHALF_STORE .*database/],
    [{BEHALF_STORE: 'redis://one?prefx=a'}, /^BEHALF_STORE .*prefx/],
    [{BEHALF_STORE: 'redis://one?prefix='}, /^BEHALF_STORE .*prefix/],
    [{BEHALF_STORE: 'redis://one?prefix={a}'}, /^BEHALF_STORE .*prefix/],
    [{BEHALF_STORE: 'redis', REDIS_HOST: 'one:99999'}, /^REDIS_HOST/],
    [{BEHALF_STORE: 'redis', REDIS_HOST: `:${PASSWORD}@one`}, /^REDIS_HOST/],
    [{BEHALF_STORE: 'redis', REDIS_URL: 'http://one'}, /^REDIS_URL/],
    [{BEHALF_STORE: 'redis://one/1', BEHALF_REDIS_CLUSTER: 'a'}, /^BEHALF_REDIS_CLUSTER .*database/],
    [{BEHALF_STORE: 'redis://one', BEHALF_REDIS_CLUSTER: 'a,,b'}, /^BEHALF_REDIS_CLUSTER/],
    [{BEHALF_STORE: 'redis', BEHALF_REDIS_CLUSTER: 'a', BEHALF_REDIS_SENTINELS: 'b'}, /^BEHALF_REDIS_CLUSTER/],
    [{BEHALF_STORE: 'redis', BEHALF_REDIS_SENTINELS: 'b'}, /^BEHALF_REDIS_MASTER/],
    [{BEHALF_STORE: 'redis://one', BEHALF_REDIS_MASTER: 'main'}, /^BEHALF_REDIS_MASTER/],
    [{BEHALF_STORE: 'redis://one', BEHALF_REDIS_TLS: 'maybe'}, /^BEHALF_REDIS_TLS/],
    [{BEHALF_STORE: 'redis://one', BEHALF_REDIS_CA_FILE: 'ca.pem'}, /^BEHALF_REDIS_CA_FILE/],
  ]
  for (const [variables, says] of WRONG) {
    it(`names what is wrong in ${JSON.stringify(variables)}`, () => {
      const error = failure(() => read(variables))
      assert.match(error.message, says)
      assert.ok(error.hint)
    })
  }

  it('takes no password as an argument', () => {
    assert.match(failure(() => read({}, {store: `redis://:${ENCODED}@one`})).message, /^--store/)
    assert.equal(read({REDIS_URL: `redis://:${ENCODED}@one`}, {store: 'redis'}).password?.reveal(), PASSWORD)
  })

  describe('of a program', () => {
    const open = (flags: LibraryFlags, environment: Variables = {}): RedisPlace =>
      placeOf(readLibrarySettings(flags, {...HOME, ...environment}))

    it('is redisHost before redisUrl before the environment', () => {
      const environment = {BEHALF_STORE: 'redis', REDIS_HOST: 'three'}
      assert.equal(open({redisHost: 'redis', redisUrl: 'redis://two'}, environment).location, 'redis://redis:6379')
      assert.equal(open({redisUrl: 'redis://two', store: 'redis'}, environment).location, 'redis://two:6379')
      assert.equal(open({}, environment).location, 'redis://three:6379')
      assert.equal(open({store: `redis://:${ENCODED}@four`}).password?.reveal(), PASSWORD)
    })

    it('is not in two places, and what is wrong is named by its option', () => {
      assert.match(failure(() => open({redisHost: 'one', store: 'file.json'})).message, /redisHost.*store/)
      assert.match(failure(() => open({redisHost: 'one:two'})).message, /^The option redisHost/)
      assert.match(failure(() => open({redisUrl: 'http://one'})).message, /^The option redisUrl/)
    })
  })
})
