import assert from 'node:assert/strict'

import {parseDuration} from '../../../src/cli/duration.js'
import {spellDuration} from '../../../src/model/format-duration.js'
import {DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS} from '../../../src/model/time.js'

describe('spellDuration', () => {
  const spans: [number, string][] = [
    [0, '0s'],
    [1, '1s'],
    [90 * DAY_MS, '90d'],
    [HOUR_MS + 30 * MINUTE_MS, '1h30m'],
    [DAY_MS + 2 * SECOND_MS, '1d2s'],
  ]
  for (const [spanMs, text] of spans) {
    it(`writes ${text}, as flags take it`, () => {
      assert.equal(spellDuration(spanMs), text)
      assert.equal(parseDuration(text), Math.ceil(spanMs / SECOND_MS) * SECOND_MS)
    })
  }
})
