import assert from 'node:assert/strict'

import {startSandbox, type Sandbox} from '../../../src/sandbox/start-sandbox.js'
import {createFakeClock, type FakeClock} from '../../support/fake-clock.js'
import {assertIdentityError, SandboxCaller} from '../../support/sandbox-caller.js'

describe('sandbox /oauth2/validate', () => {
  let sandbox: Sandbox
  let caller: SandboxCaller
  let clock: FakeClock

  beforeEach(async () => {
    clock = createFakeClock()
    sandbox = await startSandbox({clock})
    caller = new SandboxCaller(sandbox)
  })
  afterEach(() => sandbox.stop())

  for (const scheme of ['OAuth', 'Bearer', 'bearer']) {
    it(`tells whose token it is, with the scheme ${scheme}`, async () => {
      const {access_token: token, expires_in: expiresIn} = await caller.logIn('techydrroid', 'chat:read')
      clock.advance(10_000)
      assert.deepEqual((await caller.validate(token, scheme)).json, {
        client_id: caller.client.id,
        login: 'techydrroid',
        scopes: ['chat:read'],
        user_id: '2002',
        expires_in: expiresIn - 10,
      })
    })
  }

  it('says null for no scopes', async () => {
    const {access_token: token} = await caller.logIn('techydrroid', '')
    assert.equal(((await caller.validate(token)).json as {scopes: unknown}).scopes, null)
  })

  it('leaves login and user id of an app token out', async () => {
    const answer = await caller.validate(await caller.appToken())
    assert.deepEqual(Object.keys(answer.json as object).sort(), ['client_id', 'expires_in', 'scopes'])
  })

  it('refuses a token from the second on at which it expires', async () => {
    const {access_token: token, expires_in: expiresIn} = await caller.logIn('techydrroid', 'chat:read')
    clock.advance(expiresIn * 1000 - 1)
    assert.equal((await caller.validate(token)).status, 200)
    clock.advance(1)
    assertIdentityError(await caller.validate(token), 401, 'invalid access token')
  })

  it('refuses what is no token, or none', async () => {
    assertIdentityError(await caller.validate('made-up'), 401, 'invalid access token')
    assertIdentityError(await caller.send('/oauth2/validate'), 401, 'missing authorization token')
    assertIdentityError(await caller.validate('made-up', 'Basic'), 401, 'missing authorization token')
    assertIdentityError(await caller.validate('', 'OAuth'), 401, 'missing authorization token')
    const {refresh_token: refreshToken} = await caller.logIn('techydrroid', 'chat:read')
    assertIdentityError(await caller.validate(refreshToken), 401, 'invalid access token')
  })
})

describe('sandbox /oauth2/revoke', () => {
  let sandbox: Sandbox
  let caller: SandboxCaller

  beforeEach(async () => {
    sandbox = await startSandbox()
    caller = new SandboxCaller(sandbox)
  })
  afterEach(() => sandbox.stop())

  const revoke = (token: string, clientId = caller.client.id) => caller.post('revoke', {client_id: clientId, token})

  it('ends an access token with 200 and no body, and not the grant', async () => {
    const {access_token: token} = await caller.logIn('techydrroid', 'chat:read')
    const answer = await revoke(token)
    assert.deepEqual([answer.status, answer.text], [200, ''])
    assertIdentityError(await caller.validate(token), 401, 'invalid access token')
    assert.notEqual(sandbox.state.findGrant(caller.client.id, '2002'), undefined)
  })

  it('refuses a token that is dead, made up, of another client, or for refreshing', async () => {
    const tokens = await caller.logIn('techydrroid', 'chat:read')
    assertIdentityError(await revoke(tokens.refresh_token), 400, 'Invalid token')
    assertIdentityError(await revoke(tokens.access_token, caller.publicClient.id), 400, 'Invalid token')
    assertIdentityError(await revoke('made-up'), 400, 'Invalid token')
    await revoke(tokens.access_token)
    assertIdentityError(await revoke(tokens.access_token), 400, 'Invalid token')
  })

  it('refuses unknown clients and missing parameters', async () => {
    assertIdentityError(await revoke('made-up', 'nobodysclient'), 404, 'client does not exist')
    assertIdentityError(await revoke('made-up', ''), 400, 'missing client id')
    assertIdentityError(await revoke(''), 400, 'missing oauth token')
  })

  it('takes its parameters from the query too', async () => {
    const {access_token: token} = await caller.logIn('techydrroid', 'chat:read')
    const query = new URLSearchParams({client_id: caller.client.id, token}).toString()
    assert.equal((await caller.send(`/oauth2/revoke?${query}`, {method: 'POST'})).status, 200)
  })
})
