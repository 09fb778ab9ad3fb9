import assert from 'node:assert/strict'

import type {Account, Doubt} from '../../src/model/account.js'
import {Secret} from '../../src/model/secret.js'
import type {AccountLock, Store} from '../../src/store/store.js'
import {makeAccount, withoutRefreshToken} from '../support/make-account.js'
import {hasCode, reveal} from './store-accounts.js'
import {makeReply, type StoreUnderTest} from './store-harness.js'

const KEY = 'twitch:2002'

const renew =
  (suffix: string) =>
  (current: Account): Account => ({
    ...current,
    credential: {
      ...current.credential,
      accessToken: new Secret(`made-up-access-token-${suffix}`),
      refreshToken: new Secret(`made-up-refresh-token-${suffix}`),
    },
  })

/** Does something under the account's lock and lets go of it. */
async function withLock<T>(store: Store, work: (lock: AccountLock) => Promise<T>, key = KEY): Promise<T> {
  const lock = await store.accounts.lock(key, {waitMs: 2000})
  try {
    return await work(lock)
  } finally {
    await lock.release()
  }
}

/** A refresh that was sent and whose answer never came. */
const sendWithoutReply = (store: Store): Promise<void> => withLock(store, (lock) => lock.begin())

export function describeAccountLock(current: () => StoreUnderTest): void {
  describe("an account's lock", () => {
    beforeEach(async () => {
      await current().store.accounts.put(makeAccount())
    })

    describeExclusion(current)
    describeCommit(current)
    describeDoubt(current)

    describe('remove', () => {
      it('deletes the account for everyone', async () => {
        const {store, other} = current()
        await withLock(store, (lock) => lock.remove())
        assert.equal(await other.accounts.get(KEY), undefined)
        assert.deepEqual(await other.accounts.list(), [])
      })

      it('leaves no doubt behind for the next login of the account', async () => {
        const {store, other} = current()
        await sendWithoutReply(store)
        await withLock(store, (lock) => lock.remove())
        await store.accounts.put(makeAccount())
        assert.equal((await other.accounts.get(KEY))?.doubt, undefined)
      })

      it('can be repeated, and is quiet about an account that is not there', async () => {
        const {store} = current()
        await withLock(store, async (lock) => {
          await lock.remove()
          await lock.remove()
        })
        await withLock(store, (lock) => lock.remove(), 'twitch:1')
      })

      it('lets the account be locked again afterwards', async () => {
        const {store, other} = current()
        await withLock(store, (lock) => lock.remove())
        await withLock(other, (lock) => Promise.resolve(assert.equal(lock.account, undefined)))
        await withLock(store, async (lock) => assert.ok(await lock.isHeld()))
      })
    })
  })
}

function describeExclusion(current: () => StoreUnderTest): void {
  it('is held by one at a time, in one instance and in two', async () => {
    const {store, other} = current()
    let holders = 0
    let most = 0
    const hold = (instance: Store): Promise<void> =>
      withLock(instance, async () => {
        holders += 1
        most = Math.max(most, holders)
        await new Promise((resolve) => setTimeout(resolve, 2))
        holders -= 1
      })
    await Promise.all(Array.from({length: 12}, (_, i) => hold(i % 2 === 0 ? store : other)))
    assert.equal(most, 1)
  })

  it('does not keep other accounts waiting', async () => {
    const {store} = current()
    await withLock(store, () =>
      withLock(store, (lock) => Promise.resolve(assert.equal(lock.account, undefined)), 'a:1'),
    )
  })

  it('is refused after the time to wait, naming the holder', async () => {
    const {store, other} = current()
    await withLock(store, async () => {
      for (const instance of [store, other]) {
        await assert.rejects(instance.accounts.lock(KEY, {waitMs: 30}), (error: unknown) => {
          assert.ok(hasCode('lock-timeout')(error))
          assert.match(String(error), new RegExp(`${KEY}.*process ${String(process.pid)}`))
          return true
        })
      }
    })
    await withLock(other, async (lock) => assert.ok(await lock.isHeld()))
  })

  it('is tried once even when there is no time to wait', async () => {
    const lock = await current().store.accounts.lock(KEY, {waitMs: 0})
    await lock.release()
  })

  it('is not waited for any longer once the signal fires', async () => {
    const {store, other} = current()
    await withLock(store, async () => {
      for (const instance of [store, other]) {
        const waiting = instance.accounts.lock(KEY, {waitMs: 60_000, signal: AbortSignal.timeout(20)})
        await assert.rejects(waiting, hasCode('interrupted'))
      }
      const signal = AbortSignal.abort()
      await assert.rejects(store.accounts.lock(KEY, {waitMs: 60_000, signal}), hasCode('interrupted'))
    })
  })

  it('is held until it is released, which can be repeated', async () => {
    const lock = await current().store.accounts.lock(KEY, {waitMs: 1000})
    assert.equal(await lock.isHeld(), true)
    await lock.release()
    await lock.release()
    assert.equal(await lock.isHeld(), false)
    await withLock(current().other, () => lock.release())
  })

  it('reads the account after it has been obtained', async () => {
    const {store, other} = current()
    const first = await store.accounts.lock(KEY, {waitMs: 1000})
    const waiting = other.accounts.lock(KEY, {waitMs: 5000})
    await first.commit(renew('2'))
    await first.release()
    const second = await waiting
    assert.equal(second.account?.credential.accessToken.reveal(), 'made-up-access-token-2')
    await second.release()
  })

  it('stops neither an unrelated write nor a login', async () => {
    const {store, other} = current()
    await withLock(store, async () => {
      await other.accounts.update(KEY, (now) => ({...now, displayName: 'Other'}))
      await other.accounts.put(makeAccount({grantId: 'grant-2'}))
    })
    assert.equal((await store.accounts.get(KEY))?.grantId, 'grant-2')
  })
}

function describeCommit(current: () => StoreUnderTest): void {
  describe('commit', () => {
    it('saves the change for everyone and ends the doubt', async () => {
      const {store, other} = current()
      const result = await withLock(store, async (lock) => {
        await lock.begin()
        await lock.recordReply(makeReply())
        return lock.commit(renew('2'))
      })
      assert.equal(result.kind, 'saved')
      const found = await other.accounts.get(KEY)
      assert.deepEqual(reveal(found), reveal(result.kind === 'gone' ? undefined : result.account))
      assert.equal(found?.credential.refreshToken?.reveal(), 'made-up-refresh-token-2')
      assert.equal(found.doubt, undefined)
    })

    it('keeps what others wrote into other fields meanwhile', async () => {
      const {store, other} = current()
      await withLock(store, async (lock) => {
        await lock.begin()
        await other.accounts.update(KEY, (now) => ({...now, displayName: 'Changed'}))
        await lock.commit(renew('2'))
      })
      assert.equal((await store.accounts.get(KEY))?.displayName, 'Changed')
    })

    it('is superseded by a new login, which wins', async () => {
      const {store, other} = current()
      const result = await withLock(store, async (lock) => {
        await lock.begin()
        await other.accounts.put(makeAccount({grantId: 'grant-2'}))
        return lock.commit(renew('2'))
      })
      assert.equal(result.kind, 'superseded')
      assert.equal(result.kind === 'superseded' && result.account.grantId, 'grant-2')
      const found = await other.accounts.get(KEY)
      assert.equal(found?.credential.refreshToken?.reveal(), 'made-up-refresh-token-of-2002')
      assert.equal(found.doubt, undefined)
    })

    it('is superseded by another refresh token of the same grant', async () => {
      const {store, other} = current()
      const result = await withLock(store, async (lock) => {
        await lock.begin()
        await other.accounts.update(KEY, renew('3'))
        return lock.commit(renew('2'))
      })
      assert.equal(result.kind, 'superseded')
      assert.equal((await other.accounts.get(KEY))?.credential.refreshToken?.reveal(), 'made-up-refresh-token-3')
    })

    it('saves although someone else has the lock by then: what is replaced decides', async () => {
      const {store, other} = current()
      const late = await store.accounts.lock(KEY, {waitMs: 1000})
      await late.release()
      await withLock(other, async () => assert.equal((await late.commit(renew('2'))).kind, 'saved'))
      assert.equal((await other.accounts.get(KEY))?.credential.refreshToken?.reveal(), 'made-up-refresh-token-2')
    })

    it('does not bring back an account that was removed meanwhile', async () => {
      const {store, other} = current()
      const late = await store.accounts.lock(KEY, {waitMs: 1000})
      await late.release()
      await withLock(other, (lock) => lock.remove())
      assert.deepEqual(await late.commit(renew('2')), {kind: 'gone'})
      assert.equal(await other.accounts.get(KEY), undefined)
    })

    it('does not touch an account that was not there when the lock was taken', async () => {
      const {store, other} = current()
      const result = await withLock(
        store,
        async (lock) => {
          assert.equal(lock.account, undefined)
          assert.equal((await lock.commit(renew('2'))).kind, 'gone')
          await other.accounts.put(makeAccount({userId: '1'}))
          return lock.commit(renew('2'))
        },
        'twitch:1',
      )
      assert.equal(result.kind, 'superseded')
    })

    it('saves an account that has no refresh token and never had', async () => {
      const {store} = current()
      const account = makeAccount()
      await store.accounts.put({...account, credential: withoutRefreshToken(account.credential)})
      const result = await withLock(store, (lock) => lock.commit((now) => ({...now, login: 'renamed'})))
      assert.equal(result.kind, 'saved')
    })

    it('passes on what the change throws; intent and reply stay', async () => {
      const {store, other} = current()
      await withLock(store, async (lock) => {
        await lock.begin()
        await lock.recordReply(makeReply('kept'))
        await assert.rejects(
          lock.commit(() => {
            throw new Error('made up')
          }),
          /made up/,
        )
      })
      await withLock(other, (lock) => Promise.resolve(assert.equal(lock.reply?.body, 'kept')))
    })
  })
}

function describeDoubt(current: () => StoreUnderTest): void {
  const sentOnce = (): Doubt => {
    const now = current().clock.moment()
    return {cause: 'lost-reply', since: now, lastSentAt: now, sends: 1}
  }

  describe('doubt', () => {
    it('is seen by everyone from the moment the intent is durable', async () => {
      const {store, other} = current()
      await withLock(store, async (lock) => {
        assert.equal(lock.account?.doubt, undefined)
        await lock.begin()
        assert.deepEqual((await other.accounts.get(KEY))?.doubt, sentOnce())
        assert.deepEqual((await other.accounts.list())[0]?.doubt, sentOnce())
      })
    })

    it('stays when the lock is released without an outcome, and each send is counted', async () => {
      const {store, other, clock} = current()
      const first = clock.moment()
      await sendWithoutReply(store)
      clock.advance(60_000)
      await withLock(other, async (lock) => {
        assert.deepEqual(lock.account?.doubt, {cause: 'lost-reply', since: first, lastSentAt: first, sends: 1})
        assert.equal(lock.reply, undefined)
        await lock.begin()
      })
      const doubt = (await store.accounts.get(KEY))?.doubt
      assert.deepEqual(doubt, {cause: 'lost-reply', since: first, lastSentAt: clock.moment(), sends: 2})
    })

    it('survives unrelated updates and is told with their result', async () => {
      const {store, other} = current()
      await sendWithoutReply(store)
      const updated = await other.accounts.update(KEY, (now) => ({...now, displayName: 'Other'}))
      assert.deepEqual(updated?.doubt, sentOnce())
    })

    it('ends with a new login', async () => {
      const {store, other} = current()
      await sendWithoutReply(store)
      await other.accounts.put(makeAccount({grantId: 'grant-2'}))
      assert.equal((await store.accounts.get(KEY))?.doubt, undefined)
      await withLock(store, (lock) => Promise.resolve(assert.equal(lock.account?.doubt, undefined)))
    })

    it('ends with another refresh token, even one that comes back later', async () => {
      const {store, other} = current()
      await sendWithoutReply(store)
      await other.accounts.update(KEY, renew('2'))
      await withLock(store, (lock) => Promise.resolve(assert.equal(lock.account?.doubt, undefined)))
      await other.accounts.put(makeAccount())
      assert.equal((await store.accounts.get(KEY))?.doubt, undefined)
    })

    it('is gone once the send is taken back', async () => {
      const {store, other} = current()
      await withLock(store, async (lock) => {
        await lock.begin()
        await lock.retract()
        await lock.retract()
      })
      assert.equal((await other.accounts.get(KEY))?.doubt, undefined)
    })

    it('is what it was before once a repeated send is taken back', async () => {
      const {store, other, clock} = current()
      await withLock(store, async (lock) => {
        await lock.begin()
        await lock.recordReply(makeReply('the first reply'))
      })
      const before = (await store.accounts.get(KEY))?.doubt
      clock.advance(60_000)
      await withLock(other, async (lock) => {
        await lock.begin()
        assert.equal((await store.accounts.get(KEY))?.doubt?.sends, 2)
        await lock.retract()
      })
      await withLock(store, (lock) => {
        assert.deepEqual(lock.account?.doubt, before)
        assert.equal(lock.reply?.body, 'the first reply')
        return Promise.resolve()
      })
    })

    it('leaves the earlier one when nothing was begun and something is taken back', async () => {
      const {store, other} = current()
      await sendWithoutReply(store)
      await withLock(store, (lock) => lock.retract())
      assert.deepEqual((await other.accounts.get(KEY))?.doubt, sentOnce())
    })

    it('gives the reply that was recorded to the next holder, whole', async () => {
      const {store, other} = current()
      for (const body of ['', '{"access_token":"made-up"}', '🎉\0\n'.repeat(3), 'x'.repeat(200_000)]) {
        const reply = makeReply(body, {complete: false, status: 502, headers: {'retry-after': '3'}})
        await withLock(store, async (lock) => {
          await lock.begin()
          await lock.recordReply(reply)
        })
        assert.equal((await other.accounts.get(KEY))?.doubt?.hasReply, true)
        await withLock(other, async (lock) => {
          assert.deepEqual(lock.reply, reply)
          assert.equal(lock.account?.doubt?.hasReply, true)
          assert.equal((await lock.commit((now) => now)).kind, 'saved')
        })
        assert.equal((await store.accounts.get(KEY))?.doubt, undefined)
      }
    })

    it('keeps the last of several replies', async () => {
      const {store, other} = current()
      await withLock(store, async (lock) => {
        await lock.begin()
        await lock.recordReply(makeReply('a long first reply'.repeat(50)))
        await lock.recordReply(makeReply('second'))
      })
      await withLock(other, (lock) => Promise.resolve(assert.equal(lock.reply?.body, 'second')))
    })

    it('does not give a reply to the token that followed', async () => {
      const {store, other} = current()
      await withLock(store, async (lock) => {
        await lock.begin()
        await lock.recordReply(makeReply())
      })
      await other.accounts.put(makeAccount({grantId: 'grant-2'}))
      await withLock(other, (lock) => Promise.resolve(assert.equal(lock.reply, undefined)))
    })

    it('begins for an account with a refresh token alone', async () => {
      const {store} = current()
      const account = makeAccount({userId: '1'})
      await store.accounts.put({...account, credential: withoutRefreshToken(account.credential)})
      for (const key of ['twitch:1', 'twitch:none']) {
        await withLock(store, (lock) => assert.rejects(lock.begin(), hasCode('internal')), key)
        await withLock(store, (lock) => assert.rejects(lock.recordReply(makeReply()), hasCode('internal')), key)
      }
    })
  })
}
