import assert from 'node:assert/strict'

import {rememberAccount} from '../../../../src/library/hubot/remember-account.js'

describe('rememberAccount', () => {
  const makeBrain = (kept?: unknown) => {
    const brain = {
      kept,
      get: () => brain.kept,
      set: (_key: string, value: unknown) => (brain.kept = value),
      on: () => 0,
    }
    return brain
  }

  it('keeps names by subject and provider, and forgets them', () => {
    const brain = makeBrain()
    rememberAccount(brain, 'slack:U1', 'jenkins', 'ada')
    rememberAccount(brain, 'slack:U1', 'twitter', 'ada_l')
    rememberAccount(brain, 'slack:U2', 'jenkins', 'bob')
    rememberAccount(brain, 'slack:U1', 'jenkins')
    assert.deepEqual(brain.kept, {'slack:U1': {twitter: 'ada_l'}, 'slack:U2': {jenkins: 'bob'}})
    rememberAccount(brain, 'slack:U2', 'jenkins')
    rememberAccount(brain, 'slack:U3', 'jenkins')
    assert.deepEqual(brain.kept, {'slack:U1': {twitter: 'ada_l'}})
  })

  it('begins anew where the brain holds something else, and takes any id for an id', () => {
    for (const odd of [null, 'text', [], {a: 1}, {a: {b: {c: 1}}}]) {
      const brain = makeBrain(odd)
      rememberAccount(brain, 'x:constructor', 'jenkins', 'ada')
      assert.deepEqual(brain.kept, {'x:constructor': {jenkins: 'ada'}})
    }
  })
})
