import assert from 'node:assert/strict'

import {createDamageCount} from '../../../../src/daemon/api/damage-count.js'
import {MINUTE_MS} from '../../../../src/model/time.js'
import type {Store} from '../../../../src/store/store.js'
import {createFakeClock} from '../../../support/fake-clock.js'

/** As much of a store as is counted in: two accounts and a provider, one of each damaged. */
function createCountedStore(state: {revision?: object; looks: number; sound: number}): Store {
  const outlines = (): Promise<unknown[]> => {
    state.looks += 1
    return Promise.resolve(Array.from({length: state.sound}))
  }
  const parts = {
    revision: () => state.revision,
    accounts: {count: () => Promise.resolve(2), outlines},
    providers: {list: () => Promise.resolve([]), names: () => Promise.resolve(['twitch'])},
  }
  return parts as unknown as Store
}

describe('createDamageCount', () => {
  const clock = createFakeClock()

  it('counts accounts and providers, once for each state of the store', async () => {
    const state = {revision: {}, looks: 0, sound: 1}
    const count = createDamageCount({storeAsItIs: createCountedStore(state), clock})
    assert.deepEqual([await count(), await count(), state.looks], [2, 2, 1])
    state.revision = {}
    state.sound = 2
    assert.deepEqual([await count(), await count(), state.looks], [1, 1, 2])
  })

  it('waits for no count, and counts again after a quarter of an hour, where nothing tells one state from the next', async () => {
    const state = {looks: 0, sound: 1}
    const count = createDamageCount({storeAsItIs: createCountedStore(state), clock})
    assert.deepEqual([await count(), await count(), state.looks], [0, 0, 1])
    await new Promise(setImmediate)
    assert.deepEqual([await count(), state.looks], [2, 1])
    state.sound = 2
    clock.advance(15 * MINUTE_MS - 1)
    assert.deepEqual([await count(), state.looks], [2, 1])
    clock.advance(1)
    await count()
    await new Promise(setImmediate)
    assert.deepEqual([await count(), state.looks], [1, 2])
  })

  it('goes on with what it knows when the store cannot be read, and tries again', async () => {
    const state = {looks: 0, sound: 1}
    const store = createCountedStore(state)
    const failing = {...store.accounts, outlines: () => Promise.reject(new Error('made up'))}
    const place = {...store, accounts: failing as Store['accounts']}
    const count = createDamageCount({storeAsItIs: place, clock})
    assert.equal(await count(), 0)
    await new Promise(setImmediate)
    place.accounts = store.accounts
    assert.equal(await count(), 0)
    await new Promise(setImmediate)
    assert.equal(await count(), 2)
  })
})
