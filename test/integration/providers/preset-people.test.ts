import assert from 'node:assert/strict'

import type {Provider} from '../../../src/model/provider.js'
import {Secret} from '../../../src/model/secret.js'
import {createProviderClient} from '../../../src/providers/oauth-client.js'
import {listPresets} from '../../../src/providers/presets.js'
import {createFakeClock} from '../../support/fake-clock.js'
import {startJsonServer, type JsonAnswerOfServer, type JsonServer} from '../../support/json-server.js'
import {makeGrant, pointPreset} from '../../support/point-preset.js'

describe('the people of services that were held against their documentation, over HTTP', () => {
  const clock = createFakeClock()
  const client = createProviderClient({clock})
  let server: JsonServer

  beforeEach(async () => {
    server = await startJsonServer()
  })
  afterEach(() => server.stop())

  const pointed = (name: string): Provider => pointPreset(name, `${server.origin}/id`)
  const grant = () => makeGrant(clock.now())

  describe('who it was', () => {
    const people: Record<string, [answer: object, userId: string, login: string, displayName?: string]> = {
      atlassian: [
        {account_type: 'atlassian', account_id: '112233aa', email: 'Mia@example.test', name: 'Mia Krystof'},
        '112233aa',
        'mia@example.test',
        'Mia Krystof',
      ],
      bitbucket: [
        {type: 'user', uuid: '{a1b2}', nickname: 'Ann', display_name: 'Ann Example', account_id: '557058:c'},
        '{a1b2}',
        'ann',
        'Ann Example',
      ],
      discord: [{id: '80351110224678912', username: 'Nelly', global_name: null}, '80351110224678912', 'nelly'],
      dropbox: [
        {account_id: 'dbid:AAH4', name: {given_name: 'Franz', display_name: 'Franz F.'}, email: 'franz@example.test'},
        'dbid:AAH4',
        'franz@example.test',
        'Franz F.',
      ],
      facebook: [{id: '10216', name: 'Ann Example'}, '10216', '10216', 'Ann Example'],
      github: [{id: 583_231, login: 'OctoCat', name: null, email: null}, '583231', 'octocat'],
      gitlab: [{id: 1, username: 'John_Smith', name: 'John Smith'}, '1', 'john_smith', 'John Smith'],
      google: [{sub: '11', email: 'ann@example.test', name: 'Ann'}, '11', 'ann@example.test', 'Ann'],
      linkedin: [
        {sub: '782bbtaQ', name: 'John Doe', email: 'doe@example.test', email_verified: true},
        '782bbtaQ',
        'doe@example.test',
        'John Doe',
      ],
      microsoft: [
        {id: '87d349ed', userPrincipalName: 'Adele@example.test', displayName: 'Adele Vance', mail: null},
        '87d349ed',
        'adele@example.test',
        'Adele Vance',
      ],
      notion: [
        {
          object: 'user',
          id: '16d84278-the-bot',
          type: 'bot',
          name: 'A bot',
          bot: {owner: {type: 'user', user: {id: '5389a034', name: 'Ann', person: {email: 'ann@example.test'}}}},
        },
        '5389a034',
        'ann@example.test',
        'Ann',
      ],
      reddit: [{id: '1w72', name: 'Spez', is_employee: true}, '1w72', 'spez', 'Spez'],
      slack: [
        {ok: true, url: 'https://acme.slack.example/', team: 'Acme', user: 'Ann', team_id: 'T1', user_id: 'W12345678'},
        'W12345678',
        'ann',
      ],
      spotify: [{id: 'Wizzler', display_name: 'JM Wizzler'}, 'Wizzler', 'wizzler', 'JM Wizzler'],
      strava: [
        {id: 1_234_567_890_987, username: null, firstname: 'Marianne'},
        '1234567890987',
        '1234567890987',
        'Marianne',
      ],
      webex: [
        {id: 'Y2lzY28', emails: ['John@example.test'], displayName: 'John'},
        'Y2lzY28',
        'john@example.test',
        'John',
      ],
      x: [{data: {id: '2244994945', name: 'X Dev', username: 'XDevelopers'}}, '2244994945', 'xdevelopers', 'X Dev'],
      youtube: [{sub: '11', email: 'ann@example.test'}, '11', 'ann@example.test'],
      zoom: [
        {id: 'KDcuGIm1', email: 'jchill@example.test', display_name: 'Jill Chill'},
        'KDcuGIm1',
        'jchill@example.test',
        'Jill Chill',
      ],
    }

    it('is tested for each of them that is asked with a token, Twitch apart', () => {
      const asked = listPresets().filter(
        ({documented, credentialKinds}) => documented && credentialKinds[0] === 'oauth2',
      )
      assert.deepEqual(
        asked.map(({name}) => name).filter((name) => name !== 'twitch'),
        Object.keys(people).sort(),
      )
    })

    for (const [name, [answer, userId, login, displayName]] of Object.entries(people)) {
      it(`is read of ${name}`, async () => {
        const provider = pointed(name)
        const method = ['dropbox', 'slack'].includes(name) ? 'POST' : 'GET'
        server.answers[`${method} /id/userinfo`] = {body: answer}
        const expected = {userId, login, ...(displayName !== undefined && {displayName})}
        assert.deepEqual(await client.identify(provider, grant()), expected)
        const [{headers, body} = assert.fail()] = server.requests
        assert.equal(headers.authorization, 'Bearer made-up-access-token')
        assert.equal(headers['notion-version'], name === 'notion' ? '2026-03-11' : undefined)
        assert.equal(body, '')
      })
    }

    const nobody: [string, object][] = [
      ['slack', {ok: false, error: 'invalid_auth'}],
      ['x', {errors: [{title: 'Unauthorized'}]}],
      ['x', {data: null}],
      ['x', {id: '1', username: 'not-where-it-belongs'}],
      ['notion', {bot: {owner: {type: 'workspace', workspace: true}}}],
      ['notion', {bot: 'owner'}],
    ]
    for (const [name, answer] of nobody) {
      it(`is nobody at ${name} where it answers ${JSON.stringify(answer)}`, async () => {
        server.answers[`${name === 'slack' ? 'POST' : 'GET'} /id/userinfo`] = {body: answer}
        await assert.rejects(client.identify(pointed(name), grant()), {code: 'login-failed'})
      })
    }
  })

  describe('the authorization page', () => {
    const query = async (name: string, scopes: string[], forceConsent = false) => {
      const provider = pointed(name)
      const url = await client.authorizationUrl(provider, {
        redirectUri: 'http://localhost:8420/callback',
        state: new Secret('made-up-state'),
        scopes,
        ...(provider.pkce && {codeVerifier: new Secret('made-up-verifier-'.repeat(4))}),
        forceConsent,
      })
      return Object.fromEntries(new URL(url).searchParams)
    }

    const parameters: [string, Record<string, string>][] = [
      ['atlassian', {audience: 'api.atlassian.com', prompt: 'consent', scope: 'a b', code_challenge_method: 'S256'}],
      ['dropbox', {token_access_type: 'offline', scope: 'a b', code_challenge_method: 'S256'}],
      ['google', {access_type: 'offline', prompt: 'consent', scope: 'a b', code_challenge_method: 'S256'}],
      ['notion', {owner: 'user', scope: 'a b'}],
      ['reddit', {duration: 'permanent', scope: 'a b'}],
      ['slack', {user_scope: 'a,b'}],
      ['strava', {scope: 'a,b'}],
      ['x', {scope: 'a b', code_challenge_method: 'S256'}],
      ['youtube', {access_type: 'offline', prompt: 'consent', scope: 'a b', code_challenge_method: 'S256'}],
      ['zoom', {scope: 'a b', code_challenge_method: 'S256'}],
    ]
    for (const [name, expected] of parameters) {
      it(`of ${name} is opened with what it needs`, async () => {
        const {code_challenge: _challenge, ...found} = await query(name, ['a', 'b'])
        assert.deepEqual(found, {
          ...expected,
          response_type: 'code',
          client_id: 'made-up-client',
          redirect_uri: 'http://localhost:8420/callback',
          state: 'made-up-state',
        })
      })
    }

    it('names no scopes where none are wanted', async () => {
      assert.equal('scope' in (await query('notion', [])), false)
    })

    it('asks again where that is wanted', async () => {
      assert.equal((await query('strava', ['read'], true)).approval_prompt, 'force')
      assert.equal((await query('google', ['openid'], true)).prompt, 'select_account consent')
    })
  })

  describe('revocation', () => {
    const revocations: [string, string, JsonAnswerOfServer, string][] = [
      ['dropbox', 'POST', {body: ''}, 'revoked'],
      ['strava', 'POST', {body: {access_token: 'made-up'}}, 'revoked'],
      ['slack', 'POST', {body: {ok: true, revoked: true}}, 'revoked'],
      ['slack', 'POST', {body: {ok: false, error: 'token_revoked'}}, 'revoked'],
      ['slack', 'POST', {body: {ok: false, error: 'internal_error'}}, 'failed'],
      ['facebook', 'DELETE', {body: {success: true}}, 'revoked'],
      ['facebook', 'DELETE', {status: 400, body: {error: {code: 190, message: 'Invalid token.'}}}, 'revoked'],
      ['strava', 'POST', {status: 401, body: {message: 'Authorization Error', errors: []}}, 'failed'],
    ]
    for (const [name, method, answer, kind] of revocations) {
      it(`of ${name} is ${kind} after ${JSON.stringify(answer)}, the token being its own authority`, async () => {
        server.answers[`${method} /id/revoke`] = answer
        const provider = pointed(name)
        assert.equal((await client.revoke(provider, new Secret('made-up-access-token'), 'access_token')).kind, kind)
        const [{headers, body} = assert.fail()] = server.requests
        assert.equal(headers.authorization, 'Bearer made-up-access-token')
        assert.equal(body, '')
        const refresh = await client.revoke(provider, new Secret('made-up-refresh-token'), 'refresh_token')
        assert.equal(refresh.kind, 'unsupported')
        assert.equal(server.requests.length, 1)
      })
    }

    for (const name of ['reddit', 'zoom', 'x', 'notion', 'gitlab', 'discord']) {
      it(`of ${name} is RFC 7009’s`, async () => {
        server.answers['POST /id/revoke'] = {body: {}}
        const provider = pointed(name)
        assert.equal((await client.revoke(provider, new Secret('made-up'), 'refresh_token')).kind, 'revoked')
        const [{headers, body} = assert.fail()] = server.requests
        const sent = (
          provider.tokenBody === 'json' ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body))
        ) as Record<string, string>
        assert.equal(sent.token, 'made-up')
        assert.equal(headers.authorization !== undefined, provider.authMethod === 'basic')
      })
    }
  })

  describe('the device flow', () => {
    const started = {
      device_code: 'made-up-device-code',
      user_code: 'WDJB-MJHT',
      verification_uri: 'https://example.test/device',
      expires_in: 900,
      interval: 5,
    }
    const pending: Record<string, JsonAnswerOfServer> = {
      github: {body: {error: 'authorization_pending'}},
      gitlab: {status: 400, body: {error: 'authorization_pending'}},
      google: {status: 428, body: {error: 'authorization_pending'}},
      microsoft: {status: 400, body: {error: 'authorization_pending'}},
      twitch: {status: 400, body: {status: 400, message: 'authorization_pending'}},
      webex: {status: 428, body: {message: 'Precondition Required', errors: [{description: 'pending'}]}},
      youtube: {status: 428, body: {error: 'authorization_pending'}},
      zoom: {status: 400, body: {error: 'authorization_pending', reason: 'Authorization pending'}},
    }

    it('is tested for each of them that has one', () => {
      const having = listPresets().filter(({deviceUrl}) => deviceUrl !== undefined)
      assert.deepEqual(
        having.map(({name}) => name),
        Object.keys(pending),
      )
    })

    for (const [name, answer] of Object.entries(pending)) {
      it(`of ${name} waits for the person, then has the tokens`, async () => {
        const provider = pointed(name)
        const tokenPath = provider.deviceTokenUrl === undefined ? '/id/token' : '/id/device-token'
        server.answers['POST /id/device'] = {body: started}
        server.answers[`POST ${tokenPath}`] = answer
        const device = await client.startDevice(provider, ['a', 'b'])
        assert.equal((await client.pollDevice(provider, device, ['a', 'b'])).kind, 'pending')
        const tokens = {access_token: 'made-up-access-token', token_type: 'bearer', expires_in: 3600}
        server.answers[`POST ${tokenPath}`] = {body: tokens}
        const poll = await client.pollDevice(provider, device, ['a', 'b'])
        assert(poll.kind === 'granted')
        assert.equal(poll.grant.accessToken.reveal(), 'made-up-access-token')
        assert.equal(new URLSearchParams(server.requests[0]?.body).get(name === 'twitch' ? 'scopes' : 'scope'), 'a b')
        const polled = new URLSearchParams(server.requests[1]?.body)
        assert.equal(polled.get('device_code'), 'made-up-device-code')
        assert.equal(server.requests[1]?.headers.authorization !== undefined, provider.authMethod === 'basic')
      })
    }

    const ends: [string, JsonAnswerOfServer, string][] = [
      ['microsoft', {status: 400, body: {error: 'authorization_declined'}}, 'denied'],
      ['microsoft', {status: 400, body: {error: 'bad_verification_code'}}, 'expired'],
      ['webex', {status: 400, body: {message: 'No.', errors: [{description: 'slow_down'}]}}, 'slow-down'],
      ['webex', {status: 400, body: {message: 'No.', errors: [{description: 'access_denied'}]}}, 'denied'],
      ['gitlab', {status: 400, body: {error: 'expired_token'}}, 'expired'],
    ]
    for (const [name, answer, kind] of ends) {
      it(`of ${name}: ${JSON.stringify(answer)} is ${kind}`, async () => {
        const provider = pointed(name)
        server.answers['POST /id/device'] = {body: started}
        server.answers[`POST /id/${provider.deviceTokenUrl === undefined ? 'token' : 'device-token'}`] = answer
        const device = await client.startDevice(provider, [])
        assert.equal((await client.pollDevice(provider, device, [])).kind, kind)
      })
    }
  })
})
