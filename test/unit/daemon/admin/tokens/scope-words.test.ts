import assert from 'node:assert/strict'

import {PLAIN_TOKEN_SCOPES} from '../../../../../src/model/api-token-scope.js'
import {describePower, describeScope} from '../../../../../src/daemon/admin/tokens/scope-words.js'

describe('what a scope lets its holder do, in words', () => {
  const said: [scope: string, words: string][] = [
    ['helix', 'make every call of the Twitch API'],
    ['helix:read', 'read from the Twitch API'],
    ['helix:write', 'change things through the Twitch API'],
    ['helix:GET:/users', 'call Get Users (GET /users)'],
    ['helix:*:/channels/**', 'call any method on /channels/** of the Twitch API'],
    ['helix:GET:/made/up', 'call GET /made/up of the Twitch API'],
    ['api:github', 'make every call of the API of github'],
    ['api:github:read', 'read from the API of github'],
    ['api:github:POST:/users', 'call POST /users of the API of github'],
  ]
  for (const [scope, words] of said) {
    it(`says for ${scope}: ${words}`, () => {
      assert.equal(describeScope(scope), words)
    })
  }

  it('has words of its own for every scope that is one word', () => {
    const words = PLAIN_TOKEN_SCOPES.filter((scope) => !scope.startsWith('helix'))
    assert.ok(words.length > 0)
    for (const word of words) assert.doesNotMatch(describeScope(word), /Twitch API|API of/, word)
  })
})

describe('what an API token can do, in a sentence', () => {
  it('says that it can do nothing while no scope is chosen', () => {
    assert.match(describePower({scopes: [], as: [], asAny: true}), /^It may do nothing yet/)
  })

  it('names what, as whom, and for how long', () => {
    assert.equal(
      describePower({scopes: ['helix:read', 'chat'], as: ['twitch/one', 'twitch/two'], asAny: false, life: '30 d'}),
      'It may read from the Twitch API and read and write in chat, over IRC, as twitch/one and twitch/two, for 30 d.',
    )
  })

  it('says that an account has to be chosen where its scopes act as one, and none is', () => {
    const power = (...scopes: string[]) => describePower({scopes, as: [], asAny: false, life: '30 d'})
    assert.equal(
      power('points:read', 'helix:read'),
      'It may see points and read from the Twitch API, as nobody yet, for 30 d. Choose an account that it may act as.',
    )
    assert.equal(power('points:read'), 'It may see points, for 30 d.')
  })

  it('says who acts where a request does not', () => {
    const power = describePower({scopes: ['helix'], as: [], asAny: true, defaultAs: 'twitch/one'})
    assert.match(power, /, as the owner and every bot, now and later\. Where a request .*, twitch\/one does\.$/)
  })

  it('names twelve accounts, and counts those beyond', () => {
    const as = Array.from({length: 14}, (_, index) => `twitch/bot_${String(index + 1)}`)
    const power = (count: number): string => describePower({scopes: ['helix'], as: as.slice(0, count), asAny: false})
    assert.match(power(12), /twitch\/bot_11 and twitch\/bot_12\.$/)
    assert.match(power(14), /twitch\/bot_12 and 2 more\.$/)
    assert.doesNotMatch(power(14), /bot_13/)
  })
})
