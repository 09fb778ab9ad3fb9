import assert from 'node:assert/strict'

import type {Store} from '../../src/store/store.js'
import {makeAccount} from '../support/make-account.js'
import {tokensOf} from '../support/tokens-of.js'
import {hasCode} from './store-accounts.js'
import {describeCommit} from './store-commit.js'
import {describeDoubt} from './store-doubt.js'
import type {StoreUnderTest} from './store-harness.js'
import {KEY, renew, sendWithoutReply, withLock} from './store-lock-support.js'

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
        await withLock(other, (lock) => {
          assert.equal(lock.account, undefined)
        })
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
      withLock(
        store,
        (lock) => {
          assert.equal(lock.account, undefined)
        },
        'a:1',
      ),
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
    assert.equal(tokensOf(second.account).accessToken.reveal(), 'made-up-access-token-2')
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
