import assert from 'node:assert/strict'

import {callHelix} from '../../../src/broker/call-helix.js'
import type {HelixInput} from '../../../src/broker/plan-helix-call.js'
import type {Pace} from '../../../src/broker/send-paced.js'
import {BehalfError} from '../../../src/model/behalf-error.js'
import {UnsentRequest} from '../../../src/model/helix-call.js'
import {MINUTE_MS, SECOND_MS} from '../../../src/model/time.js'
import {makeHelixScene, type HelixScene, type ScriptedAnswer} from '../../support/helix-scene.js'
import {until} from '../../support/until.js'

describe('sendPaced', () => {
  let scene: HelixScene
  let startMs: number
  afterEach(() => scene.dispose())

  async function begin(options: {autoAdvance?: boolean} = {}): Promise<void> {
    scene = await makeHelixScene(options)
    startMs = scene.clock.now()
  }
  beforeEach(() => begin())

  const call = (pace: Pace = {}, input: Partial<HelixInput> = {}) =>
    callHelix(scene.deps, {method: 'GET', path: 'users', query: [], ...input}, pace)
  /** When each call was made. */
  const times = () => scene.calls.map(({atMs}) => atMs - startMs)

  function rate(remaining: number, options: {limit?: number; resetInMs?: number} = {}): Record<string, string> {
    const {limit = 60, resetInMs = ((limit - remaining) * MINUTE_MS) / limit} = options
    const now = scene.clock.now()
    return {
      Date: new Date(now).toUTCString(),
      'Ratelimit-Limit': String(limit),
      'Ratelimit-Remaining': String(remaining),
      'Ratelimit-Reset': String(Math.ceil((now + resetInMs) / SECOND_MS)),
    }
  }
  const answers = (...list: (() => ScriptedAnswer)[]): void => {
    scene.answer = () => (list.length > 1 ? list.shift() : list[0])?.() ?? {}
  }

  describe('keeps within the budget', () => {
    it('of a bucket that is empty: it waits for the next point', async () => {
      answers(() => ({headers: rate(0)}))
      await call()
      await call()
      // A point a second; what the headers say in whole seconds is taken as a second longer.
      assert.deepEqual(times(), [0, 1017])
    })

    it('of all who use the store', async () => {
      answers(() => ({headers: rate(0)}))
      await call()
      const other = await scene.openAgain()
      await callHelix({...other, helix: scene.deps.helix}, {method: 'GET', path: 'users', query: []})
      assert.deepEqual(times(), [0, 1017])
    })

    const apart: [string, Partial<HelixInput>, Partial<HelixInput>][] = [
      ['each user', {}, {as: 'techydrroid'}],
      ['chat messages', {method: 'POST', path: 'chat/messages'}, {method: 'POST', path: 'chat/announcements'}],
    ]
    for (const [whose, one, other] of apart) {
      it(`of ${whose} apart`, async () => {
        answers(() => ({headers: rate(0)}))
        await call({}, {...one, check: false})
        await call({}, {...other, check: false})
        assert.deepEqual(times(), [0, 0])
      })
    }

    it('and does not wait at all where the API does not count', async () => {
      answers(() => ({}))
      await Promise.all([call(), call(), call()])
      assert.ok((times().at(-1) ?? Infinity) < 100)
    })

    it('and sends nothing when that would take longer than it may', async () => {
      answers(() => ({headers: rate(0, {limit: 1})}))
      await call()
      await assert.rejects(call({maxWaitMs: 10 * SECOND_MS}), (error: BehalfError) => {
        assert.equal(error.code, 'unavailable')
        assert.equal(error.message, 'Twitch’s rate limit is used up for another 61 s; nothing was sent.')
        assert.equal(error.hint, 'Wait, or let it wait: --max-wait 61s')
        return true
      })
      assert.equal(scene.calls.length, 1)
    })

    it('and gives the point back of a call that reached nobody', async () => {
      answers(
        () => ({headers: rate(1)}),
        () => ({error: new BehalfError('unavailable', 'made-up', {cause: new UnsentRequest()})}),
        () => ({headers: rate(0)}),
      )
      await call()
      await assert.rejects(call(), {code: 'unavailable'})
      await call()
      assert.deepEqual(times(), [0, 0, 0])
    })
  })

  describe('after a 429', () => {
    const exhausted = () => ({status: 429, headers: rate(0, {resetInMs: 12 * SECOND_MS})})

    it('of an empty bucket, waits until it is full and calls again, and tells of it', async () => {
      const waits: number[] = []
      answers(exhausted, () => ({headers: rate(59)}))
      const {answer} = await call({onWait: (ms) => waits.push(ms)})
      assert.equal(answer.status, 200)
      assert.deepEqual([times(), waits], [[0, 12_000], [12_000]])
    })

    it('goes by the API’s clock, and not by ours', async () => {
      const apiIsAheadMs = 3 * 60 * MINUTE_MS
      answers(
        () => {
          const now = scene.clock.now() + apiIsAheadMs
          const reset = {'Ratelimit-Reset': String((now + 12_000) / SECOND_MS), Date: new Date(now).toUTCString()}
          return {status: 429, headers: {...rate(0), ...reset}}
        },
        () => ({headers: rate(59)}),
      )
      await call()
      assert.deepEqual(times(), [0, 12_000])
    })

    it('waits as long as it may in all, and then gives the answer', async () => {
      answers(exhausted)
      const {answer} = await call({maxWaitMs: 34 * SECOND_MS})
      assert.equal(answer.status, 429)
      assert.deepEqual(times(), [0, 12_000, 24_000])
    })

    it('waits for a whole minute by itself, although the headers make a second more of it', async () => {
      answers(
        () => ({status: 429, headers: rate(0, {resetInMs: MINUTE_MS + 1})}),
        () => ({headers: rate(59)}),
      )
      assert.equal((await call()).answer.status, 200)
      assert.deepEqual(times(), [0, 61_000])
    })

    it('waits not at all if it may not', async () => {
      answers(exhausted)
      const {answer} = await call({maxWaitMs: 0})
      assert.deepEqual([answer.status, times()], [429, [0]])
    })

    const others: [string, () => Record<string, string>, number][] = [
      ['with points left', () => rate(40), 2000],
      ['without a word of a bucket', () => ({}), 2000],
      ['with a Retry-After', () => ({'Retry-After': '7'}), 7000],
    ]
    for (const [what, headers, pauseMs] of others) {
      it(`${what}, pauses a little and tries once more`, async () => {
        answers(() => ({status: 429, headers: headers()}))
        const {answer} = await call({}, {method: 'POST'})
        assert.equal(answer.status, 429)
        assert.deepEqual(times(), [0, pauseMs])
      })
    }

    it('ends at once when it is interrupted', async () => {
      await scene.dispose()
      await begin({autoAdvance: false})
      const stop = new AbortController()
      answers(exhausted)
      const calling = call({signal: stop.signal})
      await until('it waits', () => scene.clock.sleeping === 1)
      stop.abort(new BehalfError('interrupted', 'Interrupted.'))
      await assert.rejects(calling, {code: 'interrupted'})
      assert.equal(scene.calls.length, 1)
    })
  })

  describe('after a 503', () => {
    for (const method of ['GET', 'POST'] as const) {
      it(`of a ${method}, tries once more, although it may not wait`, async () => {
        answers(
          () => ({status: 503}),
          () => ({status: 200}),
        )
        const {answer} = await call({maxWaitMs: 0}, {method})
        assert.deepEqual([answer.status, times()], [200, [0, 500]])
      })
    }

    it('and another one, gives that', async () => {
      answers(() => ({status: 503}))
      const {answer} = await call()
      assert.deepEqual([answer.status, scene.calls.length], [503, 2])
    })

    it('and then a token that is refused, refreshes nothing for the 503', async () => {
      answers(
        () => ({status: 503}),
        () => ({status: 404}),
      )
      assert.equal((await call()).answer.status, 404)
    })
  })

  it('tries other failures no second time', async () => {
    for (const status of [400, 404, 500, 502, 504]) {
      answers(() => ({status}))
      await call()
    }
    assert.equal(scene.calls.length, 5)
  })
})
