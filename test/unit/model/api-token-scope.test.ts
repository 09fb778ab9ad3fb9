import assert from 'node:assert/strict'

import {checkTokenScopes, isActingScope} from '../../../src/model/api-token-scope.js'

const GOOD = [
  'helix',
  'helix:read',
  'helix:write',
  'helix:GET:/users',
  'helix:POST:/chat/messages',
  'helix:*:/channels/**',
  'helix:GET:/channels/*/followers',
  'helix:DELETE:/a.b/c-d/e_f/~g',
  'api:github',
  'api:my-forge-2:read',
  'api:github:GET:/user/repos',
  'chat',
  'token:read',
  'flow:start',
  'points:read',
  'points:write',
  'account:read',
  'metrics:read',
  'introspect',
  'admin',
]

const BAD = [
  '',
  ' helix',
  'helix ',
  'Helix',
  'helix:',
  'helix:READ',
  'helix:get:/users',
  'helix:GET',
  'helix:GET:users',
  'helix:GET:/',
  'helix:GET://users',
  'helix:GET:/users/',
  'helix:GET:/a/../b',
  'helix:GET:/./a',
  'helix:GET:/**/users',
  'helix:GET:/us*rs',
  'helix:GET:/users?id=1',
  'helix:GET:/us%65rs',
  'helix:GET:/users\n',
  'helix:TRACE:/users',
  'api:',
  'api:GitHub',
  'api:-forge',
  'api:git/hub',
  'points',
  'token:write',
  'admin:read',
  'x'.repeat(100_000),
]

describe('checkTokenScopes', () => {
  it('accepts every form of the grammar', () => checkTokenScopes(GOOD))

  for (const scope of BAD) {
    it(`refuses ${JSON.stringify(scope.slice(0, 40))}`, () => {
      assert.throws(() => checkTokenScopes(['helix', scope]), {code: 'unknown-scope'})
    })
  }

  it('names what was most likely meant, and not a whole page of what was typed', () => {
    assert.throws(() => checkTokenScopes(['helix:raed']), /“helix:raed”\. Did you mean helix:read/)
    assert.throws(
      () => checkTokenScopes(['x'.repeat(100_000)]),
      (error: Error) => error.message.length < 300,
    )
  })
})

describe('isActingScope', () => {
  it('is true of what lets a holder act as an account', () => {
    const acting = ['helix', 'helix:read', 'helix:GET:/users', 'api:github', 'api:github:read']
    for (const scope of [...acting, 'chat', 'token:read', 'flow:start']) assert.equal(isActingScope(scope), true, scope)
  })

  it('is false of all others', () => {
    const words = ['points:read', 'points:write', 'account:read', 'metrics:read', 'introspect', 'admin']
    for (const scope of words) assert.equal(isActingScope(scope), false, scope)
  })
})
