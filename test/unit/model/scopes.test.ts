import assert from 'node:assert/strict'

import {findUnknownScopes, missingScopes, unionScopes} from '../../../src/model/scopes.js'

describe('scopes', () => {
  it('are joined, each once, in the order of their first mention', () => {
    assert.deepEqual(unionScopes(['b', 'a'], [], ['a', 'c']), ['b', 'a', 'c'])
    assert.deepEqual(unionScopes(), [])
  })

  it('are missing when they were wanted and not granted', () => {
    assert.deepEqual(missingScopes(['a', 'b'], ['b', 'c']), ['a'])
    assert.deepEqual(missingScopes([], ['b']), [])
  })

  it('are unknown with the nearest that exist', () => {
    assert.deepEqual(findUnknownScopes(['chat:raed', 'chat:edit', 'zzz'], ['chat:read', 'chat:edit']), [
      {scope: 'chat:raed', nearest: ['chat:read']},
      {scope: 'zzz', nearest: []},
    ])
  })
})
