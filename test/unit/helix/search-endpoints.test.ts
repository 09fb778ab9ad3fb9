import assert from 'node:assert/strict'

import {searchEndpoints, type EndpointSearch} from '../../../src/helix/search-endpoints.js'

const find = (search: Partial<EndpointSearch>): string[] =>
  searchEndpoints({words: [], ...search}).map(({method, path}) => `${method} ${path}`)

describe('searching the endpoints', () => {
  it('finds all 149 without a wish', () => {
    assert.equal(find({}).length, 149)
  })

  it('finds words in path, name, category and summary, in any case', () => {
    assert.deepEqual(find({words: ['WHISPER']}), ['POST /whispers'])
    assert.ok(find({words: ['predictions']}).length >= 3)
    assert.ok(find({words: ['ads']}).includes('POST /channels/commercial')) // Its category.
    assert.ok(find({words: ['ad break']}).includes('POST /channels/commercial')) // Its summary.
  })

  it('finds only what mentions all words, given apart or together', () => {
    const both = find({words: ['moderators', 'delete']})
    assert.deepEqual(both, ['DELETE /moderation/moderators'])
    assert.deepEqual(find({words: ['moderators delete']}), both)
  })

  it('takes a method and a whole path for that endpoint alone', () => {
    for (const words of [['get', 'users'], ['GET', '/users'], ['get', 'helix/users'], ['get users']]) {
      assert.deepEqual(find({words}), ['GET /users'], words.join(' '))
    }
    assert.ok(find({words: ['users']}).length > 5)
  })

  it('finds by method and by kind of token', () => {
    assert.deepEqual(find({words: ['raids'], method: 'delete'}), ['DELETE /raids'])
    assert.ok(find({token: 'app'}).includes('GET /eventsub/conduits'))
    assert.ok(!find({token: 'user'}).includes('GET /eventsub/conduits'))
    assert.ok(!find({token: 'app'}).includes('PATCH /channels'))
  })

  it('finds what a scope is for: needed, adding something, granted to the application, or as the wider one', () => {
    assert.deepEqual(find({scope: 'channel:manage:raids'}), ['POST /raids', 'DELETE /raids'])
    assert.deepEqual(find({scope: 'user:read:email'}), ['GET /users', 'PUT /users'])
    assert.ok(find({scope: 'channel:bot'}).includes('POST /chat/messages'))
    assert.ok(find({scope: 'moderator:manage:chat_messages'}).includes('POST /chat/messages'))
    assert.ok(find({scope: 'user:edit:broadcast'}).includes('PATCH /channels'))
    assert.deepEqual(find({scope: 'channel:manage'}), [])
  })

  it('finds nothing for what does not exist', () => {
    assert.deepEqual(find({words: ['no such thing']}), [])
    assert.deepEqual(find({method: 'get', words: ['get', 'nothing', 'x']}), [])
  })
})
