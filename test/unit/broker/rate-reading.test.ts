import assert from 'node:assert/strict'

import {readRate, readRetryAfter} from '../../../src/broker/rate-reading.js'
import {MINUTE_MS, SECOND_MS} from '../../../src/model/time.js'

const NOW = 1_800_000_000_000
const NOW_SECONDS = NOW / SECOND_MS

const answer = (headers: Record<string, string>, status = 200) => ({
  status,
  statusText: '',
  headers: Object.entries(headers),
  body: '',
  tokenRefused: false,
})
const FULL = {'Ratelimit-Limit': '800', 'Ratelimit-Remaining': '799', 'Ratelimit-Reset': String(NOW_SECONDS + 1)}

describe('readRate', () => {
  it('reads limit, rest and the time until the bucket is full, whatever the case of the names', () => {
    const headers = {'RATELIMIT-limit': '800', 'ratelimit-REMAINING': '0', 'Ratelimit-reset': String(NOW_SECONDS + 60)}
    assert.deepEqual(readRate(answer(headers), NOW), {
      limit: 800,
      remaining: 0,
      exhausted: false,
      fullInMs: MINUTE_MS,
    })
  })

  it('counts the time from the Date of the answer', () => {
    for (const aheadMs of [-90 * MINUTE_MS, 90 * MINUTE_MS]) {
      const headers = {
        ...FULL,
        Date: new Date(NOW + aheadMs).toUTCString(),
        'Ratelimit-Reset': String((NOW + aheadMs) / SECOND_MS + 7),
      }
      assert.equal(readRate(answer(headers), NOW)?.fullInMs, 7000)
    }
  })

  const odd: [string, string, number | undefined][] = [
    ['is over', String(NOW_SECONDS - 5), 0],
    ['is in five minutes', String(NOW_SECONDS + 300), 5 * MINUTE_MS],
    ['is later than any bucket takes', String(NOW_SECONDS + 301), undefined],
    ['is no number', 'soon', undefined],
    ['is a delay', '60', 0],
  ]
  for (const [what, reset, expected] of odd) {
    it(`takes a reset that ${what} for ${String(expected)} ms`, () => {
      assert.equal(readRate(answer({...FULL, 'Ratelimit-Reset': reset}), NOW)?.fullInMs, expected)
    })
  }

  it('knows nothing without limit or rest, or with ones that make no sense', () => {
    const {'Ratelimit-Limit': _limit, ...withoutLimit} = FULL
    const {'Ratelimit-Remaining': _remaining, ...withoutRest} = FULL
    assert.equal(readRate(answer(withoutLimit), NOW), undefined)
    assert.equal(readRate(answer(withoutRest), NOW), undefined)
    for (const limit of ['0', '-1', '', '1e3', '8.5']) {
      assert.equal(readRate(answer({...FULL, 'Ratelimit-Limit': limit}), NOW), undefined)
    }
  })

  it('never has more left than there can be', () => {
    assert.equal(readRate(answer({...FULL, 'Ratelimit-Remaining': '900'}), NOW)?.remaining, 800)
  })

  it('tells a 429 of an empty bucket from others', () => {
    assert.equal(readRate(answer({...FULL, 'Ratelimit-Remaining': '0'}, 429), NOW)?.exhausted, true)
    assert.equal(readRate(answer({...FULL, 'Ratelimit-Remaining': '1'}, 429), NOW)?.exhausted, false)
    assert.equal(readRate(answer({...FULL, 'Ratelimit-Remaining': '0'}, 200), NOW)?.exhausted, false)
  })
})

describe('readRetryAfter', () => {
  it('reads seconds, and no date', () => {
    assert.equal(readRetryAfter(answer({'retry-after': '7'})), 7000)
    assert.equal(readRetryAfter(answer({'Retry-After': 'Fri, 15 Jan 2027 08:00:00 GMT'})), undefined)
    assert.equal(readRetryAfter(answer({})), undefined)
  })
})
