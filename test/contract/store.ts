import assert from 'node:assert/strict'

import {Secret} from '../../src/model/secret.js'
import {makeAccount} from '../support/make-account.js'
import {describeAccountLock} from './store-account-lock.js'
import {describeAccounts} from './store-accounts.js'
import {describeAdminSessions} from './store-admin-sessions.js'
import {describeApiTokens} from './store-api-tokens.js'
import {describeCredentials} from './store-credentials.js'
import {describeFlows} from './store-flows.js'
import type {MakeStoreHarness, StoreUnderTest} from './store-harness.js'
import {describeNames} from './store-names.js'
import {describePointsInterleavings} from './store-points-interleavings.js'
import {describePoints} from './store-points.js'
import {describeProviders} from './store-providers.js'
import {describeBudgets} from './store-budgets.js'
import {describeSchedule} from './store-schedule.js'

/** What every store does (`src/store/store.ts`), whatever it keeps things in. */
export function describeStore(name: string, makeHarness: MakeStoreHarness): void {
  describe(`${name}, as a store`, () => {
    let opened: StoreUnderTest & {dispose: () => Promise<void>}

    beforeEach(async () => {
      const harness = await makeHarness()
      opened = {
        store: await harness.open(),
        other: await harness.open(),
        clock: harness.clock,
        agePoints: async (ms) => harness.agePoints?.(ms),
        dispose: () => harness.dispose(),
      }
    })

    afterEach(() => opened.dispose())

    const current = (): StoreUnderTest => opened

    describe('as a whole', () => {
      it('is empty and has no last write when it is new', async () => {
        const {store} = opened
        assert.deepEqual(await store.accounts.list(), [])
        assert.deepEqual(await store.accounts.names(), [])
        assert.deepEqual(await store.providers.list(), [])
        assert.deepEqual(await store.flows.list(), [])
        assert.deepEqual(await store.apiTokens.list(), [])
        assert.equal(await store.lastWrittenAt(), undefined)
      })

      it('knows when it was last written, whoever wrote', async () => {
        const {store, other, clock} = opened
        clock.advance(5000)
        await other.accounts.put(makeAccount())
        assert.equal(await store.lastWrittenAt(), clock.now())
      })

      it('gives a text the same fingerprint in every instance, and another text another', async () => {
        const {store, other} = opened
        const text = new Secret('made-up-token')
        const fingerprint = await store.fingerprint(text)
        assert.equal(await other.fingerprint(text), fingerprint)
        assert.notEqual(await store.fingerprint(new Secret('made-up-tokem')), fingerprint)
        assert.ok(!fingerprint.includes('made-up'))
      })

      it('gives all instances that start on an empty place the same keys', async () => {
        const {store, other} = opened
        const text = new Secret('made-up-token')
        const [a, b] = await Promise.all([store.fingerprint(text), other.fingerprint(text)])
        assert.equal(a, b)
      })

      it('has the same revision as long as nothing is written, whoever writes', async () => {
        const {store, other} = opened
        await store.accounts.put(makeAccount())
        await store.accounts.list()
        const before = store.revision()
        await store.accounts.list()
        // A store may do without one.
        assert.equal(store.revision(), before)
        await other.accounts.put(makeAccount({userId: '9'}))
        await store.accounts.list()
        if (before !== undefined) assert.notEqual(store.revision(), before)
      })

      it('can be closed twice', async () => {
        await opened.store.close()
        await opened.store.close()
      })
    })

    describeAccounts(current)
    describeNames(current)
    describeCredentials(current)
    describeAccountLock(current)
    describeProviders(current)
    describeFlows(current)
    describeAdminSessions(current)
    describeApiTokens(current)
    describeBudgets(current)
    describePoints(current)
    describePointsInterleavings(current)
    describeSchedule(current)
  })
}
