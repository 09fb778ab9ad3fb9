import assert from 'node:assert/strict'

import type {Doubt} from '../../src/model/account.js'
import {makeAccount, withoutRefreshToken} from '../support/make-account.js'
import {hasCode} from './store-accounts.js'
import {makeReply, type StoreUnderTest} from './store-harness.js'
import {KEY, renew, sendWithoutReply, withLock} from './store-lock-support.js'

/** Intents, recorded replies, and what is known of a token that was sent. */
export function describeDoubt(current: () => StoreUnderTest): void {
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
      await withLock(store, (lock) => {
        assert.equal(lock.account?.doubt, undefined)
      })
    })

    it('ends with another refresh token, even one that comes back later', async () => {
      const {store, other} = current()
      await sendWithoutReply(store)
      await other.accounts.update(KEY, renew('2'))
      await withLock(store, (lock) => {
        assert.equal(lock.account?.doubt, undefined)
      })
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
      await withLock(other, (lock) => {
        assert.equal(lock.reply?.body, 'second')
      })
    })

    it('does not give a reply to the token that followed', async () => {
      const {store, other} = current()
      await withLock(store, async (lock) => {
        await lock.begin()
        await lock.recordReply(makeReply())
      })
      await other.accounts.put(makeAccount({grantId: 'grant-2'}))
      await withLock(other, (lock) => {
        assert.equal(lock.reply, undefined)
      })
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
