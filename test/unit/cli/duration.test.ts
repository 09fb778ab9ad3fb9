import assert from 'node:assert/strict'

import {formatDuration, parseDuration} from '../../../src/cli/duration.js'
import {BehalfError} from '../../../src/model/behalf-error.js'

describe('parseDuration', () => {
  const spans: [string, number][] = [
    ['0s', 0],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['90d', 7_776_000_000],
    ['1D2H3M4S', 93_784_000],
    [' 5m ', 300_000],
    ['3650d', 315_360_000_000],
  ]
  for (const [text, spanMs] of spans) {
    it(`reads ${JSON.stringify(text)}`, () => {
      assert.equal(parseDuration(text), spanMs)
    })
  }

  for (const text of [
    '',
    ' ',
    '5',
    'm',
    '-5m',
    '1.5h',
    '30m1h',
    '5m5m',
    '5 m',
    'forever',
    '3651d',
    '999999999999d',
    '٣m',
  ]) {
    it(`refuses ${JSON.stringify(text)} and says how to write it`, () => {
      assert.throws(
        () => parseDuration(text),
        (error) => error instanceof BehalfError && error.code === 'invalid-input' && /90d|3650d/.test(error.hint ?? ''),
      )
    })
  }
})

describe('formatDuration', () => {
  const spans: [number, string][] = [
    [-1, '0s'],
    [999, '0s'],
    [45_000, '45s'],
    [60_000, '1m'],
    [61_000, '1m1s'],
    [3_600_000, '1h'],
    [11_520_000, '3h12m'],
    [3_605_000, '1h'],
    [90_000_000, '1d1h'],
    [7_776_000_000, '90d'],
  ]
  for (const [spanMs, text] of spans) {
    it(`writes ${String(spanMs)} ms as ${text}`, () => {
      assert.equal(formatDuration(spanMs), text)
    })
  }
})
