import assert from 'node:assert/strict'

import {BUCKET_MS, createRefreshHistory, noCounts} from '../../../../src/daemon/observe/refresh-history.js'
import {DAY_MS} from '../../../../src/model/time.js'
import {createFakeClock} from '../../../support/fake-clock.js'

describe('the history of refreshes', () => {
  const begin = () => {
    const clock = createFakeClock()
    return {clock, history: createRefreshHistory({clock})}
  }

  it('covers a day in pieces of five minutes, the last of them running', () => {
    const {clock, history} = begin()
    const buckets = history.buckets()
    assert.equal(buckets.length, 288)
    const {since = NaN} = buckets.at(-1) ?? {}
    assert.ok(since <= clock.now() && clock.now() < since + BUCKET_MS)
    assert.equal(since - (buckets[0]?.since ?? NaN), DAY_MS - BUCKET_MS)
  })

  it('counts by outcome, where a refresh was sent or not needed', () => {
    const {history} = begin()
    for (const outcome of ['refreshed', 'refreshed', 'in-doubt', 'login-needed', 'gone', 'constructor']) {
      history.count(outcome)
    }
    assert.deepEqual(history.buckets().at(-1)?.counts, {...noCounts(), refreshed: 2, 'in-doubt': 1})
  })

  it('forgets what is a day old', () => {
    const {clock, history} = begin()
    history.count('rejected')
    clock.advance(DAY_MS - BUCKET_MS)
    assert.equal(history.buckets()[0]?.counts.rejected, 1)
    clock.advance(BUCKET_MS)
    history.count('refreshed')
    const total = history.buckets().reduce((sum, {counts}) => sum + counts.rejected, 0)
    assert.equal(total, 0)
  })
})
