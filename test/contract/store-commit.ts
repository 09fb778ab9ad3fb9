import assert from 'node:assert/strict'

import {makeAccount, withoutRefreshToken} from '../support/make-account.js'
import {tokensOf} from '../support/tokens-of.js'
import {reveal} from './store-accounts.js'
import {makeReply, type StoreUnderTest} from './store-harness.js'
import {KEY, renew, withLock} from './store-lock-support.js'

/** Rule 3: a result is saved by what it replaces. */
export function describeCommit(current: () => StoreUnderTest): void {
  describe('commit', () => {
    it('saves the change for everyone and ends the doubt', async () => {
      const {store, other} = current()
      const result = await withLock(store, async (lock) => {
        await lock.begin()
        await lock.recordReply(makeReply())
        return lock.commit(renew('2'))
      })
      assert.ok(result.kind === 'saved')
      const found = await other.accounts.get(KEY)
      assert.deepEqual(reveal(found), reveal(result.account))
      assert.equal(tokensOf(found).refreshToken?.reveal(), 'made-up-refresh-token-2')
      assert.equal(found?.doubt, undefined)
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
      assert.ok(result.kind === 'superseded')
      assert.equal(result.account.grantId, 'grant-2')
      const found = await other.accounts.get(KEY)
      assert.equal(tokensOf(found).refreshToken?.reveal(), 'made-up-refresh-token-of-2002')
      assert.equal(found?.doubt, undefined)
    })

    it('is superseded by another refresh token of the same grant', async () => {
      const {store, other} = current()
      const result = await withLock(store, async (lock) => {
        await lock.begin()
        await other.accounts.update(KEY, renew('3'))
        return lock.commit(renew('2'))
      })
      assert.equal(result.kind, 'superseded')
      assert.equal(tokensOf(await other.accounts.get(KEY)).refreshToken?.reveal(), 'made-up-refresh-token-3')
    })

    it('saves although someone else has the lock by then: what is replaced decides', async () => {
      const {store, other} = current()
      const late = await store.accounts.lock(KEY, {waitMs: 1000})
      await late.release()
      await withLock(other, async () => assert.equal((await late.commit(renew('2'))).kind, 'saved'))
      assert.equal(tokensOf(await other.accounts.get(KEY)).refreshToken?.reveal(), 'made-up-refresh-token-2')
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
      await withLock(other, (lock) => {
        assert.equal(lock.reply?.body, 'kept')
      })
    })
  })
}
