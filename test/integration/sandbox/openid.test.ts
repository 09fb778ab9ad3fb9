import assert from 'node:assert/strict'
import {createHash, createPublicKey, verify, type JsonWebKey} from 'node:crypto'

import {startSandbox, type Sandbox} from '../../../src/sandbox/start-sandbox.js'
import {createFakeClock, type FakeClock} from '../../support/fake-clock.js'
import {assertIdentityError, SandboxCaller} from '../../support/sandbox-caller.js'

describe('sandbox OpenID Connect', () => {
  let sandbox: Sandbox
  let caller: SandboxCaller
  let clock: FakeClock

  beforeEach(async () => {
    clock = createFakeClock()
    sandbox = await startSandbox({clock})
    caller = new SandboxCaller(sandbox)
  })
  afterEach(() => sandbox.stop())

  /** Verifies an ID token with the published key. */
  async function readIdToken(token: string | undefined) {
    const [header = '', payload = '', signature = ''] = (token ?? '').split('.')
    const {keys} = (await caller.send('/oauth2/keys')).json as {keys: (JsonWebKey & {kid: string})[]}
    const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
    assert.deepEqual(decode(header), {alg: 'RS256', typ: 'JWT', kid: '1'})
    const key = keys.find(({kid}) => kid === '1')
    assert.ok(key)
    assert.equal('d' in key, false)
    const signed = Buffer.from(`${header}.${payload}`)
    const publicKey = createPublicKey({key, format: 'jwk'})
    assert.equal(verify('sha256', signed, publicKey, Buffer.from(signature, 'base64url')), true)
    return decode(payload)
  }

  it('announces what Twitch announces, with itself as the issuer', async () => {
    const document = (await caller.send('/oauth2/.well-known/openid-configuration')).json as Record<string, unknown>
    assert.deepEqual(Object.keys(document).sort(), [
      'authorization_endpoint',
      'claims_parameter_supported',
      'claims_supported',
      'id_token_signing_alg_values_supported',
      'issuer',
      'jwks_uri',
      'response_types_supported',
      'scopes_supported',
      'subject_types_supported',
      'token_endpoint',
      'token_endpoint_auth_methods_supported',
      'userinfo_endpoint',
    ])
    assert.equal(document.issuer, `${sandbox.url}/oauth2`)
    assert.equal(document.jwks_uri, `${sandbox.url}/oauth2/keys`)
  })

  it('gives a signed ID token of 900 seconds with the code', async () => {
    const {id_token: idToken} = await caller.logIn('techydrroid', 'openid', {nonce: 'nonce-made-up'})
    const issuedAt = Math.floor(clock.now() / 1000)
    assert.deepEqual(await readIdToken(idToken), {
      aud: caller.client.id,
      azp: caller.client.id,
      exp: issuedAt + 900,
      iat: issuedAt,
      iss: `${sandbox.url}/oauth2`,
      sub: '2002',
      nonce: 'nonce-made-up',
    })
  })

  it('gives none without openid, and none with a refresh', async () => {
    assert.equal('id_token' in (await caller.logIn('techydrroid', 'chat:read')), false)
    const {refresh_token: refreshToken} = await caller.logIn('techydrroid', 'openid')
    assert.equal('id_token' in ((await caller.refresh(refreshToken)).json as object), false)
  })

  it('gives the claims asked for, the e-mail ones with their scope only', async () => {
    const claims = JSON.stringify({
      id_token: {email: null, email_verified: null, preferred_username: null, made_up: null, constructor: null},
      userinfo: {picture: null, email: null},
    })
    const without = await caller.logIn('techydrroid', 'openid', {claims})
    const few = await readIdToken(without.id_token)
    assert.deepEqual([few.email, few.preferred_username, few.made_up], [undefined, 'TechyDrroid', undefined])

    const withScope = await caller.logIn('techydrroid', 'openid user:read:email', {claims})
    const all = await readIdToken(withScope.id_token)
    assert.deepEqual([all.email, all.email_verified], ['techydrroid@example.test', true])

    const userinfo = await caller.send('/oauth2/userinfo', {
      headers: {authorization: `Bearer ${withScope.access_token}`},
    })
    const keys = Object.keys(userinfo.json as object).sort()
    assert.deepEqual(keys, ['aud', 'email', 'exp', 'iat', 'iss', 'picture', 'sub'])
  })

  it('says null for an e-mail that is not verified', async () => {
    await caller.control('seed', {users: [{login: 'newcomer', emailVerified: false}]})
    const claims = JSON.stringify({id_token: {email: null}})
    const {id_token: idToken} = await caller.logIn('newcomer', 'openid user:read:email', {claims})
    assert.equal((await readIdToken(idToken)).email, null)
  })

  it('binds the ID token of the implicit flow to its access token', async () => {
    const back = await caller.authorize('techydrroid', {response_type: 'id_token token', scope: 'openid'})
    const fragment = new URLSearchParams(back.hash.slice(1))
    const payload = await readIdToken(fragment.get('id_token') ?? '')
    const half = createHash('sha256')
      .update(fragment.get('access_token') ?? '')
      .digest()
      .subarray(0, 16)
    assert.equal(payload.at_hash, half.toString('base64url'))
  })

  it('gives an ID token alone, or with a code', async () => {
    const alone = await caller.authorize('techydrroid', {response_type: 'id_token', scope: 'openid'})
    const keys = (url: URL) => [...new URLSearchParams(url.hash.slice(1)).keys()].sort()
    assert.deepEqual(keys(alone), ['id_token', 'scope', 'state'])
    const hybrid = await caller.authorize('techydrroid', {response_type: 'code id_token', scope: 'openid'})
    assert.deepEqual(keys(hybrid), ['code', 'id_token', 'scope', 'state'])
    const code = new URLSearchParams(hybrid.hash.slice(1)).get('code') ?? ''
    assert.equal((await caller.exchange(code)).status, 200)
  })

  it('tells nothing about a user without openid, or with no token', async () => {
    const {access_token: token} = await caller.logIn('techydrroid', 'chat:read')
    const ask = (headers: Record<string, string>) => caller.send('/oauth2/userinfo', {headers})
    assertIdentityError(await ask({authorization: `Bearer ${token}`}), 401, 'missing scope openid')
    assertIdentityError(await ask({authorization: `Bearer ${await caller.appToken()}`}), 401, 'missing scope openid')
    assertIdentityError(await ask({}), 401, 'missing authorization token')
  })
})
