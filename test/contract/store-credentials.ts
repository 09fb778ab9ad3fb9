import assert from 'node:assert/strict'

import type {NewAccount} from '../../src/model/account.js'
import type {Credential} from '../../src/model/credential.js'
import {Secret} from '../../src/model/secret.js'
import {makeAccount} from '../support/make-account.js'
import {hasCode} from './store-accounts.js'
import type {StoreUnderTest} from './store-harness.js'
import {KEY, renew, withLock} from './store-lock-support.js'

const AT = 1_800_000_000_000
const CREDENTIALS: Exclude<Credential, {kind: 'oauth2'}>[] = [
  {kind: 'oauth1', token: new Secret('made-up-token'), tokenSecret: new Secret('made-up-token-secret'), issuedAt: AT},
  {kind: 'api-key', key: new Secret('made-up-key'), issuedAt: AT},
  {kind: 'basic', username: 'vera', password: new Secret('made-up-password: ü'), issuedAt: AT},
]

const SUBJECTS_KEY = 'twitch@slack:U1'

const hold = (credential: Credential): NewAccount => ({
  ...makeAccount({role: 'user', subject: 'slack:U1', origins: {api: 'https://api.example.test'}}),
  credential,
})

/** What is in it, in the clear. */
const reveal = (credential: Credential | undefined): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(credential ?? {}).map(([name, value]: [string, unknown]) => [
      name,
      value instanceof Secret ? value.reveal() : value,
    ]),
  )

/** Accounts that hold something else than tokens of OAuth 2, and what goes with one call alone. */
export function describeCredentials(current: () => StoreUnderTest): void {
  describe('credentials', () => {
    for (const credential of CREDENTIALS) {
      describe(credential.kind, () => {
        it('comes back as it was put, in every instance', async () => {
          const {store, other} = current()
          const saved = await store.accounts.put(hold(credential))
          const found = await other.accounts.get(SUBJECTS_KEY)
          assert.deepEqual(reveal(found?.credential), reveal(credential))
          assert.deepEqual({...found, credential: undefined}, {...saved, credential: undefined})
          assert.deepEqual(
            (await other.accounts.list()).map((one) => reveal(one.credential)),
            [reveal(credential)],
          )
        })

        it('is told of without its secrets, and never comes to be refreshed or validated', async () => {
          const {store, other} = current()
          await store.accounts.put(hold(credential))
          const [outline] = await other.accounts.outlines()
          assert.equal(outline?.credential.kind, credential.kind)
          assert.doesNotMatch(JSON.stringify(outline), /made-up-(?:token|key|password)/)
          assert.deepEqual(await other.accounts.upcomingRefreshes('twitch', 10), [])
          assert.deepEqual(await other.accounts.upcomingValidations('twitch', 10), [])
        })

        it('is seen by every instance once another has taken its place', async () => {
          const {store, other} = current()
          await store.accounts.put(makeAccount({role: 'user', subject: 'slack:U1'}))
          assert.equal((await other.accounts.outlines())[0]?.credential.kind, 'oauth2')
          await store.accounts.put(hold(credential))
          assert.equal((await other.accounts.outlines())[0]?.credential.kind, credential.kind)
          assert.equal((await other.accounts.get(SUBJECTS_KEY))?.credential.kind, credential.kind)
        })

        it('leaves nothing for a refresh of the tokens that were there before', async () => {
          const {store, other} = current()
          await store.accounts.put({...makeAccount(), role: 'user', subject: 'slack:U1'})
          const result = await withLock(store, async (lock) => {
            await lock.begin()
            await other.accounts.put({...hold(credential), key: KEY})
            return lock.commit(renew('2'))
          })
          assert.deepEqual(result, {kind: 'gone'})
          assert.deepEqual(reveal((await other.accounts.get(KEY))?.credential), reveal(credential))
        })

        it('cannot be refreshed', async () => {
          const {store} = current()
          await store.accounts.put(hold(credential))
          await assert.rejects(
            withLock(store, (lock) => lock.begin(), SUBJECTS_KEY),
            hasCode('internal'),
          )
        })
      })
    }

    it('are refused in an account that is a user’s and has no subject', async () => {
      const {store, other} = current()
      for (const subject of [{}, {subject: ''}]) {
        const account = {...makeAccount({role: 'user'}), ...subject}
        await assert.rejects(store.accounts.put(account), hasCode('invalid-input'))
      }
      await store.accounts.put(makeAccount())
      await assert.rejects(
        store.accounts.update(KEY, (account) => ({...account, role: 'user'})),
        hasCode('invalid-input'),
      )
      assert.equal((await other.accounts.get(KEY))?.role, 'bot')
    })
  })

  describe('one-time codes', () => {
    const code = {code: new Secret('made-up-code'), expiresAt: AT + 60_000}

    it('are kept with an account, for every instance, and given up by a change', async () => {
      const {store, other} = current()
      await store.accounts.put({...makeAccount(), oneTimeCode: code})
      const found = await other.accounts.get(KEY)
      assert.equal(found?.oneTimeCode?.code.reveal(), 'made-up-code')
      assert.equal(found.oneTimeCode.expiresAt, code.expiresAt)
      await other.accounts.update(KEY, ({oneTimeCode: _taken, ...rest}) => rest)
      assert.equal((await store.accounts.get(KEY))?.oneTimeCode, undefined)
    })

    it('are seen by one change of many at once', async () => {
      const {store, other} = current()
      await store.accounts.put({...makeAccount(), oneTimeCode: code})
      const taken = await Promise.all(
        [store, other, store, other].map(async ({accounts}) => {
          let seen: unknown
          await accounts.update(KEY, ({oneTimeCode, ...rest}) => {
            seen = oneTimeCode
            return rest
          })
          return seen
        }),
      )
      assert.equal(taken.filter((one) => one !== undefined).length, 1)
    })

    it('are in no outline', async () => {
      const {store, other} = current()
      await store.accounts.put({...makeAccount(), oneTimeCode: code})
      assert.doesNotMatch(JSON.stringify(await other.accounts.outlines()), /made-up-code/)
    })

    it('survive a refresh of the tokens beside them', async () => {
      const {store, other} = current()
      await store.accounts.put({...makeAccount(), oneTimeCode: code})
      await withLock(store, (lock) => lock.commit(renew('2')))
      assert.equal((await other.accounts.get(KEY))?.oneTimeCode?.code.reveal(), 'made-up-code')
    })
  })
}
