import assert from 'node:assert/strict'

import {startSandbox, type Sandbox} from '../../../src/sandbox/start-sandbox.js'
import {createFakeClock, type FakeClock} from '../../support/fake-clock.js'
import {assertIdentityError, SandboxCaller, type TokenAnswer} from '../../support/sandbox-caller.js'

describe('sandbox /oauth2/token', () => {
  let sandbox: Sandbox
  let caller: SandboxCaller
  let clock: FakeClock

  beforeEach(async () => {
    clock = createFakeClock()
    sandbox = await startSandbox({clock})
    caller = new SandboxCaller(sandbox)
  })
  afterEach(() => sandbox.stop())

  const getCode = async (changes: Record<string, string> = {}): Promise<string> =>
    (await caller.authorize('techydrroid', changes)).searchParams.get('code') ?? ''

  describe('authorization code', () => {
    it('answers as Twitch does', async () => {
      const answer = await caller.exchange(await getCode({scope: 'user:read:email chat:read'}))
      assert.equal(answer.status, 200)
      const body = answer.json as TokenAnswer
      assert.deepEqual(Object.keys(body), ['access_token', 'expires_in', 'refresh_token', 'scope', 'token_type'])
      assert.match(body.access_token, /^[a-z0-9]{30}$/)
      assert.match(body.refresh_token, /^[A-Za-z0-9]{50}$/)
      assert.deepEqual(body.scope, ['chat:read', 'user:read:email'])
      assert.equal(body.token_type, 'bearer')
      assert.ok(body.expires_in >= 13_600 && body.expires_in <= 15_600, String(body.expires_in))
    })

    it('leaves scope out when none was granted', async () => {
      const answer = await caller.exchange(await getCode({scope: ''}))
      assert.deepEqual(Object.keys(answer.json as object), [
        'access_token',
        'expires_in',
        'refresh_token',
        'token_type',
      ])
    })

    it('varies the life of tokens', async () => {
      const lives = new Set<number>()
      for (let i = 0; i < 5; i += 1) lives.add((await caller.logIn('techydrroid', 'chat:read')).expires_in)
      assert.ok(lives.size > 1)
    })

    it('takes parameters from the query and from multipart forms', async () => {
      const fields = async () => ({
        client_id: caller.client.id,
        client_secret: caller.client.secret ?? '',
        code: await getCode(),
        grant_type: 'authorization_code',
        redirect_uri: 'http://localhost:8420/callback',
      })
      const inQuery = new URLSearchParams(await fields()).toString()
      assert.equal((await caller.send(`/oauth2/token?${inQuery}`, {method: 'POST'})).status, 200)
      const form = new FormData()
      for (const [name, value] of Object.entries(await fields())) form.set(name, value)
      assert.equal((await caller.send('/oauth2/token', {method: 'POST', body: form})).status, 200)
    })

    it('takes a code once', async () => {
      const code = await getCode()
      assert.equal((await caller.exchange(code)).status, 200)
      assertIdentityError(await caller.exchange(code), 400, 'Invalid authorization code')
    })

    it('takes a code once of two times sent together', async () => {
      const code = await getCode({scope: 'openid'})
      const answers = await Promise.all([caller.exchange(code), caller.exchange(code)])
      assert.deepEqual(answers.map(({status}) => status).sort(), [200, 400])
    })

    it('takes a code in time only', async () => {
      const inTime = await getCode()
      clock.advance(299_000)
      assert.equal((await caller.exchange(inTime)).status, 200)
      const late = await getCode()
      clock.advance(300_000)
      assertIdentityError(await caller.exchange(late), 400, 'Invalid authorization code')
    })

    it('binds a code to its client and redirect URI', async () => {
      const other = {clientId: 'otherapp', clientSecret: 'made-up', redirectUris: ['http://localhost:8420/callback']}
      await caller.control('seed', {clients: [other]})
      const code = await getCode()
      assertIdentityError(
        await caller.exchange(code, {client_id: 'otherapp', client_secret: 'made-up'}),
        400,
        'Invalid authorization code',
      )
      for (const redirectUri of ['http://localhost:8420/callback/', '']) {
        assertIdentityError(
          await caller.exchange(code, {redirect_uri: redirectUri}),
          400,
          'Parameter redirect_uri does not match registered URI',
        )
      }
      assert.equal((await caller.exchange(code)).status, 200)
    })

    it('ignores PKCE', async () => {
      const code = await getCode({code_challenge: 'x'.repeat(43), code_challenge_method: 'S256'})
      assert.equal((await caller.exchange(code, {code_verifier: 'not the right one'})).status, 200)
    })

    it('refuses a public client, after the user consented', async () => {
      const back = await caller.authorize('techydrroid', {client_id: caller.publicClient.id})
      const answer = await caller.post('token', {
        client_id: caller.publicClient.id,
        code: back.searchParams.get('code') ?? '',
        grant_type: 'authorization_code',
        redirect_uri: 'http://localhost:8420/callback',
      })
      assertIdentityError(answer, 400, 'Invalid client credentials')
    })

    it('gives a very old client tokens without an end', async () => {
      const old = {
        clientId: 'oldclient',
        clientSecret: 'made-up',
        redirectUris: ['http://localhost:8420/callback'],
        neverExpires: true,
      }
      await caller.control('seed', {clients: [old]})
      const code = await getCode({client_id: 'oldclient'})
      const answer = await caller.exchange(code, {client_id: 'oldclient', client_secret: 'made-up'})
      const body = answer.json as TokenAnswer
      assert.equal('expires_in' in body, false)
      clock.advance(400 * 86_400_000)
      const validated = (await caller.validate(body.access_token)).json as Record<string, unknown>
      assert.equal(validated.expires_in, 0)
    })
  })

  describe('client credentials', () => {
    it('gives an app token: no scope, no refresh token, about sixty days', async () => {
      const {id, secret} = caller.client
      const answer = await caller.post('token', {
        client_id: id,
        client_secret: secret ?? '',
        grant_type: 'client_credentials',
        scope: 'chat:read',
      })
      const body = answer.json as TokenAnswer
      assert.deepEqual(Object.keys(body), ['access_token', 'expires_in', 'token_type'])
      assert.ok(body.expires_in >= 5_000_000 && body.expires_in <= 5_600_000, String(body.expires_in))
    })

    it('is for confidential clients', async () => {
      const fields = {client_id: caller.publicClient.id, grant_type: 'client_credentials'}
      assertIdentityError(await caller.post('token', fields), 400, 'Invalid client credentials')
    })
  })

  describe('refusals', () => {
    const refusals: [name: string, changes: Record<string, string>, status: number, message: string][] = [
      ['no client', {client_id: ''}, 400, 'missing client id'],
      ['an unknown client', {client_id: 'nobodysclient'}, 400, 'invalid client'],
      ['no secret', {client_secret: ''}, 400, 'missing client secret'],
      ['a wrong secret', {client_secret: 'wrong'}, 403, 'invalid client secret'],
      ['no code', {code: ''}, 400, 'Invalid authorization code'],
      ['a made-up code', {code: 'made-up'}, 400, 'Invalid authorization code'],
      ['no grant type', {grant_type: ''}, 400, 'missing grant type'],
      ['the password grant', {grant_type: 'password'}, 400, 'unsupported grant type'],
      ['a grant type that is a property of objects', {grant_type: 'constructor'}, 400, 'unsupported grant type'],
      ['no refresh token', {grant_type: 'refresh_token'}, 400, 'missing refresh token'],
      ['a made-up refresh token', {grant_type: 'refresh_token', refresh_token: 'x'}, 400, 'Invalid refresh token'],
    ]
    for (const [name, changes, status, message] of refusals) {
      it(`refuses ${name}: ${String(status)} ${message}`, async () => {
        assertIdentityError(await caller.exchange('', changes), status, message)
      })
    }

    it('does not take client credentials from a Basic header', async () => {
      const basic = Buffer.from(`${caller.client.id}:${caller.client.secret ?? ''}`).toString('base64')
      const answer = await caller.send('/oauth2/token', {
        method: 'POST',
        headers: {authorization: `Basic ${basic}`},
        body: new URLSearchParams({grant_type: 'client_credentials'}),
      })
      assertIdentityError(answer, 400, 'missing client id')
    })

    for (const [method, path] of [
      ['GET', '/oauth2/token'],
      ['PUT', '/oauth2/token'],
      ['GET', '/oauth2/nothing'],
      ['GET', '/oauth2'],
    ] as const) {
      it(`answers ${method} ${path} with a plain 404`, async () => {
        const answer = await caller.send(path, {method})
        assert.deepEqual([answer.status, answer.text], [404, 'page not found'])
      })
    }
  })
})
