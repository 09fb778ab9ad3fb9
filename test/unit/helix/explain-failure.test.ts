import assert from 'node:assert/strict'

import {explainFailure} from '../../../src/helix/explain-failure.js'
import type {HelixMethod} from '../../../src/model/helix-endpoint.js'

const explain = (status: number, method: HelixMethod, path: string, parts: {query?: string; body?: string} = {}) =>
  explainFailure({method, path, query: '', ...parts}, status)

describe('what may help', () => {
  it('after a 400: what is missing, and where to read about it', () => {
    assert.equal(
      explain(400, 'POST', '/chat/messages', {body: '{"sender_id":"1"}'}),
      'It needs broadcaster_id in the body, message in the body: behalf helix endpoints post chat/messages',
    )
    assert.equal(
      explain(400, 'POST', '/moderation/bans', {query: 'moderator_id=1', body: '{"user_id":"1"}'}),
      'It needs broadcaster_id, data in the body: behalf helix endpoints post moderation/bans',
    )
  })

  it('after a 400: alternatives as one, unless one of them is there', () => {
    assert.match(explain(400, 'GET', '/clips') ?? '', /^It needs broadcaster_id or game_id or id: /)
    assert.equal(explain(400, 'GET', '/clips', {query: 'id=1'}), undefined)
  })

  it('after a 404: the methods that there are of it', () => {
    assert.equal(explain(404, 'GET', '/chat/messages'), 'There is only POST of it: behalf helix post chat/messages')
    assert.match(explain(404, 'POST', '/channels') ?? '', /^There is only (GET, PATCH|PATCH, GET) of it: behalf helix /)
  })

  it('after a 404: the nearest path', () => {
    assert.equal(explain(404, 'GET', '/games/topp'), 'Did you mean games/top?')
  })

  it('is nothing for what is complete, was answered otherwise, or is like nothing', () => {
    assert.equal(explain(400, 'GET', '/polls', {query: 'broadcaster_id=1'}), undefined)
    assert.equal(explain(401, 'GET', '/polls'), undefined)
    assert.equal(explain(404, 'GET', '/schedule', {query: 'broadcaster_id=1'}), undefined)
    assert.equal(explain(200, 'GET', '/chat/messages'), undefined)
    assert.equal(explain(404, 'GET', '/completely/new/thing'), undefined)
    assert.equal(explain(400, 'POST', '/polls', {body: 'no JSON'})?.startsWith('It needs broadcaster_id'), true)
  })
})
