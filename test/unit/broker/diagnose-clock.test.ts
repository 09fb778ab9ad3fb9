import assert from 'node:assert/strict'

import {diagnoseClock} from '../../../src/broker/diagnose-clock.js'
import {MINUTE_MS, SECOND_MS} from '../../../src/model/time.js'

const NOW = 1_795_000_000_000

describe('diagnoseClock', () => {
  const check = (behindStoreMs: number | undefined, ...aheadMs: number[]) =>
    diagnoseClock(NOW, {
      lastWrittenAt: behindStoreMs === undefined ? undefined : NOW + behindStoreMs,
      offsets: aheadMs.map((ms, index) => ({provider: `provider-${String(index)}`, aheadMs: ms})),
    })

  it('is content within half a minute, and without anything to compare with', () => {
    assert.equal(check(undefined).status, 'ok')
    assert.equal(check(-1000, 30 * SECOND_MS, -30 * SECOND_MS).status, 'ok')
    assert.equal(check(30 * SECOND_MS).status, 'ok')
  })

  it('warns of more, and from five minutes on calls it a problem', () => {
    for (const sign of [1, -1]) {
      assert.equal(check(undefined, sign * 31 * SECOND_MS).status, 'warning')
      assert.equal(check(undefined, sign * (5 * MINUTE_MS - 1)).status, 'warning')
      assert.equal(check(undefined, sign * 5 * MINUTE_MS).status, 'problem')
    }
    assert.equal(check(31 * SECOND_MS).status, 'warning')
    assert.equal(check(5 * MINUTE_MS).status, 'problem')
  })

  it('names the clock that it is furthest from, and which way', () => {
    assert.match(check(undefined, 40_000, -600_000).message, /10 min behind provider-1’s/)
    assert.match(check(undefined, 60_000).message, /60 s ahead of provider-0’s/)
    assert.match(check(3_600_000, 60_000).message, /60 min behind the store’s last write/)
  })
})
