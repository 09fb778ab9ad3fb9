import assert from 'node:assert/strict'

import {foreseeTrouble} from '../../../../../src/daemon/admin/tokens/foresee-trouble.js'
import {makeAccountStatus} from '../../../../support/make-account-status.js'

describe('what a new API token will not do though it may', () => {
  it('is nothing where the account has granted what is needed', () => {
    const bot = makeAccountStatus({scopes: ['user:write:chat', 'chat:read', 'chat:edit']})
    assert.deepEqual(foreseeTrouble(['helix', 'helix:POST:/chat/messages', 'chat'], [bot]), [])
  })

  it('names the missing Twitch scope of a single endpoint, and the login that adds it', () => {
    const [trouble, ...others] = foreseeTrouble(['helix:POST:/chat/messages'], [makeAccountStatus({scopes: []})])
    assert.deepEqual(others, [])
    assert.match(trouble?.text ?? '', /^twitch\/techydrroid has not granted user:write:chat, which Send Chat Message /)
    assert.equal(trouble?.command, 'behalf bot add --expect techydrroid --scope user:write:chat')
  })

  it('looks at no single endpoint under helix:read', () => {
    assert.deepEqual(foreseeTrouble(['helix:read'], [makeAccountStatus({scopes: []})]), [])
  })

  it('asks for both scopes of chat, and names the one that is missing', () => {
    const [both] = foreseeTrouble(['chat'], [makeAccountStatus({scopes: []})])
    const [one] = foreseeTrouble(['chat'], [makeAccountStatus({scopes: ['chat:read']})])
    assert.match(both?.command ?? '', / --scope chat:read --scope chat:edit$/)
    assert.match(one?.text ?? '', /has not granted chat:edit, /)
  })

  it('says of each account that needs a login that it does', () => {
    const accounts = ['one', 'two'].map((login) => makeAccountStatus({login, state: 'login-needed'}))
    const troubles = foreseeTrouble(['points:read'], accounts)
    assert.deepEqual(
      troubles.map(({text}) => text.split(' ')[0]),
      ['twitch/one', 'twitch/two'],
    )
  })

  it('suggests the endpoint that was meant, but knows those that a pattern fits', () => {
    const [trouble, ...others] = foreseeTrouble(['helix:GET:/user', 'helix:*:/channels/**'], [])
    assert.deepEqual(others, [])
    assert.match(trouble?.text ?? '', /fits helix:GET:\/user\. Did you mean .*\/users/)
  })
})
