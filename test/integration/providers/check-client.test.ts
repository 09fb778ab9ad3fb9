import assert from 'node:assert/strict'

import type {Provider} from '../../../src/model/provider.js'
import {Secret} from '../../../src/model/secret.js'
import {createProviderClient} from '../../../src/providers/oauth-client.js'
import type {ClientVerdict} from '../../../src/providers/provider-client.js'
import {createFakeClock} from '../../support/fake-clock.js'
import {startJsonServer, type JsonServer} from '../../support/json-server.js'
import {makeProvider} from '../../support/make-provider.js'

describe('checkClient', () => {
  const client = createProviderClient({clock: createFakeClock(Date.now())})
  let server: JsonServer

  beforeEach(async () => (server = await startJsonServer()))
  afterEach(() => server.stop())

  const provider = (parts: Partial<Provider> = {}): Provider =>
    makeProvider({tokenUrl: `${server.origin}/token`, ...parts})
  const publicProvider = (parts: Partial<Provider> = {}): Provider => {
    const {clientSecret: _none, ...rest} = provider({authMethod: 'none', ...parts})
    return rest
  }
  /** The verdict, apart from the clock's. */
  async function check(of: Provider): Promise<ClientVerdict> {
    const {clockAheadMs: _clock, ...verdict} = {clockAheadMs: 0, ...(await client.checkClient(of))}
    return verdict
  }
  const answer = (status: number, body: unknown, path = 'POST /token') => {
    server.answers = {...server.answers, [path]: {status, body}}
  }

  describe('of a client with a secret', () => {
    it('is accepted when it is given a token, which is revoked where that ends no more', async () => {
      answer(200, {access_token: 'made-up-app-token', token_type: 'bearer'})
      answer(200, {}, 'POST /revoke')
      assert.deepEqual(await check(provider({revokeUrl: `${server.origin}/revoke`})), {kind: 'accepted'})
      assert.match(server.requests[1]?.body ?? '', /token=made-up-app-token/)
      await check(provider({revokeUrl: `${server.origin}/revoke`, revokeEnds: 'grant'}))
      assert.equal(server.requests.length, 3)
    })

    it('is refused when the provider says so, without its secret in the words', async () => {
      answer(401, {error: 'invalid_client', error_description: 'no such secret: made-up-client-secret'})
      assert.deepEqual(await check(provider()), {
        kind: 'refused',
        fault: 'client',
        reason: 'no such secret: [secret]',
      })
    })

    for (const [status, message, fault] of [
      [400, 'invalid client', 'client-id'],
      [403, 'invalid client secret', 'client-secret'],
      [400, 'Invalid client credentials', 'secret-given'],
    ] as const) {
      it(`is told by Twitch’s “${message}” what is wrong`, async () => {
        answer(status, {status, message})
        assert.deepEqual(await check(provider({dialect: 'twitch'})), {kind: 'refused', fault, reason: message})
      })
    }

    for (const error of ['unsupported_grant_type', 'unauthorized_client', 'invalid_scope']) {
      it(`is not known to be wrong after ${error}`, async () => {
        answer(400, {error})
        assert.deepEqual(await check(provider()), {kind: 'unsupported', reason: `it answered “${error}”`})
      })
    }

    it('is not judged by what is no answer', async () => {
      answer(200, '<html>')
      assert.equal((await check(provider())).kind, 'unsupported')
      answer(503, {error: 'temporarily_unavailable'})
      assert.equal((await check(provider())).kind, 'unavailable')
      assert.equal((await check(provider({tokenUrl: 'http://127.0.0.1:9/token'}))).kind, 'unavailable')
    })
  })

  describe('of a client without one', () => {
    it('is accepted when a device login begins', async () => {
      const deviceUrl = `${server.origin}/device`
      const begun = {device_code: 'made-up', user_code: 'MADE', verification_uri: 'https://example.test', expires_in: 9}
      answer(200, begun, 'POST /device')
      assert.deepEqual(await check(publicProvider({deviceUrl, dialect: 'twitch'})), {kind: 'accepted'})
      assert.equal(server.requests[0]?.body, 'scopes=read&client_id=made-up-client')
      answer(400, {status: 400, message: 'invalid client'}, 'POST /device')
      assert.equal((await check(publicProvider({deviceUrl, dialect: 'twitch'}))).kind, 'refused')
    })

    it('cannot be asked about without a device login; that somebody answers is seen', async () => {
      assert.equal((await check(publicProvider())).kind, 'unsupported')
      assert.equal((await check(publicProvider({tokenUrl: 'http://127.0.0.1:9/token'}))).kind, 'unavailable')
    })
  })

  describe('of a Twitch client that is said to have no secret', () => {
    const begun = {device_code: 'made-up', user_code: 'MADE', verification_uri: 'https://example.test', expires_in: 9}
    const twitch = () => publicProvider({deviceUrl: `${server.origin}/device`, dialect: 'twitch'})
    beforeEach(() => {
      answer(200, begun, 'POST /device')
    })

    it('is found out when it has one, for a device login begins all the same and the first refresh fails', async () => {
      answer(400, {status: 400, message: 'missing client secret'})
      assert.deepEqual(await check(twitch()), {
        kind: 'refused',
        fault: 'secret-missing',
        reason: 'missing client secret',
      })
    })

    for (const [status, message] of [
      [400, 'Invalid refresh token'],
      [500, 'made up'],
    ] as const) {
      it(`is taken at its word after ${String(status)} ${message}`, async () => {
        answer(status, {status, message})
        assert.deepEqual(await check(twitch()), {kind: 'accepted'})
      })
    }
  })

  it('tells by how much the clocks differ', async () => {
    answer(400, {error: 'invalid_client'})
    const ahead = createProviderClient({clock: createFakeClock(Date.now() + 3_600_000)})
    const verdict = await ahead.checkClient(provider({clientSecret: new Secret('made-up')}))
    assert.ok(verdict.kind === 'refused' && Math.abs((verdict.clockAheadMs ?? 0) - 3_600_000) < 5000)
  })

  describe('of a provider that does not speak OAuth 2', () => {
    it('asks whether it answers, and sends no secret', async () => {
      answer(200, 'something', 'GET /me')
      const {tokenUrl: _none, ...plain} = publicProvider({credentialKinds: ['basic'], clientId: ''})
      const {kind, ...verdict} = await check({...plain, userinfoUrl: `${server.origin}/me`})
      assert.deepEqual([kind, verdict], ['unsupported', {reason: 'it knows no clients'}])
      assert.deepEqual(await check(provider({credentialKinds: ['oauth1']})), {
        kind: 'unsupported',
        reason: 'it is seen when someone logs in',
      })
      for (const {method, headers, body} of server.requests) {
        assert.deepEqual([method, headers.authorization, body], ['GET', undefined, ''])
      }
    })

    it('is unavailable when nobody answers', async () => {
      const {tokenUrl: _none, ...plain} = publicProvider({credentialKinds: ['api-key'], apiUrl: 'http://127.0.0.1:1/'})
      assert.equal((await check(plain)).kind, 'unavailable')
    })
  })
})
