import assert from 'node:assert/strict'

import {changePoints, pointsHistory, showPoints, topPoints} from '../../../src/broker/points.js'
import type {createFakeClock} from '../../support/fake-clock.js'
import {makeJsonStorePlace, type JsonStorePlace} from '../../support/json-store-place.js'
import type {Store} from '../../../src/store/store.js'

describe('points, as they are asked for', () => {
  let place: JsonStorePlace
  let deps: {store: Store; clock: ReturnType<typeof createFakeClock>}

  beforeEach(async () => {
    place = await makeJsonStorePlace()
    deps = {store: await place.open(), clock: place.clock}
  })
  afterEach(() => place.dispose())

  const add = (points: number, parts: object = {}) =>
    changePoints(deps, {user: 'alice', by: undefined, change: {kind: 'add', points}, ...parts})

  it('are those of one user, however the name is spelled', async () => {
    assert.deepEqual(await showPoints(deps, {user: 'Alice'}), {user: 'alice', points: 0})
    await add(10, {user: '@ALICE'})
    assert.deepEqual(await add(5), {user: 'alice', points: 15, change: 5, repeated: false})
    assert.deepEqual(await showPoints(deps, {user: ' Alice'}), {user: 'alice', points: 15})
    assert.deepEqual(await topPoints(deps, {limit: 5}), [{user: 'alice', points: 15}])
  })

  it('fall below zero where that is allowed alone', async () => {
    await assert.rejects(add(-1), {code: 'points-insufficient', hint: 'behalf points show -- alice'})
    assert.equal((await add(-1, {allowNegative: true})).points, -1)
  })

  it('are kept with the time of the change, and told page by page', async () => {
    for (let i = 1; i <= 5; i += 1) {
      await add(i, {by: 'madeup01', why: ` change ${String(i)} `})
      deps.clock.advance(1000)
    }
    const first = await pointsHistory(deps, {user: 'ALICE', limit: 3})
    assert.deepEqual(
      first.changes.map(({at, by, why, change}) => [at, by, why, change]),
      [5, 4, 3].map((i) => [1_800_000_000_000 + (i - 1) * 1000, 'madeup01', `change ${String(i)}`, i]),
    )
    assert.ok(first.next !== undefined)
    const second = await pointsHistory(deps, {user: 'alice', limit: 2, before: first.next})
    assert.deepEqual(second, {changes: second.changes})
    assert.deepEqual(
      second.changes.map(({change}) => change),
      [2, 1],
    )
  })

  it('are counted once under a key, for the same request alone', async () => {
    const key = {idempotencyKey: 'key'}
    await add(10, {...key, why: 'raid'})
    assert.equal((await add(10, {...key, why: ' raid ', user: '@Alice'})).repeated, true)
    const others = [{why: 'other'}, {}, {why: 'raid', user: 'bob'}, {why: 'raid', allowNegative: true}]
    for (const parts of others) await assert.rejects(add(10, {...key, ...parts}), {code: 'idempotency-key-reused'})
    await assert.rejects(add(11, {...key, why: 'raid'}), {code: 'idempotency-key-reused'})
    const set = {change: {kind: 'set', points: 10}, why: 'raid'}
    await assert.rejects(add(10, {...key, ...set}), {code: 'idempotency-key-reused'})
    assert.equal((await add(10, {...key, by: 'madeup01'})).points, 20)
  })

  it('are refused where what is asked makes no sense', async () => {
    const invalid = {code: 'invalid-input'}
    await assert.rejects(add(1.5), invalid)
    await assert.rejects(add(2 ** 53), invalid)
    await assert.rejects(add(1, {user: ''}), invalid)
    await assert.rejects(add(1, {why: 'two\nlines'}), invalid)
    await assert.rejects(add(1, {idempotencyKey: ''}), invalid)
    await assert.rejects(showPoints(deps, {user: '@'}), invalid)
    for (const limit of [0, -1, 1.5, 1001, Number.NaN]) {
      await assert.rejects(topPoints(deps, {limit}), invalid)
      await assert.rejects(pointsHistory(deps, {limit}), invalid)
    }
    for (const before of [-1, 0.5, 2 ** 53]) await assert.rejects(pointsHistory(deps, {limit: 1, before}), invalid)
    assert.deepEqual(await topPoints(deps, {limit: 1000}), [])
  })
})
