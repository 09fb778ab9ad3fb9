import assert from 'node:assert/strict'

import type {ErrorCode} from '../../src/model/behalf-error.js'
import {IDEMPOTENCY_MS, MAX_POINTS, type PointsRecord} from '../../src/model/points.js'
import {MINUTE_MS} from '../../src/model/time.js'
import type {PointsStore} from '../../src/store/store.js'
import {add, set} from '../support/make-points-request.js'
import type {StoreUnderTest} from './store-harness.js'

const AT = 1_800_000_000_000
const mark = (key: string, request = 'made-up request') => ({idempotency: {key, request}})

const isRefused = (code: ErrorCode) => ({code})

async function collect(points: PointsStore): Promise<PointsRecord[]> {
  const records: PointsRecord[] = []
  for await (const record of points.all()) records.push(record)
  return records
}

async function* iterate(records: readonly PointsRecord[]): AsyncGenerator<PointsRecord> {
  for (const record of records) yield await Promise.resolve(record)
}

const withoutSequence = ({sequence: _sequence, ...record}: PointsRecord) => record

export function describePoints(current: () => StoreUnderTest): void {
  describe('points', () => {
    it('are nothing of nobody at first', async () => {
      const {points} = current().store
      assert.equal(await points.balance('alice'), undefined)
      assert.deepEqual(await points.top(10), [])
      assert.deepEqual(await points.history({limit: 10}), [])
      assert.deepEqual(await points.history({user: 'alice', limit: 10}), [])
      assert.deepEqual(await collect(points), [])
    })

    it('are added, taken away and set, and every instance sees it at once', async () => {
      const {store, other} = current()
      const outcome = {user: 'alice', repeated: false}
      assert.deepEqual(await store.points.change(add(10)), {...outcome, points: 10, change: 10})
      assert.equal(await other.points.balance('alice'), 10)
      assert.deepEqual(await other.points.change(add(-4)), {...outcome, points: 6, change: -4})
      assert.equal(await store.points.balance('alice'), 6)
      assert.deepEqual(await store.points.change(set(100)), {...outcome, points: 100, change: 94})
      assert.deepEqual(await other.points.change(set(0)), {...outcome, points: 0, change: -100})
      assert.equal(await store.points.balance('alice'), 0)
    })

    it('are of each user alone, whatever the name', async () => {
      const {store, other} = current()
      const names = ['alice', 'al', '__proto__', 'constructor', 'ünïcödé 🦩', '{p}top', 'a:b/c d', '42', '-', '"\\']
      for (const [index, user] of names.entries()) await store.points.change(add(index + 1, {user}))
      for (const [index, user] of names.entries()) assert.equal(await other.points.balance(user), index + 1, user)
    })

    it('never fall below zero unless that is allowed, and a change that is refused leaves no trace', async () => {
      const {store, other} = current()
      await store.points.change(add(5))
      await assert.rejects(store.points.change(add(-6)), isRefused('points-insufficient'))
      await assert.rejects(other.points.change(set(-1)), isRefused('points-insufficient'))
      await assert.rejects(other.points.change(add(-1, {user: 'nobody'})), isRefused('points-insufficient'))
      assert.equal(await other.points.balance('alice'), 5)
      assert.equal(await other.points.balance('nobody'), undefined)
      assert.equal((await collect(store.points)).length, 1)
      assert.equal((await store.points.change(add(-6, {floor: -MAX_POINTS}))).points, -1)
      assert.equal((await store.points.change(set(-9, {floor: -MAX_POINTS}))).points, -9)
    })

    it('rise from below zero without leave', async () => {
      const {points} = current().store
      await points.change(add(-10, {floor: -MAX_POINTS}))
      assert.equal((await points.change(add(3))).points, -7)
      await assert.rejects(points.change(add(-1)), isRefused('points-insufficient'))
      assert.equal((await points.change(set(-2))).points, -2)
      assert.equal((await points.change(add(0))).points, -2)
    })

    it('are exact at both ends of what is counted, and refused beyond them', async () => {
      const {store, other} = current()
      for (const sign of [1, -1]) {
        const user = `end ${String(sign)}`
        const parts = {user, floor: -MAX_POINTS}
        assert.equal((await store.points.change(add(sign * (MAX_POINTS - 2), parts))).points, sign * (MAX_POINTS - 2))
        assert.equal((await other.points.change(add(sign, parts))).points, sign * (MAX_POINTS - 1))
        await assert.rejects(other.points.change(add(2 * sign, parts)), isRefused('points-out-of-range'))
        await assert.rejects(other.points.change(add(sign * MAX_POINTS, parts)), isRefused('points-out-of-range'))
        assert.equal((await store.points.change(add(sign, parts))).points, sign * MAX_POINTS)
        await assert.rejects(store.points.change(add(sign, parts)), isRefused('points-out-of-range'))
        assert.equal(await other.points.balance(user), sign * MAX_POINTS)
        // From one end to the other is further than one change can say.
        await assert.rejects(store.points.change(set(-sign * MAX_POINTS, parts)), isRefused('points-out-of-range'))
        assert.equal((await store.points.change(add(-sign * MAX_POINTS, parts))).points, 0)
      }
      const changes = (await collect(store.points)).map(({change}) => change)
      const up = [MAX_POINTS - 2, 1, 1, -MAX_POINTS]
      assert.deepEqual(changes, [...up, ...up.map((change) => -change)])
    })

    it('are kept with who changed them, when and why', async () => {
      const {store, other} = current()
      await store.points.change(add(10, {by: 'madeup01', why: 'won “the” raid \\o/ 🦩', at: AT}))
      await store.points.change(add(-3, {at: AT + 1, ...mark('key')}))
      const records = await collect(other.points)
      assert.deepEqual(records.map(withoutSequence), [
        {user: 'alice', change: 10, points: 10, at: AT, by: 'madeup01', why: 'won “the” raid \\o/ 🦩'},
        {user: 'alice', change: -3, points: 7, at: AT + 1, ...mark('key')},
      ])
      assert.deepEqual(await other.points.history({user: 'alice', limit: 10}), records.toReversed())
      assert.deepEqual(await other.points.history({limit: 10}), records.toReversed())
    })

    it('have a history that is read page by page, of one user and of all', async () => {
      const {store, other} = current()
      for (let i = 0; i < 12; i += 1)
        await store.points.change(add(1, {user: i % 3 === 0 ? 'bob' : 'alice', at: AT + i}))
      const all = (await collect(other.points)).reverse()
      for (const user of ['alice', 'bob', undefined]) {
        const expected = all.filter((record) => user === undefined || record.user === user)
        const pages: PointsRecord[] = []
        for (let before = Number.MAX_SAFE_INTEGER; ;) {
          const page = await other.points.history({...(user !== undefined && {user}), limit: 5, before})
          pages.push(...page)
          const last = page.at(-1)
          if (last === undefined) break
          before = last.sequence
        }
        assert.deepEqual(pages, expected)
      }
      // Also from the change of somebody else on.
      const [newest] = all
      assert.deepEqual(
        await store.points.history({user: 'bob', limit: 1, before: newest?.sequence ?? 0}),
        all.filter(({user}) => user === 'bob').slice(0, 1),
      )
      assert.deepEqual(await store.points.history({user: 'nobody', limit: 5}), [])
      assert.deepEqual(await store.points.history({user: 'bob', limit: 5, before: 0}), [])
    })

    it('have a top, equal ones in the order of their names', async () => {
      const {store, other} = current()
      const balances = {carol: 5, bob: 7, alice: 5, dave: 0, '🦩': 5, '\uFF21': 5, erin: -2}
      for (const [user, points] of Object.entries(balances)) {
        await store.points.change(add(points, {user, floor: -MAX_POINTS}))
      }
      const order = ['bob', 'alice', 'carol', '\uFF21', '🦩', 'dave', 'erin']
      assert.deepEqual(
        (await other.points.top(10)).map(({user}) => user),
        order,
      )
      assert.deepEqual(await other.points.top(3), [
        {user: 'bob', points: 7},
        {user: 'alice', points: 5},
        {user: 'carol', points: 5},
      ])
      await other.points.change(add(-7, {user: 'bob'}))
      assert.deepEqual((await store.points.top(1))[0], {user: 'alice', points: 5})
      assert.deepEqual((await store.points.top(10)).at(-2), {user: 'dave', points: 0})
    })

    it('are changed by many at once, and nothing is lost', async () => {
      const {store, other} = current()
      const outcomes = await Promise.all(
        Array.from({length: 60}, (_, i) => (i % 2 === 0 ? store : other).points.change(add(1))),
      )
      assert.deepEqual(
        outcomes.map(({points}) => points).sort((a, b) => a - b),
        Array.from({length: 60}, (_, i) => i + 1),
      )
      const sequences = (await collect(store.points)).map(({sequence}) => sequence)
      assert.equal(new Set(sequences).size, 60)
      assert.deepEqual(
        sequences,
        sequences.toSorted((a, b) => a - b),
      )
    })

    it('let one of two take the last of them', async () => {
      const {store, other} = current()
      await store.points.change(add(5))
      const ends = await Promise.allSettled([store.points.change(add(-4)), other.points.change(add(-4))])
      assert.deepEqual(ends.map(({status}) => status).sort(), ['fulfilled', 'rejected'])
      assert.equal(await store.points.balance('alice'), 1)
    })

    describe('under an idempotency key', () => {
      it('count a repeated request once and answer it as the first time', async () => {
        const {store, other} = current()
        const first = await store.points.change(add(10, mark('key')))
        await store.points.change(add(5))
        assert.deepEqual(await other.points.change(add(10, mark('key'))), {...first, repeated: true})
        assert.deepEqual(await store.points.change(add(10, mark('key'))), {...first, repeated: true})
        assert.equal(await other.points.balance('alice'), 15)
        assert.equal((await collect(store.points)).length, 2)
      })

      it('count two at the same moment once, in one instance and in two', async () => {
        const {store, other} = current()
        const ends = await Promise.all(
          [store, store, other, other].map(({points}) => points.change(add(10, mark('key')))),
        )
        assert.deepEqual(
          ends.map(({points}) => points),
          [10, 10, 10, 10],
        )
        assert.deepEqual(ends.map(({repeated}) => repeated).sort(), [false, true, true, true])
        assert.equal(await store.points.balance('alice'), 10)
      })

      it('refuse another request, and change nothing', async () => {
        const {store, other} = current()
        await store.points.change(add(10, mark('key', 'one')))
        await assert.rejects(other.points.change(add(11, mark('key', 'other'))), isRefused('idempotency-key-reused'))
        assert.equal(await store.points.balance('alice'), 10)
      })

      it('are those of each API token, and of the terminal', async () => {
        const {store, other} = current()
        for (const by of [undefined, 'madeup01', 'madeup02']) await store.points.change(add(10, {by, ...mark('key')}))
        assert.equal(await other.points.balance('alice'), 30)
        assert.equal((await other.points.change(add(10, {by: 'madeup02', ...mark('key')}))).repeated, true)
      })

      it('are recognised for 24 hours', async () => {
        const {store, other} = current()
        await store.points.change(add(10, {at: AT, ...mark('key')}))
        await current().agePoints(IDEMPOTENCY_MS - MINUTE_MS)
        const late = {at: AT + IDEMPOTENCY_MS - 1, ...mark('key')}
        assert.equal((await other.points.change(add(10, late))).repeated, true)
        await current().agePoints(MINUTE_MS)
        const later = {at: AT + IDEMPOTENCY_MS, ...mark('key', 'another')}
        assert.equal((await other.points.change(add(10, later))).repeated, false)
        assert.equal((await store.points.change(add(10, later))).repeated, true)
        assert.equal(await store.points.balance('alice'), 20)
      })

      it('judge a request that was refused anew', async () => {
        const {points} = current().store
        await assert.rejects(points.change(add(-10, mark('key'))), isRefused('points-insufficient'))
        await points.change(add(10))
        assert.deepEqual(await points.change(add(-10, mark('key'))), {
          user: 'alice',
          points: 0,
          change: -10,
          repeated: false,
        })
      })
    })

    describe('of another ledger', () => {
      const RECORDS: PointsRecord[] = [
        {sequence: 3, user: 'alice', change: 10, points: 10, at: AT, by: 'madeup01', why: 'raid'},
        {sequence: 4, user: 'bob', change: MAX_POINTS, points: MAX_POINTS, at: AT + 1, ...mark('key')},
        {sequence: 9, user: 'alice', change: -25, points: -15, at: AT + 2},
      ]

      it('are taken over with history and idempotency keys', async () => {
        const {store, other} = current()
        await store.points.take(iterate(RECORDS))
        assert.deepEqual(await collect(other.points), RECORDS)
        assert.deepEqual(await other.points.history({user: 'alice', limit: 9}), [RECORDS[2], RECORDS[0]])
        assert.equal(await other.points.balance('alice'), -15)
        assert.deepEqual((await other.points.top(1))[0], {user: 'bob', points: MAX_POINTS})
        const repeated = await other.points.change(set(0, {user: 'bob', at: AT + 5, ...mark('key')}))
        assert.deepEqual(repeated, {user: 'bob', points: MAX_POINTS, change: MAX_POINTS, repeated: true})
        await other.points.change(add(1))
        assert.ok(((await store.points.history({limit: 1}))[0]?.sequence ?? 0) > 9)
      })

      it('are taken over once, whatever came of the first attempt', async () => {
        const {store, other} = current()
        await store.points.take(iterate(RECORDS.slice(0, 2)))
        await other.points.take(iterate(RECORDS))
        await store.points.take(iterate(RECORDS))
        assert.deepEqual(await collect(other.points), RECORDS)
      })

      it('are refused where a balance does not follow', async () => {
        const {store, other} = current()
        const [first, ...rest] = RECORDS
        assert.ok(first)
        const records = [first, ...rest.map((record) => ({...record, points: record.points - 1}))]
        await assert.rejects(store.points.take(iterate(records)), isRefused('invalid-input'))
        assert.equal(await other.points.balance('bob'), undefined)
      })
    })
  })
}
