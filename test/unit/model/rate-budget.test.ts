import assert from 'node:assert/strict'

import fc from 'fast-check'

import {
  EMPTY_BUDGET,
  settlePoint,
  takePoint,
  type RateBudget,
  type RateOutcome,
  type RateReading,
  type RateTicket,
} from '../../../src/model/rate-budget.js'
import {MINUTE_MS, SECOND_MS} from '../../../src/model/time.js'

const NOW = 1_800_000_000_000

/** A budget with its own clock, and the shortest words for what is done with it. */
function makeBudget(start: RateBudget = EMPTY_BUDGET) {
  let budget = start
  const scene = {
    now: NOW,
    get budget() {
      return budget
    },
    /** Milliseconds to wait; 0 when the point was taken. */
    take(): RateTicket | number {
      const taking = takePoint(budget, scene.now)
      budget = taking.budget
      return taking.kind === 'taken' ? taking.ticket : taking.waitMs
    },
    takeOne(): RateTicket {
      const taken = scene.take()
      assert.ok(typeof taken === 'object', 'a point was to be there')
      return taken
    },
    settle(ticket: RateTicket, outcome: RateOutcome) {
      budget = settlePoint(budget, ticket, outcome, scene.now)
    },
    /** How many can be taken now. */
    drain(): number {
      let count = 0
      while (typeof scene.take() === 'object') count += 1
      return count
    },
  }
  return scene
}

const reading = (remaining: number, parts: Partial<RateReading> = {}): RateReading => ({
  limit: 800,
  remaining,
  exhausted: false,
  ...parts,
})

describe('a rate budget', () => {
  describe('of which nothing is known', () => {
    it('gives one point, and no other until that one is answered', () => {
      const scene = makeBudget()
      const ticket = scene.takeOne()
      assert.equal(scene.take(), 20)
      scene.settle(ticket, reading(799))
      assert.equal(scene.drain(), 799)
    })

    it('gives another point when the first is not answered for five seconds', () => {
      const scene = makeBudget()
      scene.takeOne()
      scene.now += 5 * SECOND_MS - 1
      assert.equal(scene.take(), 20)
      scene.now += 1
      assert.ok(typeof scene.take() === 'object')
    })

    it('gives another point at once when the first was lost, was not sent, or said nothing', () => {
      for (const outcome of ['unknown', 'unsent'] as const) {
        const scene = makeBudget()
        scene.settle(scene.takeOne(), outcome)
        scene.takeOne()
        assert.equal(scene.take(), 20)
      }
    })

    it('gives points without end for an API that does not count, until it does', () => {
      const scene = makeBudget()
      scene.settle(scene.takeOne(), 'uncounted')
      const tickets = Array.from({length: 3}, () => scene.takeOne())
      scene.settle(tickets[0] ?? assert.fail(), reading(10, {limit: 10}))
      assert.equal(scene.drain(), 8)
    })
  })

  describe('that is known', () => {
    function makeKnown(remaining: number, parts: Partial<RateReading> = {}) {
      const scene = makeBudget()
      scene.settle(scene.takeOne(), reading(remaining, parts))
      return scene
    }

    it('gives what is left and then says how long the next point takes', () => {
      const scene = makeKnown(2, {limit: 60})
      assert.equal(scene.drain(), 2)
      assert.equal(scene.take(), SECOND_MS)
      scene.now += SECOND_MS - 10
      assert.ok(Number(scene.take()) >= 10)
      scene.now += 11
      scene.takeOne()
    })

    it('never holds more than the limit', () => {
      const scene = makeKnown(799)
      scene.now += 60 * MINUTE_MS
      assert.equal(scene.drain(), 800)
    })

    it('counts what is under way as used, for the API may not have counted it yet', () => {
      const scene = makeKnown(100)
      const [first] = Array.from({length: 4}, () => scene.takeOne())
      scene.settle(first ?? assert.fail(), reading(50))
      assert.equal(scene.drain(), 50 - 3)
    })

    it('believes an answer that there is more only if nothing else was under way', () => {
      const alone = makeKnown(10)
      alone.settle(alone.takeOne(), reading(500))
      assert.equal(alone.drain(), 500)

      const together = makeKnown(10)
      const [first, second] = [together.takeOne(), together.takeOne()]
      // The second is answered first: what the first one says was true before.
      together.settle(second, reading(8))
      together.settle(first, reading(500))
      assert.ok(together.drain() <= 8)
    })

    it('gives a point back that was not sent, and not one that was lost', () => {
      const scene = makeKnown(5, {limit: 10})
      scene.settle(scene.takeOne(), 'unsent')
      scene.settle(scene.takeOne(), 'unknown')
      assert.equal(scene.drain(), 4)
    })

    it('gives nothing before the time that a 429 names, and everything then', () => {
      const scene = makeKnown(5)
      scene.settle(scene.takeOne(), reading(0, {exhausted: true, fullInMs: 12 * SECOND_MS}))
      assert.equal(scene.take(), 12 * SECOND_MS)
      scene.now += 12 * SECOND_MS - 1
      assert.equal(scene.take(), 1)
      scene.now += 1
      assert.ok(scene.drain() > 700 * (12 / 61))
    })

    it('waits a second after a 429 that names no time, or a time that is over', () => {
      for (const parts of [{}, {fullInMs: 0}]) {
        const scene = makeKnown(5)
        scene.settle(scene.takeOne(), reading(0, {exhausted: true, ...parts}))
        assert.equal(scene.take(), SECOND_MS)
      }
    })

    it('learns from a bucket that is half empty how slowly it fills', () => {
      const scene = makeKnown(0, {limit: 600, fullInMs: 119 * SECOND_MS})
      scene.now += 2 * SECOND_MS
      assert.equal(scene.drain(), 10)
      const full = makeKnown(301, {limit: 600, fullInMs: 119 * SECOND_MS})
      full.drain()
      full.now += 2 * SECOND_MS
      assert.equal(full.drain(), 20)
    })

    it('forgets requests that are not answered for 65 s', () => {
      const scene = makeKnown(800)
      scene.takeOne()
      scene.now += 65 * SECOND_MS
      scene.settle(scene.takeOne(), reading(800))
      assert.deepEqual(scene.budget.taken, [])
    })

    it('outlives a clock that is set back or forth', () => {
      for (const jumpMs of [-24 * 60 * MINUTE_MS, 24 * 60 * MINUTE_MS]) {
        const scene = makeKnown(5)
        scene.settle(scene.takeOne(), reading(0, {exhausted: true, fullInMs: 30 * SECOND_MS}))
        scene.now += jumpMs
        const wait = scene.take()
        assert.ok(typeof wait === 'object' || wait < MINUTE_MS, 'it waits too long')
      }
    })
  })

  it('is never above the bucket, however requests and answers overtake one another', () => {
    const step = fc.record({
      act: fc.constantFrom('take', 'take', 'take', 'arrive', 'arrive', 'answer', 'answer', 'lose', 'wait'),
      pick: fc.nat(50),
      ms: fc.nat(5000),
    })
    fc.assert(
      fc.property(
        fc.integer({min: 2, max: 40}),
        // How full the bucket is at first: someone else has used it.
        fc.double({min: 0, max: 1, noNaN: true}),
        fc.array(step, {maxLength: 300}),
        (limit, part, steps) => {
          const story = tellStory(limit, Math.max(1, limit * part))
          for (const {act, pick, ms} of steps) story[act](pick, ms)
          assert.equal(story.refused, 0)
        },
      ),
      {numRuns: 2000},
    )
  })
})

/** Processes that heed one budget, and the bucket itself, which fills as it says. */
function tellStory(limit: number, points: number) {
  const scene = makeBudget()
  const bucket = {points, at: NOW}
  let flying: RateTicket[] = []
  const answered: {ticket: RateTicket; outcome: RateReading}[] = []

  function arriveAtBucket(ticket: RateTicket): void {
    const held = Math.min(limit, bucket.points + ((scene.now - bucket.at) * limit) / MINUTE_MS)
    const isAllowed = held >= 1 - 1e-9
    if (!isAllowed) story.refused += 1
    Object.assign(bucket, {points: isAllowed ? held - 1 : held, at: scene.now})
    const fullInMs = Math.ceil(((limit - bucket.points) * 60) / limit) * SECOND_MS
    const outcome = {limit, remaining: Math.floor(bucket.points + 1e-9), fullInMs, exhausted: !isAllowed}
    answered.push({ticket, outcome})
  }
  const story = {
    refused: 0,
    take() {
      const taken = scene.take()
      if (typeof taken === 'object') flying.push(taken)
    },
    arrive(pick: number) {
      flying.splice(pick % Math.max(flying.length, 1), 1).forEach(arriveAtBucket)
    },
    answer(pick: number) {
      const [next] = answered.splice(pick % Math.max(answered.length, 1), 1)
      if (next) scene.settle(next.ticket, next.outcome)
    },
    /** The process is killed: nothing settles what it took, and what has left it may still arrive. */
    lose(pick: number) {
      answered.splice(pick % Math.max(answered.length, 1), 1)
    },
    wait(_pick: number, ms: number) {
      scene.now += ms
      // Requests end after a minute, one way or the other.
      flying = flying.filter(({takenAt}) => scene.now - takenAt < MINUTE_MS)
    },
  }
  // The first answer tells how large the bucket is.
  story.take()
  story.arrive(0)
  story.answer(0)
  return story
}
