import assert from 'node:assert/strict'

import {groupAccountScopes, meaningOfScope} from '../../../src/helix/account-scopes.js'
import {listEndpoints} from '../../../src/helix/catalogue.js'
import {knownScopesOf} from '../../../src/providers/presets.js'

describe('the scopes of accounts', () => {
  const known = knownScopesOf({dialect: 'twitch'}) ?? []

  it('each that Twitch knows has a meaning, and no other', () => {
    assert.deepEqual(
      known.filter((scope) => meaningOfScope(scope) === undefined),
      [],
    )
    const shown = groupAccountScopes().flatMap(({scopes}) => scopes.map(({scope}) => scope))
    assert.deepEqual(
      shown.filter((scope) => !known.includes(scope)),
      [],
    )
    assert.equal(meaningOfScope('made:up'), undefined)
  })

  it('each that opens a call of the API is offered, once, and none that is retired', () => {
    const shown = groupAccountScopes().flatMap(({scopes}) => scopes.map(({scope}) => scope))
    assert.equal(new Set(shown).size, shown.length)
    const wanted = new Set(listEndpoints().flatMap(({scopes}) => scopes))
    assert.deepEqual(
      [...wanted].filter((scope) => !shown.includes(scope)),
      [],
    )
    assert.ok(!['chat_login', 'user_read', 'whispers:edit', 'whispers:read'].some((scope) => shown.includes(scope)))
    assert.ok(['chat:read', 'chat:edit', 'openid'].every((scope) => shown.includes(scope)))
  })
})
