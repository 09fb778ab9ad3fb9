import assert from 'node:assert/strict'

import {elapsedMs, type Moment} from '../../../src/model/time.js'

const START: Moment = {wallMs: 1_800_000_000_000, monotonicMs: 5000, bootId: 'boot-1'}

describe('elapsedMs', () => {
  const cases: [string, Partial<Moment>, number][] = [
    ['is nothing at the same moment', {}, 0],
    ['is what both clocks say', {wallMs: START.wallMs + 700, monotonicMs: 5700}, 700],
    ['takes the wall clock after a sleep, in which the other stood still', {wallMs: START.wallMs + 9000}, 9000],
    [
      'takes the monotonic clock when the wall clock was set back',
      {wallMs: START.wallMs - 3_600_000, monotonicMs: 5300},
      300,
    ],
    ['does not compare monotonic clocks of two boots', {monotonicMs: 9_999_999, bootId: 'boot-2'}, 0],
    ['is never negative', {wallMs: START.wallMs - 1, monotonicMs: 4999}, 0],
  ]
  for (const [outcome, later, expected] of cases) {
    it(outcome, () => assert.equal(elapsedMs(START, {...START, ...later}), expected))
  }
})
