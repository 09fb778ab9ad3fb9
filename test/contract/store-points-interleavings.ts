import assert from 'node:assert/strict'

import fc from 'fast-check'

import {
  MAX_POINTS,
  takePointsStep,
  type PointsOutcome,
  type PointsRecord,
  type PointsRequest,
} from '../../src/model/points.js'
import type {Store} from '../../src/store/store.js'
import {makePointsRequest} from '../support/make-points-request.js'
import type {StoreUnderTest} from './store-harness.js'

const RUNS = process.env.BEHALF_TEST_LONG === '1' ? 1000 : 25
const USERS = ['alice', 'bob']

interface Asked {
  request: PointsRequest
  /** Which of two instances. */
  isOther: boolean
}

type Answer = {request: PointsRequest} & ({outcome: PointsOutcome} | {code: string})

const pointsArbitrary = fc.oneof(
  {weight: 8, arbitrary: fc.integer({min: -20, max: 20})},
  {weight: 1, arbitrary: fc.constantFrom(MAX_POINTS, -MAX_POINTS, MAX_POINTS - 1, 1 - MAX_POINTS)},
)

/** @param number of the run: each has users and idempotency keys of its own. */
const askedArbitrary: fc.Arbitrary<(number: number) => Asked> = fc
  .record({
    user: fc.constantFrom(...USERS),
    kind: fc.constantFrom('add' as const, 'add' as const, 'add' as const, 'set' as const),
    points: pointsArbitrary,
    floor: fc.constantFrom(0, 0, 0, -MAX_POINTS),
    by: fc.constantFrom(undefined, 'madeup01'),
    key: fc.option(fc.constantFrom('one', 'two', 'three'), {nil: undefined}),
    isOther: fc.boolean(),
  })
  .map(({user, kind, points, floor, by, key, isOther}) => (number) => {
    const request = makePointsRequest({user: `${user} ${String(number)}`, step: {kind, points}, floor, by})
    const asked = `${user} ${kind} ${String(points)} ${String(floor)}`
    const idempotency = key === undefined ? undefined : {key: `${key} ${String(number)}`, request: asked}
    return {request: {...request, idempotency}, isOther}
  })

/** Whatever is asked at once, in whichever instance: it is as if one came after the other. */
export function describePointsInterleavings(current: () => StoreUnderTest): void {
  describe('points, however changes of them fall together', function () {
    this.timeout(600_000)

    it('are changed one after the other', async () => {
      const {store, other} = current()
      let number = 0
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(askedArbitrary, {minLength: 1, maxLength: 6}), {maxLength: 5}),
          async (groups) => {
            number += 1
            const made: PointsRecord[] = []
            for (const group of groups) {
              const answers = await askAtOnce(
                store,
                other,
                group.map((make) => make(number)),
              )
              const records = await readNew(store, number, made)
              checkGroup(answers, made, records)
              made.push(...records)
            }
          },
        ),
        {numRuns: RUNS},
      )
    })
  })
}

function askAtOnce(store: Store, other: Store, group: readonly Asked[]): Promise<Answer[]> {
  return Promise.all(
    group.map(({request, isOther}) =>
      (isOther ? other : store).points.change(request).then(
        (outcome) => ({request, outcome}),
        (error: unknown) => ({request, code: String((error as {code?: unknown}).code)}),
      ),
    ),
  )
}

/** What was changed since, in its order. */
async function readNew(store: Store, number: number, known: readonly PointsRecord[]): Promise<PointsRecord[]> {
  const newest = await Promise.all(
    USERS.map((user) => store.points.history({user: `${user} ${String(number)}`, limit: 100})),
  )
  const last = known.at(-1)?.sequence ?? 0
  return newest
    .flat()
    .filter(({sequence}) => sequence > last)
    .sort((a, b) => a.sequence - b.sequence)
}

function checkGroup(
  answers: readonly Answer[],
  before: readonly PointsRecord[],
  records: readonly PointsRecord[],
): void {
  const all = [...before, ...records]
  for (const [index, record] of all.entries()) {
    assert.equal(record.points, balanceAfter(all.slice(0, index), record.user) + record.change)
  }
  const counted = answers.filter((answer) => 'outcome' in answer && !answer.outcome.repeated)
  assert.equal(counted.length, records.length)
  const left = [...records]
  for (const answer of answers) {
    const {request} = answer
    if ('code' in answer) checkRefusal(answer.code, request, before, records)
    else if (answer.outcome.repeated) {
      const record = findKept(all, request)
      assert.ok(record !== undefined && record.idempotency?.request === request.idempotency?.request)
      assert.deepEqual([record.points, record.change], [answer.outcome.points, answer.outcome.change])
    } else {
      const {points, change} = answer.outcome
      const place = left.findIndex(
        (record) => isOf(record, request) && record.points === points && record.change === change,
      )
      assert.ok(place >= 0, 'a change was answered and is not there')
      const [record] = left.splice(place, 1)
      const then = balanceAfter(
        all.slice(
          0,
          all.findIndex(({sequence}) => sequence === record?.sequence),
        ),
        request.user,
      )
      assert.equal(takePointsStep(request.user, then, request), points)
    }
  }
}

/** There was a moment at which it had to be refused. */
function checkRefusal(
  code: string,
  request: PointsRequest,
  before: readonly PointsRecord[],
  records: readonly PointsRecord[],
): void {
  const moments = Array.from({length: records.length + 1}, (_, made) => [...before, ...records.slice(0, made)])
  const reasons = moments.map((made) => {
    const kept = findKept(made, request)
    if (kept !== undefined)
      return kept.idempotency?.request === request.idempotency?.request ? 'none' : 'idempotency-key-reused'
    try {
      takePointsStep(request.user, balanceAfter(made, request.user), request)
      return 'none'
    } catch (error) {
      return String((error as {code?: unknown}).code)
    }
  })
  assert.ok(reasons.includes(code), `${code} was no reason`)
}

const balanceAfter = (records: readonly PointsRecord[], user: string): number =>
  records.findLast((record) => record.user === user)?.points ?? 0

const isOf = (record: PointsRecord, {user, by, idempotency}: PointsRequest): boolean =>
  record.user === user && record.by === by && record.idempotency?.key === idempotency?.key

const findKept = (records: readonly PointsRecord[], {by, idempotency}: PointsRequest): PointsRecord | undefined =>
  idempotency && records.find((record) => record.by === by && record.idempotency?.key === idempotency.key)
