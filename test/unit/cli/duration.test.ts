import assert from 'node:assert/strict'

import {parseDuration} from '../../../src/cli/duration.js'
import {BehalfError} from '../../../src/model/behalf-error.js'
import {formatBriefly, formatDuration} from '../../../src/model/format-duration.js'

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
    [-1, '0 s'],
    [999, '0 s'],
    [45_000, '45 s'],
    [60_000, '1 min'],
    [61_000, '1 min 1 s'],
    [3_600_000, '1 h'],
    [11_520_000, '3 h 12 min'],
    [3_605_000, '1 h'],
    [90_000_000, '1 d 1 h'],
    [7_776_000_000, '90 d'],
  ]
  for (const [spanMs, text] of spans) {
    it(`writes ${String(spanMs)} ms as ${text}`, () => {
      assert.equal(formatDuration(spanMs), text)
    })
  }
})

describe('formatBriefly', () => {
  it('writes the largest unit alone', () => {
    assert.equal(formatBriefly(11_520_000), '3 h')
    assert.equal(formatBriefly(3_599_999), '59 min')
    assert.equal(formatBriefly(0), '0 s')
  })
})
