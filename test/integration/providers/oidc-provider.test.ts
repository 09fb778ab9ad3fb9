import assert from 'node:assert/strict'

import type {Provider} from '../../../src/model/provider.js'
import type {TokenGrant} from '../../../src/model/refresh.js'
import {Secret} from '../../../src/model/secret.js'
import {createProviderClient} from '../../../src/providers/oauth-client.js'
import type {AuthorizationRequest} from '../../../src/providers/provider-client.js'
import {createFakeClock} from '../../support/fake-clock.js'
import {makeProvider} from '../../support/make-provider.js'
import {startOidcServer, type OidcServer} from '../../support/oidc-server.js'

const ODD = {id: 'odd-client_1:2%20 3+4', secret: 'made-up:odd-secret_1%20 2+3/~!*()'}

const proceed = (): Promise<boolean> => Promise.resolve(true)

describe('the RFC dialect, against oidc-provider', () => {
  const clock = createFakeClock(Date.now())
  const client = createProviderClient({clock})
  let server: OidcServer
  let provider: Provider
  let publicProvider: Provider

  before(async () => {
    server = await startOidcServer({
      clients: [
        {
          client_id: ODD.id,
          client_secret: ODD.secret,
          redirect_uris: ['http://localhost:8420/callback'],
          grant_types: ['authorization_code', 'refresh_token'],
          id_token_signed_response_alg: 'ES256',
          token_endpoint_auth_method: 'client_secret_basic',
        },
      ],
    })
    const {pkce: _pkce, authMethods: _methods, ...endpoints} = await client.discover(server.issuer)
    provider = makeProvider({
      ...endpoints,
      name: 'oidc',
      clientId: server.client.id,
      clientSecret: new Secret(server.client.secret),
    })
    const {clientSecret: _secret, ...withoutSecret} = provider
    publicProvider = {...withoutSecret, clientId: server.publicClient.id, authMethod: 'none'}
  })
  after(() => server.stop())

  const makeRequest = (parts: Partial<AuthorizationRequest> = {}): AuthorizationRequest => ({
    redirectUri: 'http://localhost:8420/callback',
    state: new Secret('made-up-state'),
    scopes: ['openid', 'profile'],
    codeVerifier: new Secret('made-up-verifier-'.repeat(3)),
    nonce: new Secret('made-up-nonce'),
    forceConsent: false,
    ...parts,
  })

  async function authorize(request: AuthorizationRequest, of = provider, action?: 'deny'): Promise<URLSearchParams> {
    const url = await client.authorizationUrl(of, request)
    return new URL(await server.authorizeWithoutBrowser(url, 'Techydrroid', action)).searchParams
  }

  async function logIn(of = provider, request = makeRequest()): Promise<TokenGrant> {
    return client.exchangeCode(of, await authorize(request, of), request)
  }

  async function refresh(of: Provider, refreshToken: Secret | undefined) {
    assert(refreshToken)
    const exchange = await client.sendRefresh(of, refreshToken, proceed)
    return exchange.kind === 'reply' ? client.judgeRefresh(of, exchange.reply) : assert.fail(exchange.kind)
  }

  it('finds the endpoints from the issuer', async () => {
    const found = await client.discover(`${server.issuer}/`)
    assert.equal(found.issuer, server.issuer)
    assert.equal(found.tokenUrl, `${server.issuer}/token`)
    assert.equal(found.deviceUrl, `${server.issuer}/device/auth`)
    assert.equal(found.revokeUrl, `${server.issuer}/token/revocation`)
    assert.equal(found.userinfoUrl, `${server.issuer}/me`)
    assert.equal(found.jwksUrl, `${server.issuer}/jwks`)
    assert.equal(found.pkce, true)
    assert(found.authMethods.includes('client_secret_post'))
  })

  it('refuses an issuer that calls itself something else, or is none', async () => {
    const otherName = server.issuer.replace('localhost', '127.0.0.1')
    await assert.rejects(client.discover(otherName), {code: 'configuration'})
    await assert.rejects(client.discover(`${server.issuer}/nothing/here`), {code: 'configuration'})
  })

  it('logs in with a code and PKCE, and verifies the ID token', async () => {
    const grant = await logIn()
    assert.equal(grant.claims?.sub, 'sub-techydrroid')
    assert.equal(grant.expiresAt, clock.now() + 3_600_000)
    assert.deepEqual(grant.scopes, ['openid', 'profile'])
    assert(grant.refreshToken)
  })

  it('logs a public client in', async () => {
    assert.equal((await logIn(publicProvider)).claims?.sub, 'sub-techydrroid')
  })

  it('authenticates in the header, with an id and a secret that need encoding', async () => {
    const odd = {...provider, authMethod: 'basic' as const, clientId: ODD.id, clientSecret: new Secret(ODD.secret)}
    const grant = await logIn(odd)
    assert.equal((await refresh(odd, grant.refreshToken)).kind, 'refreshed')
  })

  it('blames the provider for a wrong secret', async () => {
    await assert.rejects(logIn({...provider, clientSecret: new Secret('made-up-wrong')}), {
      code: 'provider-misconfigured',
    })
  })

  it('is refused with another verifier', async () => {
    const callback = await authorize(makeRequest())
    const request = makeRequest({codeVerifier: new Secret('another-verifier-'.repeat(3))})
    await assert.rejects(client.exchangeCode(provider, callback, request), {code: 'login-failed'})
  })

  it('does not believe an ID token with another nonce', async () => {
    const callback = await authorize(makeRequest())
    const request = makeRequest({nonce: new Secret('another-nonce')})
    await assert.rejects(client.exchangeCode(provider, callback, request), {code: 'login-failed', message: /nonce/})
  })

  it('does not believe an ID token that other keys signed', async () => {
    const other = await startOidcServer()
    try {
      const request = makeRequest()
      const callback = await authorize(request)
      const exchange = client.exchangeCode({...provider, jwksUrl: `${other.issuer}/jwks`}, callback, request)
      await assert.rejects(exchange, {code: 'login-failed', message: /cannot be accepted/})
    } finally {
      await other.stop()
    }
  })

  it('does not believe an ID token without the keys', async () => {
    for (const [jwksUrl, code] of [
      ['http://localhost:1/keys', 'unavailable'],
      [`${server.issuer}/nothing/here`, 'login-failed'],
      [`${server.issuer}/.well-known/openid-configuration`, 'login-failed'],
    ] as const) {
      const request = makeRequest()
      const callback = await authorize(request)
      const exchange = client.exchangeCode({...provider, jwksUrl}, callback, request)
      await assert.rejects(exchange, {code}, jwksUrl)
    }
  })

  it('does not believe a callback that names another issuer', async () => {
    const request = makeRequest()
    const callback = await authorize(request)
    assert.equal(callback.get('iss'), server.issuer)
    callback.set('iss', 'https://other.example.test')
    await assert.rejects(client.exchangeCode(provider, callback, request), {code: 'login-failed', message: /issuer/})
  })

  it('says that the person declined', async () => {
    const request = makeRequest()
    const callback = await authorize(request, provider, 'deny')
    await assert.rejects(client.exchangeCode(provider, callback, request), {code: 'login-failed', message: /declined/})
  })

  it('asks userinfo for the name that the ID token does not hold', async () => {
    assert.deepEqual(await client.identify(provider, await logIn()), {
      userId: 'sub-techydrroid',
      login: 'techydrroid',
      displayName: 'techydrroid the made-up',
    })
  })

  it('refreshes with rotation; a used token is rejected and ends the grant', async () => {
    const grant = await logIn()
    const first = await refresh(provider, grant.refreshToken)
    assert(first.kind === 'refreshed')
    assert.notEqual(first.grant.refreshToken?.reveal(), grant.refreshToken?.reveal())
    assert.equal(first.grant.claims, undefined)
    const second = await refresh(provider, first.grant.refreshToken)
    assert(second.kind === 'refreshed')
    assert.deepEqual(await refresh(provider, grant.refreshToken), {
      kind: 'rejected',
      reason: 'invalid_grant (status 400)',
    })
    assert.equal((await refresh(provider, second.grant.refreshToken)).kind, 'rejected')
  })

  it('blames the provider for a refused client', async () => {
    const grant = await logIn()
    const wrong = {...provider, clientSecret: new Secret('made-up-wrong')}
    assert.equal((await refresh(wrong, grant.refreshToken)).kind, 'misconfigured')
    assert.equal((await refresh(provider, grant.refreshToken)).kind, 'refreshed')
  })

  it('sends nothing when the check says no', async () => {
    const grant = await logIn()
    assert(grant.refreshToken)
    const before = server.grants.length
    const exchange = await client.sendRefresh(provider, grant.refreshToken, () => Promise.resolve(false))
    assert.equal(exchange.kind, 'not-sent')
    assert.equal(server.grants.length, before)
  })

  it('logs in with the device flow', async () => {
    for (const of of [provider, publicProvider]) {
      const device = await client.startDevice(of, ['openid'])
      assert.equal((await client.pollDevice(of, device, ['openid'])).kind, 'pending')
      await server.confirmDevice(device.verificationUriComplete ?? '', 'otherbot')
      const poll = await client.pollDevice(of, device, ['openid'])
      assert(poll.kind === 'granted', JSON.stringify(poll))
      assert.equal(poll.grant.claims?.sub, 'sub-otherbot')
      assert.equal((await client.pollDevice(of, device, ['openid'])).kind, 'expired')
    }
  })

  it('hears that a device login was declined', async () => {
    const device = await client.startDevice(provider, ['openid'])
    await server.confirmDevice(device.verificationUriComplete ?? '', 'otherbot', 'deny')
    assert.equal((await client.pollDevice(provider, device, ['openid'])).kind, 'denied')
  })

  it('revokes a token, and takes a dead one for revoked', async () => {
    const grant = await logIn()
    assert(grant.refreshToken)
    assert.deepEqual(await client.revoke(provider, grant.refreshToken, 'refresh_token'), {kind: 'revoked'})
    assert.deepEqual(await client.revoke(provider, grant.refreshToken, 'refresh_token'), {kind: 'revoked'})
    assert.equal((await refresh(provider, grant.refreshToken)).kind, 'rejected')
  })

  it('gets a token of the application itself', async () => {
    const grant = await client.requestAppToken(provider)
    assert.equal(grant.refreshToken, undefined)
    assert.equal(grant.expiresAt, clock.now() + 3_600_000)
  })

  it('cannot be asked whether a token lives', async () => {
    assert.deepEqual(await client.validate(provider, new Secret('made-up')), {kind: 'unsupported'})
  })
})
