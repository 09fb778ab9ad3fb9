import assert from 'node:assert/strict'

import type {Account} from '../../../src/model/account.js'
import type {Credential} from '../../../src/model/credential.js'
import type {Provider} from '../../../src/model/provider.js'
import {Secret} from '../../../src/model/secret.js'
import {keepOneTimeCode} from '../../../src/broker/one-time-code.js'
import {createProviderClient} from '../../../src/providers/oauth-client.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'
import {createFakeClock} from '../../support/fake-clock.js'
import {startJsonServer, type JsonServer} from '../../support/json-server.js'
import {makeProvider} from '../../support/make-provider.js'
import {startOAuth1Server, type OAuth1Server} from '../../support/oauth1-server.js'
import {startPassthrough, type PassthroughScene} from '../../support/passthrough-scene.js'
import {startWireServer} from '../../support/wire-server.js'

type Init = Omit<RequestInit, 'headers'> & {headers?: Record<string, string>}

describe('the passthrough of a provider whose credentials are no tokens', () => {
  let world: BrokerWorld
  let daemon: PassthroughScene
  let api: JsonServer
  let twitter: OAuth1Server

  beforeEach(async () => {
    const clock = createFakeClock()
    world = await makeBrokerWorld({clock, client: createProviderClient({clock})})
    daemon = await startPassthrough(world.deps)
    api = await startJsonServer({'GET /v1/items': {body: {items: []}}})
    twitter = await startOAuth1Server(() => clock.now())
  })

  afterEach(async () => {
    await daemon.stop()
    await Promise.all([api.stop(), twitter.stop()])
    await world.dispose()
  })

  async function addAccount(parts: Partial<Provider>, subject: string, credential: Credential): Promise<Account> {
    const provider = makeProvider(parts)
    await world.store.providers.put(provider)
    const names = {role: 'user' as const, subject, userId: `id-of-${subject}`, login: subject.replace(/.*:/, '')}
    const {key} = await world.addAccount(provider, names)
    const account = await world.store.accounts.update(key, (current) => ({...current, credential}))
    assert.ok(account)
    return account
  }

  const addStatic = (credential: Credential, parts: Partial<Provider> = {}): Promise<Account> =>
    addAccount(
      {credentialKinds: [credential.kind], apiUrl: `${api.origin}/v1`, userinfoUrl: `${api.origin}/me`, ...parts},
      'slack:U1',
      credential,
    )

  async function addTokens(): Promise<Provider> {
    const provider = makeProvider({apiUrl: `${api.origin}/v1`})
    await world.store.providers.put(provider)
    return provider
  }

  function addTwitter(subject: string, login: string): Promise<Account> {
    const {userId: _told, ...token} = twitter.grant(login)
    return addAccount({name: 'twitter', ...twitter.provider}, subject, {kind: 'oauth1', ...token, issuedAt: 1})
  }

  const call = (token: string, path: string, {headers, ...init}: Init = {}) =>
    fetch(`${daemon.origin}${path}`, {
      redirect: 'manual',
      ...init,
      headers: {Authorization: `Bearer ${token}`, ...headers},
    })

  const BASIC: Credential = {kind: 'basic', username: 'ada', password: new Secret('made-up-password'), issuedAt: 1}
  const KEY: Credential = {kind: 'api-key', key: new Secret('made-up-key'), issuedAt: 1}

  it('sends a user name and password, an API key, and a one-time code once', async () => {
    const {key} = await addStatic(BASIC, {otpHeader: 'X-Made-Up-OTP'})
    const token = await daemon.issue(['api:example'], ['subject:slack:U1'])
    await keepOneTimeCode(world.deps, {subject: 'slack:U1', code: new Secret('123456')})
    const headers = {'X-Made-Up-OTP': '000000', Accept: 'text/csv'}
    assert.equal((await call(token, '/api/example/items', {headers})).status, 200)
    assert.equal((await call(token, '/api/example/items', {headers})).status, 200)
    const [first, second] = api.requests.map((request) => request.headers)
    assert.equal(first?.authorization, `Basic ${Buffer.from('ada:made-up-password').toString('base64')}`)
    assert.deepEqual([first['x-made-up-otp'], second?.['x-made-up-otp']], ['123456', undefined])
    assert.deepEqual(
      daemon.audited.map(({actedAs, status}) => [actedAs, status]),
      [
        [key, 200],
        [key, 200],
      ],
    )
    assert.equal(daemon.observed.length, 2)
  })

  it('sends an API key in the place that is its own, and nothing of the caller’s there', async () => {
    await addStatic(KEY, {apiKey: {header: 'Prefer', prefix: 'key'}, requestHeaders: {'x-made-up-version': '2'}})
    const token = await daemon.issue(['api:example'], ['subject:slack:U1'])
    await call(token, '/api/example/items', {headers: {Prefer: 'made-up', 'X-Made-Up-Version': '1'}})
    const {prefer, authorization, 'x-made-up-version': version} = api.requests[0]?.headers ?? {}
    assert.deepEqual([prefer, authorization, version], ['key made-up-key', undefined, '1'])
    await call(token, '/api/example/items')
    assert.equal(api.requests[1]?.headers['x-made-up-version'], '2')
  })

  it('signs the query and the form that are sent, for each person apart', async () => {
    await addTwitter('slack:U1', 'ada')
    await addTwitter('slack:U2', 'grace')
    const token = await daemon.issue(['api:twitter'], ['subject:slack:U1', 'subject:slack:U2'])
    const post = (subject: string, body: string | ReadableStream) =>
      call(token, '/api/twitter/statuses/update.json?a=1&a=1&b', {
        method: 'POST',
        body,
        duplex: 'half',
        headers: {
          'X-Behalf-Of': `subject:${subject}`,
          'Content-Type': 'application/x-www-form-urlencoded;charset=UTF-8',
        },
      })
    assert.equal((await post('slack:U1', 'status=Hello+W%C3%B6rld%21&a=%2B')).status, 200)
    assert.equal((await post('slack:U2', new Blob(['status=in+pieces']).stream())).status, 200)
    assert.deepEqual(twitter.tweets, [
      {login: 'ada', text: 'Hello Wörld!'},
      {login: 'grace', text: 'in pieces'},
    ])
    assert.deepEqual(twitter.refused, [])
  })

  it('refuses a form that is too large to keep, and parameters of OAuth itself', async () => {
    await addTwitter('slack:U1', 'ada')
    const token = await daemon.issue(['api:twitter'], ['subject:slack:U1'])
    const headers = {'Content-Type': 'application/x-www-form-urlencoded'}
    const path = '/api/twitter/statuses/update.json'
    const large = `status=${'x'.repeat(1024 * 1024)}`
    assert.equal((await call(token, path, {method: 'POST', body: large, headers})).status, 413)
    const pieces = new Blob([large]).stream()
    assert.equal((await call(token, path, {method: 'POST', body: pieces, duplex: 'half', headers})).status, 413)
    assert.equal((await call(token, path, {method: 'POST', body: 'oauth_token=x', headers})).status, 400)
    assert.equal((await call(token, `${path}?oauth_signature=x`)).status, 400)
    assert.equal((await call(token, `${path}?a=%ff`)).status, 400)
    assert.deepEqual(twitter.calls, [])
    // What is no form is not signed, and may be larger.
    const json = {method: 'POST', body: JSON.stringify(large), headers: {'Content-Type': 'application/json'}}
    assert.equal((await call(token, '/api/twitter/x', json)).status, 404)
    assert.equal(twitter.calls.length, 1)
  })

  it('signs a reading call anew where a kept connection turns out to be closed', async () => {
    await addTwitter('slack:U1', 'ada')
    const token = await daemon.issue(['api:twitter'], ['subject:slack:U1'])
    const search = () => call(token, '/api/twitter/search/tweets.json?q=a')
    assert.equal((await search()).status, 200)
    twitter.drops = 1
    assert.equal((await search()).status, 200)
    assert.equal(twitter.calls.length, 3)
    assert.deepEqual(twitter.refused, [])
  })

  it('sends a one-time code no second time, also where a kept connection turns out to be closed', async () => {
    // Each connection is good for one answer.
    const answered = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'
    const wire = await startWireServer((socket, received) => {
      if (received.split('GET /').length > 2) socket.destroy()
      else if (received !== '') socket.write(answered)
    })
    try {
      await addStatic(BASIC, {apiUrl: new URL(wire.url).origin, otpHeader: 'X-OTP'})
      const token = await daemon.issue(['api:example'], ['subject:slack:U1'])
      for (const code of [undefined, undefined, '123456', undefined]) {
        if (code) await keepOneTimeCode(world.deps, {subject: 'slack:U1', code: new Secret(code)})
        assert.equal((await call(token, '/api/example/items')).status, code ? 502 : 200)
      }
      assert.equal(wire.received.join('').split('123456').length, 2)
    } finally {
      await wire.stop()
    }
  })

  describe('when the credential is dead', () => {
    it('passes the API’s own 401 with the address of a login, then says 409 with the same', async () => {
      await addTwitter('slack:U1', 'ada')
      twitter.revoke('ada')
      const token = await daemon.issue(['api:twitter', 'flow:start'], ['subject:slack:U1'])
      const first = await call(token, '/api/twitter/search/tweets.json?q=a')
      assert.equal(first.status, 401)
      assert.match(await first.text(), /Could not authenticate you/)
      assert.equal(first.headers.get('x-behalf-error'), 'login-needed')
      const url = first.headers.get('x-behalf-authorization-url') ?? ''
      assert.ok(url.startsWith(`${twitter.origin}/oauth/authorize?`), url)
      const second = await call(token, '/api/twitter/search/tweets.json?q=a')
      assert.equal(second.status, 409)
      const {code, authorization_url: offered} = (await second.json()) as Record<string, string>
      assert.deepEqual([code, offered], ['login-needed', url])
      assert.equal((await world.store.flows.list()).length, 1)
    })

    it('does the same for tokens of OAuth 2 that nothing can renew', async () => {
      const account = await world.addAccount(await addTokens(), {role: 'user', subject: 'slack:U1', userId: '7'})
      // Past the first minute of the token: a refusal is believed.
      world.clock.advance(5 * 60_000)
      const since = world.clock.now()
      await world.store.accounts.update(account.key, (current) => ({
        ...current,
        state: {kind: 'login-needed', reason: 'rejected', since},
      }))
      const token = await daemon.issue(['api:example', 'flow:start'], ['subject:slack:U1'])
      api.answers['GET /v1/items'] = {status: 401, body: 'no'}
      const first = await call(token, '/api/example/items')
      const url = first.headers.get('x-behalf-authorization-url') ?? ''
      assert.deepEqual([first.status, first.headers.get('x-behalf-error')], [401, 'login-needed'])
      assert.ok(url.startsWith('https://id.example.test/authorize?'), url)
      world.clock.advance(5 * 60 * 60_000)
      const second = await call(token, '/api/example/items')
      const {code, authorization_url: fresh = ''} = (await second.json()) as Record<string, string>
      assert.deepEqual([second.status, code], [409, 'login-needed'])
      assert.ok(fresh.startsWith('https://id.example.test/authorize?') && fresh !== url, fresh)
      assert.equal(api.requests.length, 1)
    })

    it('begins no flow for a caller that may not, nor for a kind that has no authorization page', async () => {
      await addTwitter('slack:U1', 'ada')
      twitter.revoke('ada')
      const token = await daemon.issue(['api:twitter'], ['subject:slack:U1'])
      assert.equal((await call(token, '/api/twitter/x')).headers.get('x-behalf-authorization-url'), null)
      await addStatic(BASIC, {name: 'jenkins'})
      api.answers['GET /v1/items'] = {status: 401}
      api.answers['GET /me'] = {status: 401}
      const starter = await daemon.issue(['api:jenkins', 'flow:start'], ['jenkins/subject:slack:U1'])
      const refused = await call(starter, '/api/jenkins/items')
      assert.deepEqual([refused.status, refused.headers.get('x-behalf-error')], [401, 'login-needed'])
      assert.equal(refused.headers.get('x-behalf-authorization-url'), null)
      assert.deepEqual(await world.store.flows.list(), [])
    })
  })
})
