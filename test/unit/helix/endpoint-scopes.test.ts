import assert from 'node:assert/strict'

import {findEndpoint, listEndpoints} from '../../../src/helix/catalogue.js'
import {chooseScope, coversScope, findMissingScopes} from '../../../src/helix/endpoint-scopes.js'
import type {HelixEndpoint} from '../../../src/model/helix-endpoint.js'

const endpoint = (method: string, path: string): HelixEndpoint => {
  const found = findEndpoint(method, path)
  assert.ok(found)
  return found
}

describe('the scopes of an endpoint', () => {
  it('are all missing when none is held, and none is when any one is: for all 149', () => {
    for (const one of listEndpoints()) {
      const isLenient = one.path === '/channels/followers'
      assert.deepEqual(findMissingScopes(one, []), isLenient ? [] : one.scopes, one.path)
      for (const scope of one.scopes) assert.deepEqual(findMissingScopes(one, ['chat:read', scope]), [], one.path)
    }
  })

  it('are not missed where the answer has less without them', () => {
    assert.deepEqual(findMissingScopes(endpoint('GET', '/channels/followers'), []), [])
  })

  it('are given by the old, wider one', () => {
    assert.deepEqual(findMissingScopes(endpoint('PATCH', '/channels'), ['user:edit:broadcast']), [])
    assert.deepEqual(findMissingScopes(endpoint('PATCH', '/channels'), ['user:edit']), ['channel:manage:broadcast'])
    assert.equal(coversScope(['channel:manage:broadcast'], 'user:edit:broadcast'), false)
  })
})

describe('the scope to ask for', () => {
  const cases: [string, string, boolean, string | undefined][] = [
    ['GET', '/users', true, undefined],
    ['POST', '/polls', true, 'channel:manage:polls'],
    ['GET', '/polls', true, 'channel:read:polls'],
    ['GET', '/chat/pins', false, 'moderator:read:chat_messages'],
    ['GET', '/moderation/banned', true, 'moderation:read'],
    ['GET', '/guest_star/session', true, 'channel:read:guest_star'],
    ['GET', '/guest_star/session', false, 'moderator:read:guest_star'],
    ['POST', '/guest_star/slot', true, 'channel:manage:guest_star'],
    ['POST', '/guest_star/slot', false, 'moderator:manage:guest_star'],
    ['POST', '/videos/clips', true, 'channel:manage:clips'],
    ['POST', '/videos/clips', false, 'editor:manage:clips'],
  ]
  for (const [method, path, isOwnChannel, scope] of cases) {
    it(`of ${method} ${path} in ${isOwnChannel ? 'one’s own' : 'another’s'} channel is ${scope ?? 'none'}`, () => {
      assert.equal(chooseScope(endpoint(method, path), isOwnChannel), scope)
    })
  }
})
