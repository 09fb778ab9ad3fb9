import assert from 'node:assert/strict'

import type {Provider} from '../../../src/model/provider.js'
import {Secret} from '../../../src/model/secret.js'
import {createProviderClient} from '../../../src/providers/oauth-client.js'
import {createFakeClock} from '../../support/fake-clock.js'
import {startJsonServer, type JsonServer} from '../../support/json-server.js'
import {makeProvider} from '../../support/make-provider.js'
import {makeGrant, pointPreset} from '../../support/point-preset.js'

describe('the dialects of the presets, over HTTP', () => {
  const clock = createFakeClock()
  const client = createProviderClient({clock})
  let server: JsonServer

  beforeEach(async () => {
    server = await startJsonServer()
  })
  afterEach(() => server.stop())

  const pointed = (name: string): Provider => pointPreset(name, `${server.origin}/id/`)
  const grant = () => makeGrant(clock.now())

  const exchange = (provider: Provider) =>
    client.exchangeCode(provider, new URLSearchParams({code: 'made-up-code', state: 'made-up-state'}), {
      redirectUri: 'http://localhost:8420/callback',
      state: new Secret('made-up-state'),
      scopes: [],
      forceConsent: false,
    })

  describe('identify', () => {
    const people: [string, object, object][] = [
      [
        'github',
        {id: 583231, login: 'OctoCat', name: 'The Octocat'},
        {userId: '583231', login: 'octocat', displayName: 'The Octocat'},
      ],
      ['github', {id: 1, login: 'octocat', name: null}, {userId: '1', login: 'octocat'}],
      [
        'discord',
        {id: '80351110224678912', username: 'Nelly', global_name: 'Nelly'},
        {userId: '80351110224678912', login: 'nelly', displayName: 'Nelly'},
      ],
      [
        'spotify',
        {id: 'Wizzler', display_name: 'JM Wizzler'},
        {userId: 'Wizzler', login: 'wizzler', displayName: 'JM Wizzler'},
      ],
      [
        'webex',
        {id: 'Y2lzY29zcGFyazovL3Vz', emails: ['John.Andersen@example.test', 'j@example.test'], displayName: 'John'},
        {userId: 'Y2lzY29zcGFyazovL3Vz', login: 'john.andersen@example.test', displayName: 'John'},
      ],
      [
        'google',
        {sub: '1122334455', email: 'Ann@example.test', name: 'Ann'},
        {userId: '1122334455', login: 'ann@example.test', displayName: 'Ann'},
      ],
      ['google', {sub: '1122334455'}, {userId: '1122334455', login: '1122334455'}],
    ]
    for (const [name, answer, expected] of people) {
      it(`reads ${JSON.stringify(answer)} of ${name}`, async () => {
        server.answers['GET /id/userinfo'] = {body: answer}
        assert.deepEqual(await client.identify(pointed(name), grant()), expected)
        assert.equal(server.requests[0]?.headers.authorization, 'Bearer made-up-access-token')
      })
    }

    const strangers: [object | string, object][] = [
      [
        {sub: 'AbC', preferred_username: 'Ann'},
        {userId: 'AbC', login: 'ann'},
      ],
      [
        {sub: '1', nickname: 'Ann'},
        {userId: '1', login: 'ann'},
      ],
      [
        {sub: '1', email: 'Ann.B@example.test'},
        {userId: '1', login: 'ann.b'},
      ],
      [
        {sub: '1', preferred_username: 'ann@example.test'},
        {userId: '1', login: 'ann@example.test'},
      ],
      [
        {sub: '1', preferred_username: '  '},
        {userId: '1', login: '1'},
      ],
      [
        {sub: '1', preferred_username: 'two words'},
        {userId: '1', login: '1'},
      ],
      [
        {sub: '1', preferred_username: 'a/b'},
        {userId: '1', login: '1'},
      ],
      [
        {id: 7, username: 'ann'},
        {userId: '7', login: 'ann'},
      ],
      ['{"id": 12345678901234567890, "login": "big"}', {userId: '12345678901234567890', login: 'big'}],
      [
        '{"id":9007199254740993,"login":"id\\":99999999999999999999"}',
        {userId: '9007199254740993', login: 'id":99999999999999999999'},
      ],
    ]
    for (const [answer, expected] of strangers) {
      it(`reads ${typeof answer === 'string' ? answer : JSON.stringify(answer)} of a service without a dialect`, async () => {
        server.answers['GET /userinfo'] = {body: answer}
        const provider = makeProvider({userinfoUrl: `${server.origin}/userinfo`})
        assert.deepEqual(await client.identify(provider, grant()), expected)
      })
    }

    it('needs no request where the ID token holds a name', async () => {
      const withClaims = {...grant(), claims: {sub: '1', email: 'ann@example.test'}}
      const identity = await client.identify(pointed('google'), withClaims)
      assert.deepEqual(identity, {userId: '1', login: 'ann@example.test'})
      assert.equal(server.requests.length, 0)
    })

    it('does not believe an answer about someone else than the ID token', async () => {
      server.answers['GET /id/userinfo'] = {body: {sub: '2', email: 'bob@example.test'}}
      const identify = client.identify(pointed('google'), {...grant(), claims: {sub: '1'}})
      await assert.rejects(identify, {code: 'login-failed', message: /two different people/})
    })

    it('does not guess', async () => {
      const provider = makeProvider({userinfoUrl: `${server.origin}/userinfo`})
      for (const body of [{}, {sub: ''}, {sub: null, name: 'Ann'}, [], 'Ann', {id: 1.5}]) {
        server.answers['GET /userinfo'] = {body}
        await assert.rejects(client.identify(provider, grant()), {code: 'login-failed'})
      }
      server.answers['GET /userinfo'] = {status: 403, body: {error: 'insufficient_scope'}}
      await assert.rejects(client.identify(provider, grant()), {code: 'login-failed', message: /403/})
      server.answers['GET /userinfo'] = {status: 503}
      await assert.rejects(client.identify(provider, grant()), {code: 'unavailable'})
      await assert.rejects(client.identify(makeProvider(), grant()), {code: 'configuration'})
    })
  })

  describe('revoke', () => {
    const token = new Secret('made-up-token/+')

    it('follows RFC 7009 where nothing else is known', async () => {
      server.answers['POST /id/revoke'] = {}
      assert.deepEqual(await client.revoke(pointed('discord'), token, 'refresh_token'), {kind: 'revoked'})
      const [request] = server.requests
      assert.deepEqual(Object.fromEntries(new URLSearchParams(request?.body)), {
        token: 'made-up-token/+',
        token_type_hint: 'refresh_token',
        client_id: 'made-up-client',
        client_secret: 'made-up-client-secret',
      })
      assert.equal(request?.headers['content-type'], 'application/x-www-form-urlencoded')
    })

    it('sends Google the token alone, in the body', async () => {
      server.answers['POST /id/revoke'] = {body: {}}
      assert.deepEqual(await client.revoke(pointed('google'), token, 'access_token'), {kind: 'revoked'})
      assert.equal(server.requests[0]?.path, '/id/revoke')
      assert.equal(server.requests[0].body, 'token=made-up-token%2F%2B')
      server.answers['POST /id/revoke'] = {status: 400, body: {error: 'invalid_token'}}
      assert.deepEqual(await client.revoke(pointed('google'), token, 'access_token'), {kind: 'revoked'})
    })

    it('deletes a token at GitHub', async () => {
      const path = '/id/revoke/made-up-client/token'
      server.answers[`DELETE ${path}`] = {status: 204}
      assert.deepEqual(await client.revoke(pointed('github'), token, 'access_token'), {kind: 'revoked'})
      const [request] = server.requests
      assert.deepEqual(JSON.parse(request?.body ?? ''), {access_token: 'made-up-token/+'})
      const expected = `Basic ${Buffer.from('made-up-client:made-up-client-secret').toString('base64')}`
      assert.equal(request?.headers.authorization, expected)
      server.answers[`DELETE ${path}`] = {status: 422, body: {message: 'Validation Failed'}}
      assert.equal((await client.revoke(pointed('github'), token, 'access_token')).kind, 'revoked')
      server.answers[`DELETE ${path}`] = {status: 401, body: {message: 'Bad credentials'}}
      assert.equal((await client.revoke(pointed('github'), token, 'access_token')).kind, 'failed')
      assert.equal((await client.revoke(pointed('github'), token, 'refresh_token')).kind, 'unsupported')
    })

    for (const name of ['spotify', 'webex']) {
      it(`knows that ${name} has no way`, async () => {
        assert.deepEqual(await client.revoke(pointed(name), token, 'access_token'), {kind: 'unsupported'})
      })
    }

    it('fails where that is not certain', async () => {
      const provider = pointed('discord')
      for (const [status, body] of [
        [302, ''],
        [400, {error: 'invalid_request'}],
        [401, {error: 'invalid_client'}],
        [500, {error: 'invalid_token'}],
        [503, ''],
      ] as const) {
        server.answers['POST /id/revoke'] = {status, body}
        const revocation = await client.revoke(provider, token, 'access_token')
        assert.deepEqual(revocation, {kind: 'failed', reason: `it answered with status ${String(status)}`})
      }
      await server.stop()
      assert.equal((await client.revoke(provider, token, 'access_token')).kind, 'failed')
      server = await startJsonServer()
    })
  })

  describe('log in', () => {
    it('reads GitHub’s commas, and its errors behind a 200', async () => {
      const answer = {access_token: 'made-up', scope: 'repo,gist', token_type: 'bearer'}
      server.answers['POST /id/token'] = {body: answer}
      assert.deepEqual((await exchange(pointed('github'))).scopes, ['repo', 'gist'])
      assert.equal(server.requests[0]?.headers.accept, 'application/json')
      const refusals: [string, string][] = [
        ['bad_verification_code', 'login-failed'],
        ['incorrect_client_credentials', 'provider-misconfigured'],
        ['redirect_uri_mismatch', 'provider-misconfigured'],
        ['something_new', 'login-failed'],
      ]
      for (const [error, code] of refusals) {
        server.answers['POST /id/token'] = {body: {error, error_description: 'made up'}}
        await assert.rejects(exchange(pointed('github')), {code})
      }
    })

    it('authenticates to Spotify in the header', async () => {
      server.answers['POST /id/token'] = {body: {access_token: 'made-up', token_type: 'Bearer', scope: ''}}
      await exchange(pointed('spotify'))
      const expected = `Basic ${Buffer.from('made-up-client:made-up-client-secret').toString('base64')}`
      assert.equal(server.requests[0]?.headers.authorization, expected)
      assert(!server.requests[0].body.includes('secret'))
    })

    it('is unavailable, refused or misconfigured as the answer says', async () => {
      const answers: [number, unknown, string][] = [
        [429, '', 'unavailable'],
        [408, '', 'unavailable'],
        [502, '<html>', 'unavailable'],
        [200, '<html>', 'login-failed'],
        [404, 'page not found', 'login-failed'],
        [200, {access_token: ''}, 'login-failed'],
        [400, {error: 'invalid_grant'}, 'login-failed'],
        [400, {error: 'invalid_scope'}, 'login-failed'],
        [400, {error: 'temporarily_unavailable'}, 'unavailable'],
        [401, {error: 'invalid_client'}, 'provider-misconfigured'],
        [302, '', 'login-failed'],
      ]
      for (const [status, body, code] of answers) {
        server.answers['POST /id/token'] = {status, body}
        await assert.rejects(exchange(pointed('discord')), {code}, `${String(status)} ${JSON.stringify(body)}`)
      }
    })

    it('quotes a refusal on one line, and without what was sent', async () => {
      const description = 'Bad code made-up-code of made-up-client-secret\u001b[31m\r\n' + 'x'.repeat(500)
      server.answers['POST /id/token'] = {status: 400, body: {error: 'invalid_request', error_description: description}}
      const error = await exchange(pointed('discord')).then(
        () => assert.fail(),
        (reason: unknown) => (reason instanceof Error ? reason.message : ''),
      )
      assert.match(error, /^[\x20-\x7e…]+$/)
      assert(!error.includes('made-up-code') && !error.includes('made-up-client-secret'), error)
      assert(error.length < 300, error)
    })
  })

  describe('device flow', () => {
    const deviceAnswer = {
      device_code: 'made-up-device-code',
      user_code: 'WDJB-MJHT',
      verification_uri: 'https://example.test/device',
      expires_in: 900,
      interval: 5,
    }

    it('reads Google’s name for the address', async () => {
      const {verification_uri: url, ...rest} = deviceAnswer
      server.answers['POST /id/device'] = {body: {...rest, verification_url: url, interval: '7'}}
      const device = await client.startDevice(pointed('google'), ['email'])
      assert.equal(device.verificationUri, 'https://example.test/device')
      assert.equal(device.intervalMs, 7000)
      assert.equal(device.expiresAt, clock.now() + 900_000)
      assert.equal(new URLSearchParams(server.requests[0]?.body).get('scope'), 'email')
    })

    it('fills in what is left out', async () => {
      const {interval: _interval, expires_in: _life, ...rest} = deviceAnswer
      server.answers['POST /id/device'] = {body: {...rest, interval: 0}}
      const device = await client.startDevice(pointed('github'), [])
      assert.equal(device.intervalMs, 5000)
      assert.equal(device.expiresAt, clock.now() + 1_800_000)
    })

    const unfit: object[] = [
      {device_code: ''},
      {user_code: 'AB\u001b[2J'},
      {user_code: '<b>'},
      {verification_uri: 'javascript:alert(1)'},
      {verification_uri: 'file:///etc/passwd'},
      {verification_uri: 'nonsense'},
      {verification_uri: undefined},
    ]
    for (const parts of unfit) {
      it(`does not show ${JSON.stringify(parts)} to anyone`, async () => {
        server.answers['POST /id/device'] = {body: {...deviceAnswer, ...parts}}
        await assert.rejects(client.startDevice(pointed('github'), []), {code: 'login-failed'})
      })
    }

    const polls: [string, number, unknown, string][] = [
      ['google', 428, {error: 'authorization_pending'}, 'pending'],
      ['google', 403, {error: 'slow_down'}, 'slow-down'],
      ['google', 403, {error: 'access_denied'}, 'denied'],
      ['github', 200, {error: 'authorization_pending'}, 'pending'],
      ['github', 200, {error: 'slow_down', interval: 10}, 'slow-down'],
      ['github', 200, {error: 'expired_token'}, 'expired'],
      ['github', 200, {error: 'incorrect_device_code'}, 'expired'],
      ['github', 200, {error: 'access_denied'}, 'denied'],
      ['twitch', 400, {status: 400, message: 'authorization_pending'}, 'pending'],
      ['twitch', 400, {status: 400, message: 'invalid device code'}, 'expired'],
      ['twitch', 400, {status: 400, message: 'slow_down'}, 'slow-down'],
      ['twitch', 400, {error: 'slow_down'}, 'slow-down'],
      ['twitch', 400, {status: 400, message: 'access_denied'}, 'denied'],
      ['twitch', 400, {error: 'expired_token'}, 'expired'],
      ['twitch', 503, '', 'unavailable'],
      ['twitch', 429, '', 'unavailable'],
    ]
    for (const [name, status, body, kind] of polls) {
      it(`takes ${String(status)} ${JSON.stringify(body)} of ${name} for ${kind}`, async () => {
        const provider = pointed(name)
        server.answers['POST /id/device'] = {body: deviceAnswer}
        server.answers['POST /id/token'] = {status, body}
        const device = await client.startDevice(provider, ['a', 'b'])
        assert.equal((await client.pollDevice(provider, device, ['a', 'b'])).kind, kind)
      })
    }

    it('asks Twitch for scopes in the plural, both times', async () => {
      const provider = pointed('twitch')
      server.answers['POST /id/device'] = {body: deviceAnswer}
      server.answers['POST /id/token'] = {status: 400, body: {status: 400, message: 'authorization_pending'}}
      await client.pollDevice(provider, await client.startDevice(provider, ['a', 'b']), ['a', 'b'])
      assert.deepEqual(
        server.requests.map(({body}) => Object.fromEntries(new URLSearchParams(body))),
        [
          {client_id: 'made-up-client', scopes: 'a b'},
          {
            client_id: 'made-up-client',
            scopes: 'a b',
            device_code: 'made-up-device-code',
            grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
          },
        ],
      )
    })

    it('ends with a refused client, and is unavailable while nobody answers', async () => {
      const provider = pointed('github')
      server.answers['POST /id/device'] = {body: deviceAnswer}
      server.answers['POST /id/token'] = {status: 401, body: {error: 'invalid_client'}}
      const device = await client.startDevice(provider, [])
      await assert.rejects(client.pollDevice(provider, device, []), {code: 'provider-misconfigured'})
      await server.stop()
      assert.equal((await client.pollDevice(provider, device, [])).kind, 'unavailable')
      await assert.rejects(client.startDevice(provider, []), {code: 'unavailable'})
      server = await startJsonServer()
    })

    it('is a setting that is missing where there is none', async () => {
      await assert.rejects(client.startDevice(pointed('spotify'), []), {code: 'configuration'})
    })
  })

  describe('validate', () => {
    const validations: [number, unknown, object][] = [
      [
        200,
        {client_id: 'c', login: 'Ann', user_id: '1', scopes: null, expires_in: 60},
        {
          kind: 'live',
          clientId: 'c',
          login: 'ann',
          userId: '1',
          scopes: [],
          expiresAt: clock.now() + 60_000,
        },
      ],
      [
        200,
        {client_id: 'c', login: null, user_id: '', scopes: ['a'], expires_in: 0},
        {kind: 'live', clientId: 'c', scopes: ['a']},
      ],
      [200, {}, {kind: 'live'}],
      [401, {status: 401, message: 'invalid access token'}, {kind: 'dead'}],
      [401, '', {kind: 'dead'}],
      [
        401,
        {status: 401, message: 'missing authorization token'},
        {kind: 'unavailable', reason: 'the token did not arrive'},
      ],
      [200, '<html>', {kind: 'unavailable', reason: 'answered with status 200 and nothing readable'}],
      [403, {}, {kind: 'unavailable', reason: 'answered with status 403 and nothing readable'}],
      [503, '', {kind: 'unavailable', reason: 'answered with status 503'}],
    ]
    for (const [status, body, expected] of validations) {
      it(`takes ${String(status)} ${JSON.stringify(body)} for ${JSON.stringify(expected)}`, async () => {
        server.answers['GET /id/validate'] = {status, body}
        assert.deepEqual(await client.validate(pointed('twitch'), new Secret('made-up')), expected)
        assert.equal(server.requests[0]?.headers.authorization, 'OAuth made-up')
      })
    }
  })
})
