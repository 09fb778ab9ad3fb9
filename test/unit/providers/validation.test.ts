import assert from 'node:assert/strict'

import {Secret} from '../../../src/model/secret.js'
import {validateToken} from '../../../src/providers/validation.js'
import {createFakeClock} from '../../support/fake-clock.js'
import {makeProvider} from '../../support/make-provider.js'

describe('whose a token is, by what a provider validates', () => {
  const provider = makeProvider({dialect: 'twitch', validateUrl: 'https://id.example.test/validate'})
  const validate = (body: unknown) => {
    const reply = {status: 200, headers: {}, body: JSON.stringify(body), complete: true, sentAt: 0}
    const exchange = () => Promise.resolve({kind: 'reply' as const, reply})
    return validateToken({exchange, clock: createFakeClock()}, provider, new Secret('made-up'))
  }

  it('has a login in small letters', async () => {
    assert.deepEqual(await validate({user_id: '2002', login: 'TechyDrroid', expires_in: 1}), {
      kind: 'live',
      userId: '2002',
      login: 'techydrroid',
      expiresAt: 1000,
    })
  })

  it('has none where it would break out of its line, or of a path', async () => {
    for (const login of ['x\nEND\ntouch made-up', 'x\u001b]0;title\u0007', 'x\u202e', 'two words', 'a/b', '']) {
      assert.deepEqual(await validate({user_id: '2002', login}), {kind: 'live', userId: '2002'}, login)
    }
  })

  it('is nobody with an id that cannot be shown', async () => {
    assert.deepEqual(await validate({user_id: '20\n02', login: 'bot'}), {kind: 'live', login: 'bot'})
  })
})
