import assert from 'node:assert/strict'

import {BehalfError} from '../../../src/model/behalf-error.js'
import {Secret} from '../../../src/model/secret.js'
import {createProviderClient} from '../../../src/providers/oauth-client.js'
import type {AuthorizationRequest} from '../../../src/providers/provider-client.js'
import {createFakeClock} from '../../support/fake-clock.js'
import {makeProvider} from '../../support/make-provider.js'

const client = createProviderClient({clock: createFakeClock()})
// Where nobody listens: a callback that got through would end in `unavailable`.
const provider = makeProvider({tokenUrl: 'http://127.0.0.1:1/token', registerUrl: 'https://example.test/apps'})

const makeRequest = (parts: Partial<AuthorizationRequest> = {}): AuthorizationRequest => ({
  redirectUri: 'http://localhost:8420/callback',
  state: new Secret('made-up-state'),
  scopes: ['read:some', 'write:some'],
  forceConsent: false,
  ...parts,
})

describe('authorizationUrl', () => {
  const build = async (parts: Partial<AuthorizationRequest> = {}, of = provider): Promise<URL> =>
    new URL(await client.authorizationUrl(of, makeRequest(parts)))

  it('asks for a code', async () => {
    const url = await build()
    assert.equal(url.origin + url.pathname, 'https://id.example.test/authorize')
    assert.deepEqual(Object.fromEntries(url.searchParams), {
      response_type: 'code',
      client_id: 'made-up-client',
      redirect_uri: 'http://localhost:8420/callback',
      scope: 'read:some write:some',
      state: 'made-up-state',
    })
  })

  it('sends the challenge of RFC 7636 appendix B, and never the verifier', async () => {
    const codeVerifier = new Secret('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')
    const url = await build({codeVerifier})
    assert.equal(url.searchParams.get('code_challenge'), 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')
    assert.equal(url.searchParams.get('code_challenge_method'), 'S256')
    assert(!url.href.includes(codeVerifier.reveal()))
  })

  it('sends a nonce with openid alone', async () => {
    const nonce = new Secret('made-up-nonce')
    assert.equal((await build({nonce})).searchParams.has('nonce'), false)
    assert.equal((await build({nonce, scopes: ['openid']})).searchParams.get('nonce'), 'made-up-nonce')
  })

  it('adds what the provider wants, and for the consent page what that wants', async () => {
    const of = makeProvider({authorizeParams: {access_type: 'offline'}, consentParams: {prompt: 'consent'}})
    assert.equal((await build({}, of)).searchParams.get('access_type'), 'offline')
    assert.equal((await build({}, of)).searchParams.get('prompt'), null)
    assert.equal((await build({forceConsent: true}, of)).searchParams.get('prompt'), 'consent')
  })

  it('does not let them replace what a login is made of', async () => {
    const of = makeProvider({authorizeParams: {state: 'x', redirect_uri: 'x', response_type: 'token'}})
    const url = await build({}, of)
    assert.equal(url.searchParams.get('state'), 'made-up-state')
    assert.equal(url.searchParams.get('response_type'), 'code')
    assert.deepEqual(url.searchParams.getAll('redirect_uri'), ['http://localhost:8420/callback'])
  })

  it('keeps a query that the address has, and joins scopes as the provider does', async () => {
    const of = makeProvider({authorizeUrl: 'https://id.example.test/authorize?tenant=1#top', scopeSeparator: ','})
    const url = await build({}, of)
    assert.equal(url.searchParams.get('tenant'), '1')
    assert.equal(url.searchParams.get('scope'), 'read:some,write:some')
    assert.equal(url.hash, '')
  })

  it('needs an address that is fit to be opened', async () => {
    const {authorizeUrl: _, ...without} = makeProvider()
    await assert.rejects(build({}, without), {code: 'configuration'})
    for (const authorizeUrl of ['http://example.test/', 'javascript:alert(1)', 'https://user:made-up@example.test/']) {
      await assert.rejects(build({}, makeProvider({authorizeUrl})), {code: 'configuration'}, authorizeUrl)
    }
  })
})

describe('a callback', () => {
  const finish = async (query: string, of = provider): Promise<BehalfError> => {
    const reason: unknown = await client
      .exchangeCode(of, new URLSearchParams(query), makeRequest())
      .catch((error: unknown) => error)
    return reason instanceof BehalfError ? reason : assert.fail(String(reason))
  }

  it('goes on to the exchange when it is in order', async () => {
    assert.equal((await finish('code=made-up&state=made-up-state&scope=read')).code, 'unavailable')
  })

  const refused: [string, string, RegExp][] = [
    ['', 'login-failed', /state/],
    ['code=made-up', 'login-failed', /state/],
    ['code=made-up&state=', 'login-failed', /state/],
    ['code=made-up&state=made-up-stat', 'login-failed', /state/],
    ['code=made-up&state=made-up-state2', 'login-failed', /state/],
    ['code=made-up&state=MADE-UP-STATE', 'login-failed', /state/],
    ['error=access_denied&state=another', 'login-failed', /state/],
    ['state=made-up-state', 'login-failed', /no code/],
    ['code=&state=made-up-state', 'login-failed', /no code/],
    ['code=a&code=b&state=made-up-state', 'login-failed', /twice/],
    ['code=a&state=made-up-state&state=made-up-state', 'login-failed', /twice/],
    ['code=a&state=made-up-state&x=1&x=1', 'login-failed', /twice/],
    [
      'error=access_denied&error_description=The+user+denied+you+access&state=made-up-state',
      'login-failed',
      /declined/,
    ],
    ['error=access_denied&code=a&state=made-up-state', 'login-failed', /declined/],
    ['error=redirect_mismatch&state=made-up-state', 'provider-misconfigured', /http:\/\/localhost:8420\/callback/],
    ['error=redirect_uri_mismatch&state=made-up-state', 'provider-misconfigured', /http:\/\/localhost:8420\/callback/],
    ['error=unauthorized_client&state=made-up-state', 'provider-misconfigured', /made-up-client/],
    ['error=invalid_scope&error_description=no+such+scope&state=made-up-state', 'login-failed', /no such scope/],
    ['error=server_error&state=made-up-state', 'unavailable', /just now/],
    ['error=temporarily_unavailable&state=made-up-state', 'unavailable', /just now/],
    ['error=%1B%5B2Jnew&error_description=a%0Ab&state=made-up-state', 'login-failed', /\([^\p{Cc}]+: a b\)/u],
    ['error=&state=made-up-state', 'login-failed', /without a reason/],
  ]
  for (const [query, code, message] of refused) {
    it(`is refused as ${code}: ${query}`, async () => {
      const error = await finish(query)
      assert.equal(error.code, code)
      assert.match(error.message, message)
    })
  }

  it('names where to register the redirect URI', async () => {
    const error = await finish('error=redirect_mismatch&state=made-up-state')
    assert.equal(error.hint, 'Register exactly http://localhost:8420/callback at https://example.test/apps.')
  })

  it('must come from the issuer that is known', async () => {
    const of = {...provider, issuer: 'https://id.example.test'}
    const callback = 'code=made-up&state=made-up-state&iss='
    assert.equal((await finish(`${callback}https://id.example.test`, of)).code, 'unavailable')
    for (const iss of ['', 'https://id.example.test/', 'https://evil.example.test']) {
      assert.match((await finish(callback + iss, of)).message, /issuer/)
    }
    const announced = {...of, issInCallback: true}
    assert.match((await finish('code=made-up&state=made-up-state', announced)).message, /which issuer/)
    assert.equal((await finish(`${callback}https://unknown.example.test`)).code, 'unavailable')
  })
})
