import assert from 'node:assert/strict'

import {makeReply} from '../../contract/store-harness.js'
import {KEY, renew, withLock} from '../../contract/store-lock-support.js'
import type {Account} from '../../../src/model/account.js'
import type {AccountLock, Store} from '../../../src/store/store.js'
import {makeAccount} from '../../support/make-account.js'
import {makeRedisStorePlace, type RedisStorePlace} from '../../support/redis-place.js'
import {REDIS_SERVER} from '../../support/redis-server.js'
import {skipWithout} from '../../support/skip-without.js'
import {startTcpProxy, type TcpProxy} from '../../support/tcp-proxy.js'
import {tokensOf} from '../../support/tokens-of.js'

/** Redis does what it is asked, the connection breaks before it says so, and a moment later there is another. */
describe('Redis, whose reply is lost', () => {
  let place: RedisStorePlace
  let proxy: TcpProxy
  /** Through the proxy. */
  let store: Store
  /** Past it. */
  let other: Store

  before(function () {
    skipWithout('redis-server', REDIS_SERVER !== undefined, this)
  })

  beforeEach(async () => {
    place = await makeRedisStorePlace()
    proxy = await startTcpProxy(Number(new URL(place.url).port))
    other = await place.open()
    const server = {host: '127.0.0.1', port: proxy.port}
    store = await place.open({place: {topology: {kind: 'server', server}}})
    await other.accounts.put(makeAccount())
    // By now it knows whether there are replicas, and asks nothing before a write.
    await store.accounts.put(makeAccount({userId: '1'}))
  })

  afterEach(async () => {
    await place.dispose()
    await proxy.close()
  })

  /** Loses the reply to the next command that comes to Redis within `work`, and what was asked together with it. */
  async function losing<T>(work: () => Promise<T>): Promise<T> {
    proxy.losesReplies = true
    const done = work()
    done.catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, 40))
    proxy.cut()
    proxy.losesReplies = false
    proxy.restore()
    return done
  }

  const refreshTokenOf = async () => tokensOf(await other.accounts.get(KEY)).refreshToken?.reveal()
  const withOneMore = (account: Account): Account => ({...account, login: `${account.login}+`})

  it('has the lock taken once, by who asked', async () => {
    const lock = await losing(() => store.accounts.lock(KEY, {waitMs: 2000}))
    assert.equal(await lock.isHeld(), true)
    await assert.rejects(other.accounts.lock(KEY, {waitMs: 0}), {code: 'lock-timeout'})
    await lock.release()
    await withLock(other, () => undefined)
  })

  it('counts a send once', async () => {
    await withLock(store, async (lock) => {
      await losing(() => lock.begin())
      assert.equal((await other.accounts.get(KEY))?.doubt?.sends, 1)
      assert.equal(await losing(() => lock.isHeld()), true)
    })
  })

  it('takes a send back', async () => {
    await withLock(store, async (lock) => {
      await lock.begin()
      await losing(() => lock.retract())
    })
    assert.equal((await other.accounts.get(KEY))?.doubt, undefined)
  })

  it('is told later of a send that was taken back while it was away', async () => {
    const lock = await store.accounts.lock(KEY, {waitMs: 2000})
    await lock.begin()
    proxy.cut()
    await assert.rejects(lock.retract(), {code: 'store-unavailable'})
    await lock.release()
    proxy.restore()
    assert.equal((await other.accounts.get(KEY))?.doubt?.sends, 1)
    const next = await until(() => store.accounts.lock(KEY, {waitMs: 100}))
    assert.equal(next.account?.doubt, undefined)
    assert.equal((await other.accounts.get(KEY))?.doubt, undefined)
    await next.release()
  })

  it('saves what a refresh brought, once, and says so', async () => {
    const result = await commitLosing((lock) => losing(() => lock.commit(renew('2'))))
    assert.equal(result.kind, 'saved')
    const stored = await other.accounts.get(KEY)
    assert.deepEqual([await refreshTokenOf(), stored?.version], ['made-up-refresh-token-2', 2])
    assert.equal(stored?.doubt, undefined)
  })

  it('saves what a refresh brought although the provider gave the same refresh token back', async () => {
    const result = await commitLosing((lock) =>
      losing(() => lock.commit((account) => ({...account, login: 'renamed'}))),
    )
    assert.equal(result.kind, 'saved')
    const {login, version} = (await other.accounts.get(KEY)) ?? assert.fail()
    assert.deepEqual([login, version], ['renamed', 2])
  })

  it('keeps what a refresh brought when somebody else writes before that is known', async () => {
    const result = await commitLosing(async (lock) => {
      proxy.losesReplies = true
      const committing = lock.commit(renew('2'))
      await new Promise((resolve) => setTimeout(resolve, 40))
      await other.accounts.update(KEY, withOneMore)
      proxy.cut()
      proxy.losesReplies = false
      proxy.restore()
      return committing
    })
    // It is no more its own write that is there: the token that is stored is told, which is the one it brought.
    assert.ok(result.kind === 'superseded')
    assert.equal(result.account.credential.refreshToken?.reveal(), 'made-up-refresh-token-2')
    assert.equal(await refreshTokenOf(), 'made-up-refresh-token-2')
  })

  it('keeps the reply for the next holder on this machine when it stays away', async () => {
    const lock = await store.accounts.lock(KEY, {waitMs: 2000})
    await lock.begin()
    await lock.recordReply(makeReply('kept'))
    proxy.cut()
    await assert.rejects(lock.commit(renew('2')), {code: 'store-unavailable'})
    await lock.release()
    await assert.rejects(store.accounts.lock(KEY, {waitMs: 0}), {code: 'store-unavailable'})
    proxy.restore()
    // The lock that nobody could be told of is this process's own, and does not keep it waiting for the lease.
    const next = await until(() => store.accounts.lock(KEY, {waitMs: 100}))
    assert.equal(next.reply?.body, 'kept')
    assert.equal((await next.commit(renew('3'))).kind, 'saved')
    await next.release()
    assert.equal(await refreshTokenOf(), 'made-up-refresh-token-3')
  }).timeout(40_000)

  it('makes a change once', async () => {
    const updated = await losing(() => store.accounts.update(KEY, withOneMore))
    assert.equal(updated?.login, 'made_up_2002+')
    assert.equal((await other.accounts.get(KEY))?.login, 'made_up_2002+')
  })

  it('stores a login once', async () => {
    const saved = await losing(() => store.accounts.put(makeAccount({userId: '7', role: 'owner'}), () => undefined))
    assert.equal(saved.version, 1)
    assert.deepEqual(
      (await other.accounts.owners('twitch')).map(({key}) => key),
      ['twitch:7'],
    )
  })

  it('deletes an account', async () => {
    await withLock(store, async (lock) => {
      await losing(() => lock.remove())
    })
    assert.equal(await other.accounts.get(KEY), undefined)
    assert.deepEqual(await other.accounts.find(['2002']), [])
  })

  const commitLosing = <T>(commit: (lock: AccountLock) => Promise<T>): Promise<T> =>
    withLock(store, async (lock) => {
      await lock.begin()
      await lock.recordReply(makeReply())
      return commit(lock)
    })
})

/** Redis is found anew after a while. */
async function until<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work()
    } catch (error) {
      if (tries > 40) throw error
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }
}
