import assert from 'node:assert/strict'
import {text} from 'node:stream/consumers'

import {callApi, type ApiInput} from '../../../src/broker/call-api.js'
import {keepOneTimeCode} from '../../../src/broker/one-time-code.js'
import type {Account} from '../../../src/model/account.js'
import type {Credential, CredentialKind} from '../../../src/model/credential.js'
import type {Provider} from '../../../src/model/provider.js'
import {Secret} from '../../../src/model/secret.js'
import {createProviderClient} from '../../../src/providers/oauth-client.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'
import {createFakeClock} from '../../support/fake-clock.js'
import {startJsonServer, type JsonServer} from '../../support/json-server.js'
import {makeProvider} from '../../support/make-provider.js'
import {startOAuth1Server, type OAuth1Server} from '../../support/oauth1-server.js'

const BASIC: Credential = {kind: 'basic', username: 'ada', password: new Secret('made-up-pässword'), issuedAt: 1}
const KEY: Credential = {kind: 'api-key', key: new Secret('made-up-api-key'), issuedAt: 1}

describe('a call of an API', () => {
  let world: BrokerWorld
  let server: JsonServer

  beforeEach(async () => {
    const clock = createFakeClock()
    world = await makeBrokerWorld({clock, client: createProviderClient({clock})})
    server = await startJsonServer({'GET /v1/items': {body: {items: []}}})
  })

  afterEach(async () => {
    await server.stop()
    await world.dispose()
  })

  async function addAccount(credential: Credential, parts: Partial<Provider> = {}): Promise<Account> {
    const credentialKinds: CredentialKind[] = [credential.kind]
    const provider = makeProvider({
      credentialKinds,
      apiUrl: `${server.origin}/v1`,
      userinfoUrl: `${server.origin}/me`,
      ...parts,
    })
    await world.store.providers.put(provider)
    const account = await world.addAccount(provider, {role: 'user', subject: 'slack:U1', userId: '7', login: 'ada'})
    return (await world.store.accounts.update(account.key, (current) => ({...current, credential}))) ?? account
  }

  const call = (input: Partial<ApiInput> = {}) =>
    callApi(world.deps, {method: 'GET', path: 'items', as: 'subject:slack:U1', ...input})

  it('is made with a user name and a password (RFC 7617)', async () => {
    await addAccount(BASIC)
    const answer = await call()
    assert.deepEqual([answer.status, await text(answer.body)], [200, '{"items":[]}'])
    const [, encoded = ''] = server.requests[0]?.headers.authorization?.split(' ') ?? []
    assert.equal(Buffer.from(encoded, 'base64').toString(), 'ada:made-up-pässword')
  })

  it('is made with an API key, where the service wants it', async () => {
    await addAccount(KEY)
    await text((await call()).body)
    assert.equal(server.requests[0]?.headers.authorization, 'Bearer made-up-api-key')
    await world.store.providers.put(
      makeProvider({
        credentialKinds: ['api-key'],
        apiUrl: `${server.origin}/v1`,
        userinfoUrl: `${server.origin}/me`,
        apiKey: {header: 'X-Api-Key'},
        requestHeaders: {'x-made-up-version': '2', accept: 'application/json'},
      }),
    )
    await text((await call({headers: [['X-Made-Up-Version', '1']]})).body)
    await text((await call({headers: [['Accept', 'text/csv']]})).body)
    assert.equal(server.requests[1]?.headers['x-made-up-version'], '1')
    const {'x-api-key': key, authorization, accept, 'x-made-up-version': version} = server.requests[2]?.headers ?? {}
    assert.deepEqual([key, authorization, accept, version], ['made-up-api-key', undefined, 'text/csv', '2'])
  })

  it('carries a one-time code, in one call', async () => {
    await addAccount(BASIC, {otpHeader: 'X-Made-Up-OTP'})
    await keepOneTimeCode(world.deps, {subject: 'slack:U1', code: new Secret('123456')})
    await text((await call()).body)
    await text((await call()).body)
    assert.deepEqual(
      server.requests.map(({headers}) => headers['x-made-up-otp']),
      ['123456', undefined],
    )
  })

  it('keeps a one-time code when it fails before anything is sent', async () => {
    await addAccount(BASIC, {otpHeader: 'X-Made-Up-OTP'})
    await keepOneTimeCode(world.deps, {subject: 'slack:U1', code: new Secret('123456')})
    const provider = await world.store.providers.get('example')
    assert.ok(provider)
    await world.store.providers.put({...provider, clientId: 'made-up-other-client'})
    await assert.rejects(call(), {code: 'login-needed'})
    await world.store.providers.put(provider)
    await text((await call()).body)
    assert.equal(server.requests[0]?.headers['x-made-up-otp'], '123456')
  })

  it('sends path, query and body as they were given, below the API URL', async () => {
    await addAccount(KEY)
    const body = Buffer.from([0, 255, 10])
    await text(
      (
        await call({
          method: 'PUT',
          path: '/a b'.replace(' ', '%20') + '/ü/c:d/?x=1&x=2',
          query: [['q', 'a b&+*~ü']],
          headers: [['Content-Type', 'application/octet-stream']],
          body,
        })
      ).body,
    )
    const [request] = server.requests
    assert.equal(request?.method, 'PUT')
    assert.equal(request.path, '/v1/a%20b/%C3%BC/c:d/?x=1&x=2&q=a%20b%26%2B*~%C3%BC')
    assert.equal(request.headers['content-length'], '3')
  })

  it('is not made of what could lead elsewhere', async () => {
    await addAccount(KEY)
    const paths = [
      'https://evil.example.test/',
      '//evil.example.test/x',
      '../secret',
      'a/%2e%2e/b',
      'a%2Fb',
      'a\\b',
      'a#b',
    ]
    for (const path of [...paths, 'a//b', '%00', 'a b', 'a%25b', 'a/..;/b%zz'])
      await assert.rejects(call({path}), {code: 'invalid-input'}, path)
    for (const name of ['Authorization', 'cookie', 'X-Behalf-Of', 'Host', 'x-http-method-override'])
      await assert.rejects(call({headers: [[name, 'x']]}), {code: 'invalid-input'}, name)
    await assert.rejects(call({headers: [['accept', 'a\r\nb: c']]}), {code: 'invalid-input'})
    for (const method of ['TRACE', 'CONNECT', 'get', ''])
      await assert.rejects(call({method}), {code: 'invalid-input'}, method)
    assert.deepEqual(server.requests, [])
  })

  it('follows no redirect', async () => {
    await addAccount(KEY)
    server.answers['GET /v1/items'] = {status: 302, body: ''}
    assert.equal((await call()).status, 302)
    assert.equal(server.requests.length, 1)
  })

  it('is not made once the provider’s API is elsewhere, nor with another client', async () => {
    await addAccount(KEY)
    const provider = await world.store.providers.get('example')
    assert.ok(provider)
    await world.store.providers.put({...provider, apiUrl: 'http://127.0.0.1:9/v1'})
    await assert.rejects(call(), {code: 'login-needed'})
    await world.store.providers.put({...provider, clientId: 'made-up-other-client'})
    await assert.rejects(call(), {code: 'login-needed'})
    assert.deepEqual(server.requests, [])
  })

  describe('that is refused', () => {
    beforeEach(() => {
      server.answers['GET /v1/items'] = {status: 401, body: {message: 'made-up refusal'}}
    })

    const stateOf = async (key: string) => (await world.store.accounts.get(key))?.state

    it('flags a credential that the identity URL refuses too, and is not made again', async () => {
      const {key} = await addAccount(BASIC)
      server.answers['GET /me'] = {status: 401}
      const answer = await call()
      assert.deepEqual([answer.status, await text(answer.body)], [401, '{"message":"made-up refusal"}'])
      assert.equal(answer.loginNeeded?.hint, 'behalf user link slack:U1 --provider example')
      const since = world.clock.now()
      assert.deepEqual(await stateOf(key), {kind: 'login-needed', reason: 'rejected', since})
      await assert.rejects(call(), {code: 'login-needed'})
      assert.equal(server.requests.length, 2)
    })

    it('flags nothing while the identity URL takes the credential, or does not answer', async () => {
      const {key} = await addAccount(BASIC)
      for (const answer of [{body: {id: '7', login: 'ada'}}, {status: 503}, {status: 404}]) {
        server.answers['GET /me'] = answer
        assert.equal((await call()).loginNeeded, undefined)
        assert.deepEqual(await stateOf(key), {kind: 'ok'})
      }
    })

    it('flags nothing where the service may want a one-time code', async () => {
      const {key} = await addAccount(BASIC, {otpHeader: 'X-Made-Up-OTP'})
      server.answers['GET /me'] = {status: 401}
      assert.equal((await call()).status, 401)
      assert.deepEqual(await stateOf(key), {kind: 'ok'})
    })

    it('asks once for many at once', async () => {
      await addAccount(BASIC)
      server.answers['GET /me'] = {status: 401}
      const answers = await Promise.all(Array.from({length: 8}, () => call()))
      assert.ok(answers.every(({status, loginNeeded}) => status === 401 && loginNeeded))
      assert.equal(server.requests.filter(({path}) => path === '/me').length, 1)
    })
  })
})

describe('a call of an API by OAuth 1.0a', () => {
  let world: BrokerWorld
  let server: OAuth1Server
  /** How far the service's clock is behind. */
  let lagMs = 0

  beforeEach(async () => {
    const clock = createFakeClock()
    world = await makeBrokerWorld({clock, client: createProviderClient({clock})})
    lagMs = 0
    server = await startOAuth1Server(() => clock.now() - lagMs)
    await world.store.providers.put(makeProvider({name: 'twitter', ...server.provider}))
  })

  afterEach(async () => {
    await server.stop()
    await world.dispose()
  })

  async function link(subject: string, login: string): Promise<Account> {
    const provider = makeProvider({name: 'twitter', ...server.provider})
    const {userId, ...token} = server.grant(login)
    const account = await world.addAccount(provider, {role: 'user', subject, userId, login})
    const credential = {kind: 'oauth1' as const, ...token, issuedAt: 1}
    return (await world.store.accounts.update(account.key, (current) => ({...current, credential}))) ?? account
  }

  const call = (subject: string, input: Omit<ApiInput, 'as'>) =>
    callApi(world.deps, {as: `subject:${subject}`, provider: 'twitter', ...input})

  it('is signed over query and form, each person for themself', async () => {
    await link('slack:U1', 'ada')
    await link('slack:U2', 'grace')
    const form = Buffer.from('status=Hello+W%C3%B6rld%20%2B%26*~&status=again')
    const headers = [['content-type', 'application/x-www-form-urlencoded']] as const
    const post = {method: 'POST', path: 'statuses/update.json?trim=1', headers, body: form}
    assert.equal((await call('slack:U1', post)).status, 200)
    assert.equal((await call('slack:U2', post)).status, 200)
    const search = await call('slack:U1', {method: 'GET', path: 'search/tweets.json', query: [['q', 'again']]})
    assert.equal(search.status, 200)
    assert.deepEqual(
      server.calls.map(({login}) => login),
      ['ada', 'grace', 'ada'],
    )
    assert.deepEqual(server.calls[0]?.parameters, [
      ['trim', '1'],
      ['status', 'Hello Wörld +&*~'],
      ['status', 'again'],
    ])
    assert.deepEqual(server.refused, [])
  })

  it('does not sign a JSON body, whose service would not either', async () => {
    await link('slack:U1', 'ada')
    const body = Buffer.from('{"a=b&c":1}')
    await call('slack:U1', {method: 'POST', path: 'x', headers: [['content-type', 'application/json']], body})
    assert.deepEqual(server.refused, [])
  })

  it('is not made with parameters of the protocol', async () => {
    await link('slack:U1', 'ada')
    const path = 'search/tweets.json?oauth_token=made-up'
    await assert.rejects(call('slack:U1', {method: 'GET', path}), {code: 'invalid-input'})
  })

  it('flags nobody for a client secret that is wrong, and says so', async () => {
    const {key} = await link('slack:U1', 'ada')
    const provider = makeProvider({name: 'twitter', ...server.provider})
    await world.store.providers.put({...provider, clientSecret: new Secret('made-up-wrong')})
    const answer = await call('slack:U1', {method: 'GET', path: 'search/tweets.json?q=a'})
    assert.equal(answer.status, 401)
    assert.match(answer.warning ?? '', /^twitter refuses the client made-up-consumer-key/)
    await world.store.providers.put(provider)
    assert.equal((await world.store.accounts.get(key))?.state.kind, 'ok')
    assert.equal((await call('slack:U1', {method: 'GET', path: 'search/tweets.json?q=a'})).status, 200)
  })

  it('flags nobody for a clock that is wrong', async () => {
    const {key} = await link('slack:U1', 'ada')
    lagMs = 20 * 60_000
    const answer = await call('slack:U1', {method: 'GET', path: 'search/tweets.json?q=a'})
    assert.equal(answer.status, 401)
    assert.match(answer.warning ?? '', /^twitter refuses the signature/)
    assert.equal((await world.store.accounts.get(key))?.state.kind, 'ok')
  })

  it('flags a token that has ended', async () => {
    const {key} = await link('slack:U1', 'ada')
    server.revoke('ada')
    const answer = await call('slack:U1', {method: 'GET', path: 'search/tweets.json?q=a'})
    assert.equal(answer.status, 401)
    assert.equal(answer.loginNeeded?.hint, 'behalf user link slack:U1 --provider twitter')
    assert.equal((await world.store.accounts.get(key))?.state.kind, 'login-needed')
  })
})
