import assert from 'node:assert/strict'
import {inspect} from 'node:util'

import {BehalfError} from '../../../src/model/behalf-error.js'
import type {Provider} from '../../../src/model/provider.js'
import {Secret} from '../../../src/model/secret.js'
import {DAY_MS, HOUR_MS} from '../../../src/model/time.js'
import {createProviderClient} from '../../../src/providers/oauth-client.js'
import type {AuthorizationRequest} from '../../../src/providers/provider-client.js'
import {startSandbox, type Sandbox} from '../../../src/sandbox/start-sandbox.js'
import {createFakeClock} from '../../support/fake-clock.js'
import {makeTwitch} from '../../support/make-twitch.js'

const proceed = (): Promise<boolean> => Promise.resolve(true)

describe('the Twitch dialect, against the sandbox', () => {
  // Token times are compared with those of the sandbox, ID tokens with the machine's.
  const clock = createFakeClock(Date.now())
  const client = createProviderClient({clock})
  let sandbox: Sandbox
  let twitch: Provider
  let publicTwitch: Provider

  before(async () => {
    sandbox = await startSandbox({clock})
    const {confidentialClient, publicClient, url} = sandbox
    twitch = makeTwitch(url, confidentialClient)
    publicTwitch = makeTwitch(url, publicClient)
  })
  after(() => sandbox.stop())
  beforeEach(() => {
    sandbox.state.reset()
    sandbox.state.settings.auto = {kind: 'approve', login: 'techydrroid'}
  })

  const makeRequest = (parts: Partial<AuthorizationRequest> = {}): AuthorizationRequest => ({
    redirectUri: 'http://localhost:8420/callback',
    state: new Secret('made-up-state'),
    scopes: ['user:read:chat', 'user:write:chat'],
    forceConsent: false,
    ...parts,
  })

  async function authorize(provider: Provider, request: AuthorizationRequest): Promise<URLSearchParams> {
    const response = await fetch(await client.authorizationUrl(provider, request), {redirect: 'manual'})
    return new URL(response.headers.get('location') ?? 'missing:').searchParams
  }

  async function logIn(request = makeRequest()) {
    return client.exchangeCode(twitch, await authorize(twitch, request), request)
  }

  async function logInWithDevice(provider: Provider, scopes = ['user:read:chat']) {
    const device = await client.startDevice(provider, scopes)
    await control('device/approve', {user_code: device.userCode, login: 'otherbot'})
    const poll = await client.pollDevice(provider, device, scopes)
    assert(poll.kind === 'granted')
    return poll.grant
  }

  async function control(path: string, body: unknown): Promise<void> {
    const response = await fetch(`${sandbox.url}/_sandbox/${path}`, {method: 'POST', body: JSON.stringify(body)})
    assert.equal(response.status, 200, await response.text())
  }

  async function refresh(provider: Provider, refreshToken: Secret | undefined) {
    assert(refreshToken)
    const exchange = await client.sendRefresh(provider, refreshToken, proceed)
    return exchange.kind === 'reply' ? client.judgeRefresh(provider, exchange.reply) : assert.fail(exchange.kind)
  }

  describe('code flow', () => {
    it('gives tokens with sorted-out scopes and an absolute expiry', async () => {
      const grant = await logIn()
      assert.deepEqual(grant.scopes, ['user:read:chat', 'user:write:chat'])
      assert.equal(grant.issuedAt, clock.now())
      const lifeMs = (grant.expiresAt ?? 0) - clock.now()
      assert(lifeMs > 3.5 * HOUR_MS && lifeMs < 4.5 * HOUR_MS, String(lifeMs))
      assert(grant.refreshToken)
      assert.equal(grant.refreshTokenExpiresAt, undefined)
      assert.equal(grant.tokenType, 'bearer')
      assert.equal(grant.claims, undefined)
    })

    it('forces the consent page when asked to', async () => {
      const url = new URL(await client.authorizationUrl(twitch, makeRequest({forceConsent: true})))
      assert.equal(url.searchParams.get('force_verify'), 'true')
      const silent = new URL(await client.authorizationUrl(twitch, makeRequest()))
      assert.equal(silent.searchParams.has('force_verify'), false)
    })

    it('verifies the ID token that comes with openid', async () => {
      const request = makeRequest({scopes: ['openid'], nonce: new Secret('made-up-nonce')})
      const grant = await logIn(request)
      assert.equal(grant.claims?.sub, '2002')
      assert.equal(grant.claims.nonce, 'made-up-nonce')
    })

    it('refuses an ID token with another nonce', async () => {
      const sent = makeRequest({scopes: ['openid'], nonce: new Secret('made-up-nonce')})
      const callback = await authorize(twitch, sent)
      const expected = makeRequest({scopes: ['openid'], nonce: new Secret('another-nonce')})
      await rejectsWith(client.exchangeCode(twitch, callback, expected), 'login-failed', /nonce/)
    })

    it('says that the person declined', async () => {
      sandbox.state.settings.auto = {kind: 'deny'}
      await rejectsWith(logIn(), 'login-failed', /declined/)
    })

    it('names the redirect URI to register', async () => {
      const request = makeRequest({redirectUri: 'http://localhost:9999/other'})
      const error = await rejectsWith(logIn(request), 'provider-misconfigured', /http:\/\/localhost:9999\/other/)
      assert.match(error.hint ?? '', /Register exactly http:\/\/localhost:9999\/other at https:\/\/dev\.twitch\.tv/)
    })

    it('refuses a code that was used', async () => {
      const request = makeRequest()
      const callback = await authorize(twitch, request)
      await client.exchangeCode(twitch, callback, request)
      const error = await rejectsWith(client.exchangeCode(twitch, callback, request), 'login-failed', /code/)
      assert(!inspectDeep(error).includes(callback.get('code') ?? ''))
    })

    it('flags the provider when its secret is wrong', async () => {
      const request = makeRequest()
      const callback = await authorize(twitch, request)
      const wrong = {...twitch, clientSecret: new Secret('made-up-wrong-secret')}
      await rejectsWith(client.exchangeCode(wrong, callback, request), 'provider-misconfigured', /secret/)
    })

    it('sends a client without a secret to the device flow', async () => {
      const request = makeRequest()
      const callback = await authorize(publicTwitch, request)
      const exchange = client.exchangeCode(publicTwitch, callback, request)
      const error = await rejectsWith(exchange, 'provider-misconfigured', /Invalid client credentials/)
      assert.match(error.hint ?? '', /--device/)
    })
  })

  describe('device flow', () => {
    it('is pending until approved, then gives tokens that lapse after 30 days', async () => {
      const scopes = ['user:read:chat']
      const device = await client.startDevice(publicTwitch, scopes)
      assert.equal(device.intervalMs, 5000)
      assert.equal(device.expiresAt, clock.now() + 1_800_000)
      assert.equal((await client.pollDevice(publicTwitch, device, scopes)).kind, 'pending')
      await control('device/approve', {user_code: device.userCode, login: 'otherbot'})
      const poll = await client.pollDevice(publicTwitch, device, scopes)
      assert(poll.kind === 'granted')
      assert.deepEqual(poll.grant.scopes, scopes)
      assert.equal(poll.grant.refreshTokenExpiresAt, clock.now() + 30 * DAY_MS)
      assert.equal((await client.pollDevice(publicTwitch, device, scopes)).kind, 'expired')
    })

    it('sends no secret, also where there is one', async () => {
      await logInWithDevice(twitch)
      const sent = JSON.stringify(sandbox.state.calls.list())
      assert(!sent.includes(twitch.clientSecret?.reveal() ?? ''))
    })
  })

  describe('refresh', () => {
    it('keeps the token of a confidential client usable', async () => {
      const grant = await logIn()
      const first = await refresh(twitch, grant.refreshToken)
      assert(first.kind === 'refreshed')
      assert.notEqual(first.grant.accessToken.reveal(), grant.accessToken.reveal())
      assert.equal((await refresh(twitch, grant.refreshToken)).kind, 'refreshed')
    })

    it('renews that of a public client, and takes its replay for what it is', async () => {
      const grant = await logInWithDevice(publicTwitch)
      const first = await refresh(publicTwitch, grant.refreshToken)
      assert(first.kind === 'refreshed')
      assert.notEqual(first.grant.refreshToken?.reveal(), grant.refreshToken?.reveal())
      assert.equal((await refresh(publicTwitch, grant.refreshToken)).kind, 'rejected')
      assert.equal((await client.validate(publicTwitch, first.grant.accessToken)).kind, 'dead')
    })

    it('blames the provider and no account for a missing or wrong secret', async () => {
      const grant = await logIn()
      const {clientSecret: _, ...withoutSecret} = twitch
      assert.equal((await refresh(withoutSecret, grant.refreshToken)).kind, 'misconfigured')
      const wrong = {...twitch, clientSecret: new Secret('made-up-wrong-secret')}
      assert.equal((await refresh(wrong, grant.refreshToken)).kind, 'misconfigured')
    })

    it('is in doubt after a dropped reply and after a 502, though the token was used', async () => {
      const {refreshToken} = await logInWithDevice(publicTwitch)
      assert(refreshToken)
      await control('faults', {path: '/oauth2/token', kind: 'drop', process: true})
      assert.equal((await client.sendRefresh(publicTwitch, refreshToken, proceed)).kind, 'no-reply')
      const again = await logInWithDevice(publicTwitch)
      await control('faults', {path: '/oauth2/token', kind: 'status', status: 502, process: true})
      assert.equal((await refresh(publicTwitch, again.refreshToken)).kind, 'in-doubt')
    })
  })

  it('tells a live token from a dead one', async () => {
    const grant = await logIn()
    assert.deepEqual(await client.validate(twitch, grant.accessToken), {
      kind: 'live',
      userId: '2002',
      login: 'techydrroid',
      clientId: twitch.clientId,
      scopes: ['user:read:chat', 'user:write:chat'],
      expiresAt: grant.expiresAt,
    })
    await control('revoke-token', {token: grant.accessToken.reveal()})
    assert.deepEqual(await client.validate(twitch, grant.accessToken), {kind: 'dead'})
  })

  it('knows who authorized, with the client and the scopes', async () => {
    assert.deepEqual(await client.identify(twitch, await logIn()), {
      userId: '2002',
      login: 'techydrroid',
      clientId: twitch.clientId,
      scopes: ['user:read:chat', 'user:write:chat'],
    })
  })

  it('revokes an access token, and takes a dead one for revoked', async () => {
    const grant = await logIn()
    assert.deepEqual(await client.revoke(twitch, grant.accessToken, 'access_token'), {kind: 'revoked'})
    assert.equal((await client.validate(twitch, grant.accessToken)).kind, 'dead')
    assert.deepEqual(await client.revoke(twitch, grant.accessToken, 'access_token'), {kind: 'revoked'})
    assert.deepEqual(await client.revoke(twitch, grant.accessToken, 'refresh_token'), {kind: 'unsupported'})
  })

  it('does not revoke as a client that does not exist', async () => {
    const stranger = {...twitch, clientId: 'nosuchclient'}
    const revocation = await client.revoke(stranger, new Secret('made-up-token'), 'access_token')
    assert.deepEqual(revocation, {kind: 'failed', reason: 'it answered with status 404'})
  })

  it('gets a token of the application itself, without scopes or a refresh token', async () => {
    const grant = await client.requestAppToken(twitch)
    assert.equal(grant.refreshToken, undefined)
    assert.equal(grant.scopes, undefined)
    const validation = await client.validate(twitch, grant.accessToken)
    assert(validation.kind === 'live')
    assert.equal(validation.userId, undefined)
    await rejectsWith(client.requestAppToken(publicTwitch), 'configuration', /secret/)
    const wrong = {...twitch, clientSecret: new Secret('made-up-wrong-secret')}
    await rejectsWith(client.requestAppToken(wrong), 'provider-misconfigured', /secret/)
  })
})

/** An error as a careless logger would show it. */
const inspectDeep = (error: unknown): string => inspect(error, {depth: 20, showHidden: true})

async function rejectsWith(promise: Promise<unknown>, code: string, message: RegExp): Promise<BehalfError> {
  const error = await promise.then(
    () => assert.fail('it did not reject'),
    (reason: unknown) => reason,
  )
  assert(error instanceof BehalfError, String(error))
  assert.equal(error.code, code, error.message)
  assert.match(error.message, message)
  return error
}
