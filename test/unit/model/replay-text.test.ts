import assert from 'node:assert/strict'

import {parseReplayMode} from '../../../src/model/replay-text.js'
import {BehalfError} from '../../../src/model/behalf-error.js'

describe('parseReplayMode', () => {
  it('reads the four ways', () => {
    assert.deepEqual(parseReplayMode('safe'), {kind: 'safe'})
    assert.deepEqual(parseReplayMode('probe'), {kind: 'probe'})
    assert.deepEqual(parseReplayMode('last-resort'), {kind: 'last-resort'})
    assert.deepEqual(parseReplayMode('grace:30'), {kind: 'grace', graceMs: 30_000})
    assert.deepEqual(parseReplayMode('grace:1'), {kind: 'grace', graceMs: 1000})
  })

  for (const text of [
    '',
    'Safe',
    'grace',
    'grace:',
    'grace:0',
    'grace:-1',
    'grace:1.5',
    'grace:1000000',
    'grace:30s',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => parseReplayMode(text),
        (error) => error instanceof BehalfError && error.code === 'invalid-input',
      )
    })
  }
})
