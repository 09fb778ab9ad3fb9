import assert from 'node:assert/strict'

import {BehalfError} from '../../../src/model/behalf-error.js'
import {AccountHints} from '../../../src/store/redis/account-hints.js'
import {openRedisConnection} from '../../../src/store/redis/connection.js'
import {RedisKeys} from '../../../src/store/redis/keys.js'
import type {PresentAccounts, Store} from '../../../src/store/store.js'
import {makeAccount} from '../../support/make-account.js'
import {makeRedisStorePlace, type RedisStorePlace} from '../../support/redis-place.js'
import {REDIS_SERVER} from '../../support/redis-server.js'
import {skipWithout} from '../../support/skip-without.js'
import {startTcpProxy, type TcpProxy} from '../../support/tcp-proxy.js'
import {until} from '../../support/until.js'

const owner = (userId: string) => makeAccount({userId, role: 'owner'})

const alone = ({names}: PresentAccounts): void => {
  if (names.some(({role}) => role === 'owner')) throw new BehalfError('wrong-person', 'there is an owner')
}

/** Two owners have records in two slots: who may become one is decided by a claim. */
describe('owners in Redis', () => {
  let place: RedisStorePlace
  let store: Store
  let set: string
  let proxy: TcpProxy | undefined

  before(function () {
    skipWithout('redis-server', REDIS_SERVER !== undefined, this)
  })

  beforeEach(async () => {
    place = await makeRedisStorePlace()
    store = await place.open()
    set = `${place.place.prefix}owner-twitch`
  })

  afterEach(async () => {
    await place.dispose()
    await proxy?.close()
    proxy = undefined
  })

  const owners = async () => (await store.accounts.owners('twitch')).map(({key}) => key)
  const claim = (key: string, untilMs: number) => place.server.command('ZADD', set, String(untilMs), key)

  it('are one, of many who log in at the same moment through many processes', async () => {
    const stores = await Promise.all(Array.from({length: 6}, () => place.open()))
    const ends = await Promise.allSettled(stores.map((one, i) => one.accounts.put(owner(String(i)), alone)))
    assert.equal(ends.filter(({status}) => status === 'fulfilled').length, 1)
    assert.equal((await owners()).length, 1)
    assert.equal((await store.accounts.list()).length, 1)
  })

  it('are kept waiting by who is about to become one, until that is done', async () => {
    await claim('twitch:9', Date.now() + 60_000)
    let isDone = false
    const putting = store.accounts.put(owner('1'), alone).finally(() => (isDone = true))
    await new Promise((resolve) => setTimeout(resolve, 100))
    assert.equal(isDone, false)
    await claim('twitch:9', 0)
    await putting
    assert.deepEqual(await owners(), ['twitch:1'])
  })

  it('are not kept waiting by who died before it was done', async () => {
    await claim('twitch:9', Date.now() - 1)
    await store.accounts.put(owner('1'), alone)
    assert.deepEqual(await owners(), ['twitch:1'])
    assert.deepEqual(await place.server.command('ZRANGE', set, '0', '-1'), ['twitch:1'])
  })

  it('may log in again', async () => {
    await store.accounts.put(owner('1'), alone)
    const isSelf = ({names}: PresentAccounts): void => {
      if (names.some(({key}) => key !== 'twitch:1')) assert.fail()
    }
    assert.equal((await store.accounts.put(owner('1'), isSelf)).version, 2)
    assert.deepEqual(await owners(), ['twitch:1'])
  })

  it('leave what was there before as it was when somebody else became one while they stood still', async () => {
    proxy = await startTcpProxy(Number(new URL(place.url).port))
    const server = {host: '127.0.0.1', port: proxy.port}
    const slow = await place.open({place: {topology: {kind: 'server', server}}, claimMs: 100})
    const before = await slow.accounts.put(makeAccount({userId: '1', role: 'bot'}))
    // Whatever it claims is over before it can write.
    proxy.latencyMs = 100
    const putting = slow.accounts.put(owner('1'), alone)
    putting.catch(() => undefined)
    await until('the place is claimed', async () => (await place.server.command('ZSCORE', set, 'twitch:1')) !== null)
    await store.accounts.put(owner('2'), alone)
    await assert.rejects(putting, {code: 'wrong-person'})
    assert.deepEqual(await owners(), ['twitch:2'])
    assert.deepEqual(await store.accounts.get('twitch:1'), before)
  })

  it('do not get the place that somebody was about to take when they looked, and has taken since', async () => {
    const connection = openRedisConnection(place.place)
    const hints = new AccountHints(connection, new RedisKeys(place.place.prefix))
    await claim('twitch:9', Date.now() + 60_000)
    const seen = await hints.lookAtOwners('twitch')
    assert.deepEqual(seen, {keys: ['twitch:9'], decided: []})
    await hints.settleOwner(owner('9'))
    assert.equal((await hints.claimOwner(owner('1'), seen, 1000)).kind, 'again')
    const seenAgain = await hints.lookAtOwners('twitch')
    assert.equal((await hints.claimOwner(owner('1'), seenAgain, 1000)).kind, 'claimed')
    await connection.close()
  })

  it('leave, and others may come', async () => {
    await store.accounts.put(owner('1'), alone)
    const lock = await store.accounts.lock('twitch:1', {waitMs: 1000})
    await lock.remove()
    await lock.release()
    assert.deepEqual(await owners(), [])
    await store.accounts.put(owner('2'), alone)
    assert.deepEqual(await owners(), ['twitch:2'])
  })
})
