import assert from 'node:assert/strict'

import {fitWaitingLine} from '../../../src/cli/fit-waiting-line.js'

const TEXT = 'Waiting for you at twitch …'

describe('fitWaitingLine', () => {
  it('says how long is left where there is room', () => {
    assert.equal(fitWaitingLine(TEXT, '4 min 58 s', 77), `${TEXT} (4 min 58 s left)`)
    assert.equal(fitWaitingLine(TEXT, undefined, 77), TEXT)
  })

  it('is shortened, and never wider than the terminal', () => {
    assert.equal(fitWaitingLine(TEXT, '4 min 58 s', 40), `${TEXT} (4 min 58 s)`)
    assert.equal(fitWaitingLine(TEXT, '4 min 58 s', 37), TEXT)
    assert.equal(fitWaitingLine(TEXT, '4 min 58 s', 10), 'Waiting f…')
  })
})
