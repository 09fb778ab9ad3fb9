import assert from 'node:assert/strict'

import {findEndpoint, listEndpoints} from '../../../src/helix/catalogue.js'
import {fillActingUser, findPlace, type CallParts, type Filling} from '../../../src/helix/fill-acting-user.js'

const fill = (call: string, parts: CallParts = {query: ''}): Filling => {
  const [method = '', path = ''] = call.split(' ')
  const endpoint = findEndpoint(method, path)
  assert.ok(endpoint, call)
  return fillActingUser(endpoint, parts, '2002')
}

describe('filling in the acting user', () => {
  const inQuery: [string, string][] = [
    ['GET /polls', 'broadcaster_id'],
    ['GET /streams/followed', 'user_id'],
    ['POST /moderation/bans', 'moderator_id'],
    ['GET /clips/downloads', 'editor_id'],
    ['POST /raids', 'from_broadcaster_id'],
    ['POST /whispers', 'from_user_id'],
  ]
  for (const [call, name] of inQuery) {
    it(`adds ${name} to the query of ${call}`, () => {
      assert.deepEqual(fill(call), {parts: {query: `${name}=2002`}, filled: name})
      const parts = {query: 'first=1&x=a%26b', body: '{"a":1}'}
      assert.deepEqual(fill(call, parts), {parts: {...parts, query: `first=1&x=a%26b&${name}=2002`}, filled: name})
    })
  }

  const inBody: [string, string][] = [
    ['POST /chat/messages', 'sender_id'],
    ['POST /polls', 'broadcaster_id'],
    ['POST /moderation/automod/message', 'user_id'],
    // Its reference lists the body and marks nothing as required.
    ['POST /channels/commercial', 'broadcaster_id'],
  ]
  for (const [call, name] of inBody) {
    it(`adds ${name} to the body of ${call}, or makes one`, () => {
      assert.deepEqual(fill(call), {parts: {query: '', body: `{"${name}":"2002"}`}, filled: name})
      assert.deepEqual(fill(call, {query: '', body: ' { } '}).parts.body, ` {"${name}":"2002" } `)
    })
  }

  it('leaves every byte of a body as it is', () => {
    const body = '\n{ "message": "ü \\u00fc {", "n": 12345678901234567890, "n": 1.0 }\n'
    const filled = '\n{"sender_id":"2002", "message": "ü \\u00fc {", "n": 12345678901234567890, "n": 1.0 }\n'
    assert.equal(fill('POST /chat/messages', {query: '', body}).parts.body, filled)
  })

  const untouched: [string, string, CallParts][] = [
    ['is given', 'GET /polls', {query: 'broadcaster_id=1001'}],
    ['is given twice', 'GET /polls', {query: 'broadcaster_id=1&broadcaster_id=2'}],
    ['is given empty', 'GET /polls', {query: 'broadcaster_id='}],
    ['is given with its name encoded', 'GET /polls', {query: 'broadcaster%5Fid=1'}],
    ['stands in the body', 'POST /chat/messages', {query: '', body: '{"sender_id":"1"}'}],
    ['stands in the body as null', 'POST /chat/messages', {query: '', body: '{"sender_id":null}'}],
    ['stands in the body with its name escaped', 'POST /chat/messages', {query: '', body: '{"sender\\u005fid":"1"}'}],
    ['stands in the query, though it belongs in the body', 'POST /polls', {query: 'broadcaster_id=1'}],
    [
      'stands in the body, though it belongs in the query',
      'PATCH /channels',
      {query: '', body: '{"broadcaster_id":"1"}'},
    ],
    ['would go into a list', 'POST /polls', {query: '', body: '[]'}],
    ['would go into what is no JSON', 'POST /polls', {query: '', body: 'x=1'}],
    ['would go into nothing', 'POST /polls', {query: '', body: ''}],
    ['may be left out', 'GET /chat/settings', {query: 'broadcaster_id=1'}],
    ['could be two', 'POST /streams/markers', {query: '', body: '{}'}],
    ['could be an alternative', 'GET /streams/markers', {query: ''}],
    ['could be a moderated channel', 'GET /channels/followers', {query: ''}],
    ['is not asked for', 'GET /users', {query: ''}],
    ['could be anyone’s', 'GET /channels', {query: ''}],
  ]
  for (const [why, call, parts] of untouched) {
    it(`changes nothing where it ${why}: ${call}`, () => {
      assert.deepEqual(fill(call, parts), {parts})
    })
  }

  it('has a place in each endpoint whose parameter is one name and needed, and in no other', () => {
    const places = listEndpoints().map((endpoint) => findPlace(endpoint))
    const count = (place: string | undefined) => places.filter((one) => one === place).length
    assert.deepEqual([count('query'), count('body')], [78, 7])
    for (const endpoint of listEndpoints().filter((one) => findPlace(one) !== undefined)) {
      assert.match(
        endpoint.tokenUserMustMatch ?? '',
        /^(broadcaster|user|moderator|sender|editor|from_broadcaster|from_user)_id$/,
      )
      assert.ok(endpoint.tokenTypes.includes('user'), endpoint.path)
    }
  })
})
