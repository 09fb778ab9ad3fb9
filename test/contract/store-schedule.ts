import assert from 'node:assert/strict'

import {HOUR_MS, MINUTE_MS} from '../../src/model/time.js'
import {nextRefreshAt} from '../../src/model/token-life.js'
import {makeAccount, withoutRefreshToken, type AccountParts} from '../support/make-account.js'
import type {StoreUnderTest} from './store-harness.js'

const START = 1_800_000_000_000
const ALL = 100

const flagged = (since: number): AccountParts => ({state: {kind: 'login-needed', reason: 'rejected', since}})

/** An account whose token lives for so long. */
const livingFor = (userId: string, lifeMs: number, parts: AccountParts = {}) =>
  makeAccount({...parts, userId, credential: {expiresAt: START + lifeMs, ...parts.credential}})

export function describeSchedule(current: () => StoreUnderTest): void {
  describe('what the schedule asks', () => {
    const refreshes = async (provider = 'twitch', limit = ALL) =>
      (await current().other.accounts.upcomingRefreshes(provider, limit)).map(({key}) => key)
    const validations = async (provider = 'twitch', limit = ALL) =>
      (await current().other.accounts.upcomingValidations(provider, limit)).map(({key}) => key)

    describe('upcoming refreshes', () => {
      it('are those of one provider, the one that is due soonest first, and no more than were asked for', async () => {
        const {store} = current()
        for (const [userId, hours] of [
          ['1', 9],
          ['2', 3],
          ['3', 6],
        ] as const) {
          await store.accounts.put(livingFor(userId, hours * HOUR_MS))
        }
        await store.accounts.put(livingFor('4', HOUR_MS, {provider: 'forge'}))
        assert.deepEqual(await refreshes(), ['twitch:2', 'twitch:3', 'twitch:1'])
        assert.deepEqual(await refreshes('twitch', 2), ['twitch:2', 'twitch:3'])
        assert.deepEqual(await refreshes('forge'), ['forge:4'])
        assert.deepEqual(await refreshes('nobody'), [])
      })

      it('are no more than those that are due by a time, and the next one', async () => {
        const {store, other} = current()
        for (let i = 1; i <= 9; i += 1) await store.accounts.put(livingFor(String(i), i * HOUR_MS))
        const dueBy = async (at: number, limit = ALL) =>
          (await other.accounts.upcomingRefreshes('twitch', limit, at)).map(({key}) => key)
        assert.deepEqual(await dueBy(START), ['twitch:1'])
        assert.deepEqual(await dueBy(START + 3 * HOUR_MS), ['twitch:1', 'twitch:2', 'twitch:3', 'twitch:4'])
        assert.deepEqual(await dueBy(START + 3 * HOUR_MS, 2), ['twitch:1', 'twitch:2'])
        assert.equal((await dueBy(START + 99 * HOUR_MS)).length, 9)
      })

      it('say when, and tell one state of the record from the next', async () => {
        const {store, other} = current()
        const saved = await store.accounts.put(livingFor('1', HOUR_MS))
        const expected = {key: 'twitch:1', dueAt: nextRefreshAt(saved), expiresAt: START + HOUR_MS, version: 1}
        assert.deepEqual(await other.accounts.upcomingRefreshes('twitch', ALL), [expected])
        await store.accounts.update('twitch:1', (account) => ({...account, login: 'another'}))
        assert.deepEqual(await other.accounts.upcomingRefreshes('twitch', ALL), [{...expected, version: 2}])
      })

      it('are not those that nothing can refresh, that have no known end, that need a login, or are half imported', async () => {
        const {store} = current()
        const bare = livingFor('1', HOUR_MS)
        await store.accounts.put({...bare, credential: withoutRefreshToken(bare.credential)})
        const endless = livingFor('2', HOUR_MS)
        delete endless.credential.expiresAt
        await store.accounts.put(endless)
        await store.accounts.put(livingFor('3', HOUR_MS, flagged(START)))
        await store.accounts.put(livingFor('4', HOUR_MS, {subject: 'import:made-up', role: 'user'}))
        assert.deepEqual(await refreshes(), [])
      })

      it('wait until a backoff ends, unless a clock noted it that has been set back since', async () => {
        const {store, other, clock} = current()
        const lastFailure = {at: START, count: 1, summary: 'it is down', scheduleNotBefore: START + 5 * HOUR_MS}
        const saved = await store.accounts.put(livingFor('1', HOUR_MS, {lastFailure}))
        const dueAt = async () => (await other.accounts.upcomingRefreshes('twitch', ALL))[0]?.dueAt
        assert.equal(await dueAt(), START + 5 * HOUR_MS)
        clock.setWall(START - 1)
        assert.equal(await dueAt(), nextRefreshAt(saved))
      })

      it('follow what others add, change and remove', async () => {
        const {store} = current()
        await store.accounts.put(livingFor('1', 2 * HOUR_MS))
        assert.deepEqual(await refreshes(), ['twitch:1'])
        await store.accounts.put(livingFor('2', HOUR_MS))
        assert.deepEqual(await refreshes(), ['twitch:2', 'twitch:1'])
        await store.accounts.put(livingFor('2', 3 * HOUR_MS))
        assert.deepEqual(await refreshes(), ['twitch:1', 'twitch:2'])
        const lock = await store.accounts.lock('twitch:1', {waitMs: 1000})
        await lock.remove()
        await lock.release()
        assert.deepEqual(await refreshes(), ['twitch:2'])
      })

      it('come at once where a refresh was begun and not ended, however fresh the token', async () => {
        const {store, other, clock} = current()
        await store.accounts.put(livingFor('1', HOUR_MS))
        await store.accounts.put(livingFor('2', 2 * HOUR_MS))
        const lock = await store.accounts.lock('twitch:2', {waitMs: 1000})
        await lock.begin()
        assert.deepEqual(await refreshes(), ['twitch:2', 'twitch:1'])
        assert.equal((await other.accounts.upcomingRefreshes('twitch', ALL))[0]?.dueAt, clock.now())
        assert.deepEqual(await refreshes('forge'), [])
        await lock.retract()
        assert.deepEqual(await refreshes(), ['twitch:1', 'twitch:2'])
        await lock.release()
      })
    })

    describe('upcoming validations', () => {
      it('begin with the account that was never validated, then with the one whose validation is longest ago', async () => {
        const {store} = current()
        await store.accounts.put(makeAccount({userId: '1', lastValidatedAt: START - MINUTE_MS}))
        await store.accounts.put(makeAccount({userId: '2', lastValidatedAt: START - HOUR_MS}))
        await store.accounts.put(makeAccount({userId: '3'}))
        await store.accounts.put(makeAccount({userId: '4', provider: 'forge'}))
        assert.deepEqual(await validations(), ['twitch:3', 'twitch:2', 'twitch:1'])
        assert.deepEqual(await validations('twitch', 1), ['twitch:3'])
      })

      it('know of a validation at once in the instance that noted it', async () => {
        const {store, clock} = current()
        await store.accounts.put(makeAccount({userId: '1', lastValidatedAt: START - 2}))
        await store.accounts.put(makeAccount({userId: '2', lastValidatedAt: START - 1}))
        await store.accounts.noteValidated('twitch:1', clock.now())
        assert.deepEqual(await store.accounts.upcomingValidations('twitch', ALL), [
          {key: 'twitch:2', lastValidatedAt: START - 1},
          {key: 'twitch:1', lastValidatedAt: clock.now()},
        ])
      })

      it('leave out who needs a login, and imports that nobody has finished', async () => {
        const {store} = current()
        await store.accounts.put(makeAccount({userId: '1', ...flagged(START)}))
        await store.accounts.put(makeAccount({userId: '2', subject: 'import:made-up', role: 'user'}))
        assert.deepEqual(await validations(), [])
      })
    })

    describe('stranded accounts', () => {
      it('are those that are flagged, with what a person needs to know', async () => {
        const {store, other} = current()
        await store.accounts.put(makeAccount({userId: '1'}))
        assert.deepEqual(await other.accounts.stranded(), [])
        await store.accounts.put(makeAccount({userId: '2', ...flagged(7)}))
        const stranded = {
          key: 'twitch:2',
          provider: 'twitch',
          userId: '2',
          login: 'made_up_2',
          role: 'bot',
          grantId: 'grant-of-2',
          reason: 'rejected',
          since: 7,
        }
        assert.deepEqual(await other.accounts.stranded(), [stranded])
        await store.accounts.update('twitch:2', (account) => ({
          ...account,
          state: {kind: 'login-needed', reason: 'rejected', since: 7, toldAt: 8},
        }))
        assert.deepEqual(await other.accounts.stranded(), [{...stranded, toldAt: 8}])
        await store.accounts.put(makeAccount({userId: '2'}))
        assert.deepEqual(await other.accounts.stranded(), [])
      })
    })
  })
}
