import assert from 'node:assert/strict'

import {startSandbox, type Sandbox} from '../../../src/sandbox/start-sandbox.js'
import {assertIdentityError, SandboxCaller} from '../../support/sandbox-caller.js'

describe('sandbox /oauth2/authorize', () => {
  let sandbox: Sandbox
  let caller: SandboxCaller

  beforeEach(async () => {
    sandbox = await startSandbox()
    caller = new SandboxCaller(sandbox)
  })
  afterEach(() => sandbox.stop())

  it('sends back a code, the scopes and the state when approved', async () => {
    const back = await caller.authorize('techydrroid', {scope: 'user:read:email chat:read'})
    assert.equal(back.origin + back.pathname, 'http://localhost:8420/callback')
    assert.deepEqual([...back.searchParams.keys()], ['code', 'scope', 'state'])
    assert.match(back.searchParams.get('code') ?? '', /^[a-z0-9]{30}$/)
    assert.match(back.search, /scope=chat%3Aread\+user%3Aread%3Aemail/)
    assert.equal(back.searchParams.get('state'), 'state-made-up')
  })

  it('sends no state when none was given', async () => {
    const back = await caller.authorize('techydrroid', {state: undefined})
    assert.equal(back.searchParams.has('state'), false)
  })

  it('takes an empty scope as a log-in without permissions', async () => {
    const back = await caller.authorize('techydrroid', {scope: ''})
    assert.equal(back.searchParams.get('scope'), '')
  })

  it('sends a token in the fragment, without expiry and refresh token, in the implicit flow', async () => {
    const back = await caller.authorize('techydrroid', {response_type: 'token'})
    assert.equal(back.search, '')
    const fragment = new URLSearchParams(back.hash.slice(1))
    assert.deepEqual([...fragment.keys()].sort(), ['access_token', 'scope', 'state', 'token_type'])
    assert.equal((await caller.validate(fragment.get('access_token') ?? '')).status, 200)
  })

  for (const responseType of ['code', 'token']) {
    it(`tells a denial in the query, response_type ${responseType}`, async () => {
      const back = await caller.authorize('deny', {response_type: responseType})
      assert.equal(back.hash, '')
      assert.match(
        back.search,
        /^\?error=access_denied&error_description=The\+user\+denied\+you\+access&state=state-made-up$/,
      )
    })
  }

  for (const wrong of ['http://localhost:8420/callback/', 'http://localhost:8421/callback', '', undefined]) {
    it(`sends a mismatch to the first registered URI, redirect_uri ${wrong ?? 'missing'}`, async () => {
      const back = await caller.authorize('techydrroid', {redirect_uri: wrong})
      assert.equal(back.origin + back.pathname, 'http://localhost:8420/callback')
      assert.deepEqual(Object.fromEntries(back.searchParams), {
        error: 'redirect_mismatch',
        error_description: 'Parameter redirect_uri does not match registered URI',
        state: 'state-made-up',
      })
    })
  }

  it('tells a browser what to do about a mismatch, and goes on from there as Twitch does', async () => {
    const asked = `http://localhost:9000/it's<b>`
    const path = caller.authorizePath({redirect_uri: asked})
    const {status, text} = await caller.send(path, {headers: {accept: 'text/html,*/*'}})
    assert.equal(status, 400)
    assert.match(text, /behalf sandbox --callback-url &#39;http:\/\/localhost:9000\/it&#39;\\&#39;&#39;s&lt;b&gt;&#39;/)
    assert.match(text, /export BEHALF_CALLBACK_URL=http:\/\/localhost:8420\/callback/)
    assert.match(text, /href="http:\/\/localhost:8420\/callback\?error=redirect_mismatch&amp;/)
  })

  it('refuses an ID token without openid, and unknown response types', async () => {
    for (const responseType of ['id_token', 'token id_token', 'password', '']) {
      const back = await caller.authorize('techydrroid', {response_type: responseType})
      assert.equal(back.searchParams.get('error'), 'unsupported_response_type', responseType)
    }
  })

  it('shows what it cannot redirect', async () => {
    const send = (changes: Record<string, string | undefined>) => caller.send(caller.authorizePath(changes))
    assertIdentityError(await send({client_id: undefined}), 400, 'missing client id')
    assertIdentityError(await send({client_id: 'nobodysclient'}), 400, 'invalid client')
    assertIdentityError(await send({scope: 'chat:read x:y'}), 400, "invalid scope requested: 'x:y'")
    assertIdentityError(await send({claims: '{"id_token":'}), 400, 'invalid claims')
  })

  it('keeps the query that a registered URI has', async () => {
    const redirectUri = 'https://app.example.test/back?from=sandbox'
    await caller.control('seed', {clients: [{clientId: 'withquery', redirectUris: [redirectUri]}]})
    const back = await caller.authorize('techydrroid', {client_id: 'withquery', redirect_uri: redirectUri})
    assert.equal(back.searchParams.get('from'), 'sandbox')
    assert.equal(back.searchParams.has('code'), true)
  })

  it('follows the control plane where no header decides', async () => {
    await caller.control('settings', {auto: {kind: 'approve', login: 'otherbot'}})
    const approved = await caller.send(caller.authorizePath())
    assert.match(approved.headers.get('location') ?? '', /[?&]code=/)
    await caller.control('settings', {auto: {kind: 'deny'}})
    const denied = await caller.send(caller.authorizePath())
    assert.match(denied.headers.get('location') ?? '', /error=access_denied/)
    await caller.control('settings', {auto: null})
    assert.match((await caller.send(caller.authorizePath())).headers.get('location') ?? '', /^\/login\?/)
  })

  it('refuses an automatic approval by someone unknown', async () => {
    const answer = await caller.send(caller.authorizePath(), {headers: {'X-Sandbox-Auto': 'nobody'}})
    assertIdentityError(answer, 400, 'X-Sandbox-Auto: no such login')
  })
})
