import assert from 'node:assert/strict'

import {findEndpoint, listEndpoints} from '../../../src/helix/catalogue.js'
import {writeExample} from '../../../src/helix/example-call.js'

const example = (method: string, path: string): string | undefined => {
  const endpoint = findEndpoint(method, path)
  assert.ok(endpoint)
  return writeExample(endpoint)
}

describe('the example of an endpoint', () => {
  it('has what is needed, and leaves to behalf what behalf fills in', () => {
    assert.equal(example('GET', '/users'), 'behalf helix get users')
    assert.equal(example('GET', '/clips'), 'behalf helix get clips -q broadcaster_id=1001')
    assert.equal(
      example('POST', '/moderation/bans'),
      `behalf helix post moderation/bans -q broadcaster_id=1001 -b '{"data":{"user_id":"3001"}}'`,
    )
    assert.equal(
      example('POST', '/polls'),
      `behalf helix post polls -b '{"title":"A title","choices":[{"title":"A title"},{"title":"A title"}],"duration":60}'`,
    )
    assert.equal(example('PATCH', '/channels'), `behalf helix patch channels -b '{"game_id":"1001"}'`)
  })

  it('is there for all that behalf can call, and for nothing else', () => {
    for (const endpoint of listEndpoints()) {
      const isForExtensions = endpoint.tokenTypes.includes('extension-jwt')
      assert.equal(writeExample(endpoint) === undefined, isForExtensions, endpoint.path)
    }
  })
})
