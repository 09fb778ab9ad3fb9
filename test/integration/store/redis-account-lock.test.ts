import assert from 'node:assert/strict'
import {hostname} from 'node:os'
import {join} from 'node:path'

import {hasCode} from '../../contract/store-accounts.js'
import {makeReply} from '../../contract/store-harness.js'
import {KEY, renew, sendWithoutReply, withLock} from '../../contract/store-lock-support.js'
import type {OAuth2Account} from '../../../src/model/account.js'
import {Secret} from '../../../src/model/secret.js'
import type {Store} from '../../../src/store/store.js'
import {makeAccount} from '../../support/make-account.js'
import {makeRedisStorePlace, type RedisStorePlace} from '../../support/redis-place.js'
import {REDIS_SERVER} from '../../support/redis-server.js'
import {skipWithout} from '../../support/skip-without.js'
import {startTcpProxy} from '../../support/tcp-proxy.js'
import {tokensOf} from '../../support/tokens-of.js'
import {until} from '../../support/until.js'

const LEASE_MS = 1200

describe("an account's lock in Redis", () => {
  let place: RedisStorePlace
  /** Two machines: each with a folder of its own for replies. */
  let here: Store
  let there: Store

  before(function () {
    skipWithout('redis-server', REDIS_SERVER !== undefined, this)
  })

  beforeEach(async () => {
    place = await makeRedisStorePlace()
    here = await openOn('here')
    there = await openOn('there')
    await here.accounts.put(makeAccount())
  })

  afterEach(() => place.dispose())

  const openOn = (machine: string, leaseMs = LEASE_MS): Promise<Store> =>
    place.open({leaseMs, place: {localPath: join(place.folder, machine)}})

  const refreshTokenOf = async (store: Store) => tokensOf(await store.accounts.get(KEY)).refreshToken?.reveal()
  const dueSoonest = async (store: Store) => (await store.accounts.upcomingRefreshes('twitch', 10)).map(({key}) => key)
  const leaseToEnd = () => new Promise((resolve) => setTimeout(resolve, LEASE_MS + 50))

  it('names who holds it: process, and since when', async () => {
    await withLock(here, async () => {
      const since = new Date(place.clock.now()).toISOString()
      await assert.rejects(there.accounts.lock(KEY, {waitMs: 20}), {
        code: 'lock-timeout',
        message: new RegExp(`process ${String(process.pid)} since ${since}`),
      })
    })
  })

  it('is not believed to be held by who stood still until half of the lease was over, whatever Redis said before', async () => {
    await withLock(here, async (lock) => {
      await lock.begin()
      const inTime = lock.isHeld()
      place.clock.advance(LEASE_MS / 2 - 1)
      assert.equal(await inTime, true)
      const late = lock.isHeld()
      place.clock.advance(LEASE_MS / 2)
      assert.equal(await late, false)
      assert.equal(await lock.isHeld(), true)
    })
  })

  it('names the machine of a holder that is elsewhere', async () => {
    const lock = await (await openOn('here', 60_000)).accounts.lock(KEY, {waitMs: 0})
    await place.server.command(
      'HSET',
      await findHash(),
      'holder',
      JSON.stringify({host: 'elsewhere', pid: 7, since: 'noon'}),
    )
    await assert.rejects(there.accounts.lock(KEY, {waitMs: 20}), /process 7 on elsewhere since noon/)
    assert.notEqual(hostname(), 'elsewhere')
    await lock.release()
  })

  const findHash = async (): Promise<string> => {
    const keys = (await place.server.command('KEYS', `${place.place.prefix}*account-${KEY}`)) as string[]
    return keys[0] ?? assert.fail()
  }

  it('keeps an answer that waits while a Redis that came back empty is repaired', async () => {
    const lost = await here.accounts.lock(KEY, {waitMs: 0})
    await lost.begin()
    await lost.recordReply(makeReply())
    await lost.release()
    const hash = await findHash()
    await place.server.command('RENAME', hash, `${hash}-before`)
    await withLock(here, (lock) => {
      assert.equal(lock.account, undefined)
    })
    await place.server.command('RENAME', `${hash}-before`, hash)
    await withLock(here, (lock) => {
      assert.equal(lock.reply?.body, makeReply().body)
    })
  })

  it('is taken over when the lease is over, and its late owner sends nothing', async () => {
    const late = await here.accounts.lock(KEY, {waitMs: 0})
    await late.begin()
    await withLock(there, async (lock) => {
      assert.equal(lock.account?.doubt?.sends, 1)
      assert.equal(await late.isHeld(), false)
      assert.equal(await lock.isHeld(), true)
    })
    await late.release()
  })

  it('is not given back to a late owner, even if nobody else wanted it', async () => {
    const late = await here.accounts.lock(KEY, {waitMs: 0})
    await leaseToEnd()
    assert.equal(await late.isHeld(), false)
    await assert.rejects(late.begin(), hasCode('lock-timeout'))
    assert.equal((await there.accounts.get(KEY))?.doubt, undefined)
  })

  it('is not held for a request of which a failover has forgotten that it was begun', async () => {
    const lock = await here.accounts.lock(KEY, {waitMs: 0})
    await lock.begin()
    assert.equal(await lock.isHeld(), true)
    await place.server.command('HDEL', await findHash(), 'intent')
    assert.equal(await lock.isHeld(), false)
    await lock.release()
  })

  it('lasts from the moment at which a request is written', async () => {
    const lock = await here.accounts.lock(KEY, {waitMs: 0})
    for (let i = 0; i < 3; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, LEASE_MS * 0.6))
      assert.equal(await lock.isHeld(), true)
    }
    await lock.release()
  })

  it('keeps the intent of the new owner when a late one begins or takes back', async () => {
    const late = await here.accounts.lock(KEY, {waitMs: 0})
    await late.begin()
    await withLock(there, async (lock) => {
      await lock.begin()
      await late.retract()
      await assert.rejects(late.begin(), hasCode('lock-timeout'))
      assert.equal((await here.accounts.get(KEY))?.doubt?.sends, 2)
    })
    await late.release()
  })

  it('saves the late reply of an owner that lost it, and leaves the lock to the new one', async () => {
    const late = await here.accounts.lock(KEY, {waitMs: 0})
    await late.begin()
    await withLock(there, async (lock) => {
      await late.recordReply(makeReply())
      assert.equal((await late.commit(renew('late'))).kind, 'saved')
      assert.equal(await lock.isHeld(), true)
      assert.equal((await lock.commit(renew('2'))).kind, 'superseded')
    })
    assert.equal(await refreshTokenOf(there), 'made-up-refresh-token-late')
    await late.release()
  })

  describe('of a provider that gives the same refresh token back', () => {
    const renewAt = (accessToken: string, issuedAt: number) => (current: OAuth2Account) => ({
      ...current,
      credential: {...current.credential, accessToken: new Secret(accessToken), issuedAt},
    })
    const takeOver = async () => {
      const late = await here.accounts.lock(KEY, {waitMs: 0})
      await late.begin()
      place.clock.advance(1000)
      await place.server.command('HDEL', await findHash(), 'lock')
      return {late, next: await (await openOn('there', 60_000)).accounts.lock(KEY, {waitMs: 0})}
    }

    it('does not put the late reply in the place of a newer one', async () => {
      const sentAt = place.clock.now()
      const {late, next} = await takeOver()
      await next.begin()
      assert.equal((await next.commit(renewAt('made-up-newer', place.clock.now() + 1))).kind, 'saved')
      assert.equal((await late.commit(renewAt('made-up-older', sentAt))).kind, 'superseded')
      const account = await there.accounts.get(KEY)
      assert.deepEqual([tokensOf(account).accessToken.reveal(), account?.doubt], ['made-up-newer', undefined])
      await Promise.all([late.release(), next.release()])
    })

    it('keeps the intent of the new owner when the late reply is saved', async () => {
      const sentAt = place.clock.now()
      const {late, next} = await takeOver()
      await next.begin()
      assert.equal((await late.commit(renewAt('made-up-older', sentAt))).kind, 'saved')
      assert.equal((await there.accounts.get(KEY))?.doubt?.sends, 2)
      assert.equal((await next.commit(renewAt('made-up-newer', place.clock.now()))).kind, 'saved')
      const account = await there.accounts.get(KEY)
      assert.deepEqual([tokensOf(account).accessToken.reveal(), account?.doubt], ['made-up-newer', undefined])
      await Promise.all([late.release(), next.release()])
    })
  })

  it('keeps an intent that cannot be read when a commit saves nothing', async () => {
    await place.server.command('HSET', await findHash(), 'intent', 'unreadable')
    const lock = await (await openOn('here', 60_000)).accounts.lock(KEY, {waitMs: 0})
    await there.accounts.update(KEY, renew('3'))
    assert.equal((await lock.commit(renew('2'))).kind, 'superseded')
    await lock.release()
    assert.equal((await there.accounts.get(KEY))?.doubt?.sends, 1)
  })

  it('does not delete the login of who came after a late owner read the account', async () => {
    const late = await here.accounts.lock(KEY, {waitMs: 0})
    await leaseToEnd()
    await there.accounts.put(makeAccount({grantId: 'grant-2'}))
    await late.remove()
    await late.release()
    assert.equal((await there.accounts.get(KEY))?.grantId, 'grant-2')
    assert.equal((await there.accounts.find(['made_up_2002'])).length, 1)
  })

  it('does not let a late owner delete the account under whoever has it now', async () => {
    const late = await here.accounts.lock(KEY, {waitMs: 0})
    await leaseToEnd()
    const next = await (await openOn('here', 60_000)).accounts.lock(KEY, {waitMs: 0})
    await next.begin()
    await next.recordReply(makeReply('kept'))
    await assert.rejects(late.remove(), {code: 'lock-timeout', message: /nothing was removed/})
    await Promise.all([late.release(), next.release()])
    await withLock(here, (lock) => assert.equal(lock.reply?.body, 'kept'))
  })

  it('leaves the reply of who has come after the account was removed', async () => {
    const proxy = await startTcpProxy(Number(new URL(place.url).port))
    const topology = {kind: 'server', server: {host: '127.0.0.1', port: proxy.port}} as const
    const localPath = join(place.folder, 'here')
    const slow = await place.open({leaseMs: 60_000, place: {localPath, topology}})
    const other = await openOn('here', 60_000)
    const lock = await slow.accounts.lock(KEY, {waitMs: 0})
    proxy.latencyMs = 100
    const removing = lock.remove()
    await until('the account is gone', async () => (await other.accounts.get(KEY)) === undefined)
    await other.accounts.put(makeAccount({grantId: 'grant-2'}))
    const next = await other.accounts.lock(KEY, {waitMs: 0})
    await next.begin()
    await next.recordReply(makeReply('of grant 2'))
    await next.release()
    await removing
    await lock.release()
    await withLock(other, ({reply}) => assert.equal(reply?.body, 'of grant 2'))
    await proxy.close()
  })

  it('leaves nothing behind of an account that does not exist', async () => {
    await here.accounts.lock('twitch:1', {waitMs: 0})
    await leaseToEnd()
    await until('the hash is gone', async () => {
      const keys = (await place.server.command('KEYS', `${place.place.prefix}*account-twitch:1`)) as string[]
      return keys.length === 0
    })
  })

  describe('with a reply that waits on one machine', () => {
    beforeEach(async () => {
      here = await openOn('here', 60_000)
      there = await openOn('there', 60_000)
    })

    /** Its machine recorded it and could not save it. */
    const leaveReply = (): Promise<void> =>
      withLock(here, async (lock) => {
        await lock.begin()
        await lock.recordReply(makeReply('kept here', {sentAt: place.clock.now()}))
      })

    it('gives it to the next holder there, and elsewhere says only what is in doubt', async () => {
      await leaveReply()
      assert.equal((await here.accounts.get(KEY))?.doubt?.hasReply, true)
      assert.equal((await there.accounts.get(KEY))?.doubt?.hasReply, undefined)
      await withLock(there, (lock) => {
        assert.deepEqual([lock.reply, lock.account?.doubt?.sends], [undefined, 1])
      })
      await withLock(here, (lock) => {
        assert.equal(lock.reply?.body, 'kept here')
      })
    })

    it('gives it still when another machine has sent again, in vain', async () => {
      await leaveReply()
      place.clock.advance(1000)
      await sendWithoutReply(there)
      await withLock(here, (lock) => {
        assert.deepEqual([lock.reply?.body, lock.account?.doubt?.sends], ['kept here', 2])
      })
    })

    it('gives it still when another machine has given the account up', async () => {
      place.clock.advance(60_000)
      await leaveReply()
      await withLock(there, (lock) =>
        lock.commit((account) => ({...account, state: {kind: 'login-needed', reason: 'lost-reply', since: 1}})),
      )
      assert.deepEqual(await dueSoonest(there), [])
      assert.deepEqual(await dueSoonest(here), [KEY])
      await withLock(here, async (lock) => {
        assert.equal(lock.reply?.body, 'kept here')
        await lock.commit((account) => ({...renew('3')(account), state: {kind: 'ok'}}))
      })
      assert.equal(await refreshTokenOf(there), 'made-up-refresh-token-3')
    })

    it('removes it when the token is another by now', async () => {
      await leaveReply()
      await withLock(there, (lock) => lock.commit(renew('2')))
      await withLock(here, (lock) => {
        assert.deepEqual([lock.reply, lock.account?.doubt], [undefined, undefined])
      })
      await there.accounts.update(KEY, (account) => ({...account, credential: makeAccount().credential}))
      await withLock(here, (lock) => {
        assert.equal(lock.reply, undefined)
      })
    })

    it('does not take it for a reply to the same token that was sent again since, and answered', async () => {
      place.clock.advance(60_000)
      await leaveReply()
      place.clock.advance(60_000)
      const issuedAt = place.clock.now()
      await withLock(there, (lock) =>
        lock.commit((account) => ({...account, credential: {...account.credential, issuedAt}})),
      )
      assert.deepEqual((await here.accounts.upcomingRefreshes('twitch', 1))[0]?.version, 2)
      await withLock(here, (lock) => {
        assert.deepEqual([lock.reply, lock.account?.doubt], [undefined, undefined])
      })
    })
  })
})
