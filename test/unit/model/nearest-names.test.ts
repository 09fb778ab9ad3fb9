import assert from 'node:assert/strict'

import fc from 'fast-check'

import {nearestNames} from '../../../src/model/nearest-names.js'

describe('nearestNames', () => {
  const scopes = ['user:read:chat', 'user:write:chat', 'user:read:email', 'channel:read:polls', 'bits:read']

  it('forgives letters left out, added, changed and swapped', () => {
    assert.equal(nearestNames('user:read:cat', scopes)[0], 'user:read:chat')
    assert.equal(nearestNames('user:read:chatt', scopes)[0], 'user:read:chat')
    assert.equal(nearestNames('user-read-chat', scopes)[0], 'user:read:chat')
    assert.equal(nearestNames('bits:raed', scopes)[0], 'bits:read')
  })

  it('forgives two slips in a short name, not three', () => {
    assert.deepEqual(nearestNames('abcdef', ['abcdxy']), ['abcdxy'])
    assert.deepEqual(nearestNames('abcdef', ['abcxyz']), [])
  })

  it('counts a swap as one', () => {
    assert.deepEqual(nearestNames('ab34', ['ba43']), ['ba43'])
  })

  it('completes a name that was not finished', () => {
    assert.deepEqual(nearestNames('tec', ['techydrroid', 'otherbot']), ['techydrroid'])
    assert.deepEqual(nearestNames('te', ['techydrroid']), [])
  })

  it('does not mind the case, and keeps that of the candidate', () => {
    assert.deepEqual(nearestNames('TWICH', ['Twitch']), ['Twitch'])
  })

  it('names three at most, the nearest first, each once', () => {
    assert.deepEqual(nearestNames('bot5', ['bot33', 'bot4', 'bot1', 'bot2', 'bot4', 'bot3']), ['bot1', 'bot2', 'bot3'])
  })

  it('suggests nothing for what is like nothing', () => {
    assert.deepEqual(nearestNames('', scopes), [])
    assert.deepEqual(nearestNames('x', ['y']), [])
    assert.deepEqual(nearestNames('completely else', scopes), [])
    assert.deepEqual(nearestNames('x', []), [])
  })

  it('finds every name with one letter gone', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{4,20}$/), fc.nat(), (name, at) => {
        const index = at % name.length
        const slip = name.slice(0, index) + name.slice(index + 1)
        assert.deepEqual(nearestNames(slip, [name]), [name])
      }),
      {numRuns: 200},
    )
  })
})
