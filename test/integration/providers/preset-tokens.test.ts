import assert from 'node:assert/strict'

import type {Provider} from '../../../src/model/provider.js'
import {Secret} from '../../../src/model/secret.js'
import {DAY_MS, HOUR_MS} from '../../../src/model/time.js'
import {createProviderClient} from '../../../src/providers/oauth-client.js'
import {findPreset, listPresets} from '../../../src/providers/presets.js'
import {createFakeClock} from '../../support/fake-clock.js'
import {startJsonServer, type JsonAnswerOfServer, type JsonServer} from '../../support/json-server.js'
import {pointPreset} from '../../support/point-preset.js'

/** What a service answers in the form that its documentation shows, and what is made of it. */
interface Habits {
  /** The answer to a code, beside the tokens; or instead of them. */
  login: Record<string, unknown>
  /** What of the refresh token is known after the login. */
  refreshTokenDays?: number
  /** The answer to a refresh token; none where there are no refresh tokens. */
  refresh?: Record<string, unknown>
  /** To one that is dead. */
  dead?: JsonAnswerOfServer
  /** To a wrong client secret. */
  wrongClient?: JsonAnswerOfServer
  scopes?: string[]
  lifeHours?: number
}

const ACCESS = 'made-up-access-token'
const REFRESH = 'made-up-refresh-token'
const NEXT = {access: 'made-up-next-access-token', refresh: 'made-up-next-refresh-token'}

const both = (more: Record<string, unknown>) => ({access_token: ACCESS, refresh_token: REFRESH, ...more})
const next = (more: Record<string, unknown>) => ({access_token: NEXT.access, ...more})
const rotated = (more: Record<string, unknown>) => next({refresh_token: NEXT.refresh, ...more})
const invalidGrant = (description: string) => ({
  status: 400,
  body: {error: 'invalid_grant', error_description: description},
})
const invalidClient = {status: 401, body: {error: 'invalid_client'}}
const bearer = {token_type: 'bearer'}

const habits: Record<string, Habits> = {
  atlassian: {
    login: both({expires_in: 3600, token_type: 'Bearer', scope: 'read:me offline_access'}),
    refreshTokenDays: 90,
    refresh: rotated({expires_in: 3600, scope: 'read:me offline_access'}),
    // It blames the client for a refresh token that is dead.
    dead: {status: 403, body: {error: 'unauthorized_client', error_description: 'refresh_token is invalid'}},
    wrongClient: {status: 401, body: {error: 'access_denied', error_description: 'Unauthorized'}},
    scopes: ['read:me', 'offline_access'],
    lifeHours: 1,
  },
  bitbucket: {
    login: both({...bearer, scopes: 'account', expires_in: 7200}),
    refresh: next({...bearer, scopes: 'account', expires_in: 7200, refresh_token: REFRESH}),
    dead: invalidGrant('Invalid refresh_token'),
    wrongClient: {status: 400, body: {error: 'invalid_client', error_description: 'Invalid OAuth client credentials'}},
    lifeHours: 2,
  },
  discord: {
    login: both({token_type: 'Bearer', expires_in: 604_800, scope: 'identify'}),
    refresh: rotated({token_type: 'Bearer', expires_in: 604_800, scope: 'identify'}),
    dead: {status: 400, body: {error: 'invalid_grant'}},
    wrongClient: invalidClient,
    scopes: ['identify'],
    lifeHours: 168,
  },
  dropbox: {
    login: both({...bearer, expires_in: 14_400, scope: 'account_info.read', uid: '12345', account_id: 'dbid:AA'}),
    refresh: next({...bearer, expires_in: 14_400}),
    dead: invalidGrant('refresh token is invalid or revoked'),
    wrongClient: {
      status: 400,
      body: {error: 'invalid_client', error_description: 'Invalid client_id or client_secret'},
    },
    scopes: ['account_info.read'],
    lifeHours: 4,
  },
  facebook: {login: {access_token: ACCESS, ...bearer, expires_in: 5_183_944}, lifeHours: 5_183_944 / 3600},
  github: {
    login: both({...bearer, scope: 'read:user,gist', expires_in: 28_800, refresh_token_expires_in: 15_811_200}),
    refreshTokenDays: 183,
    refresh: rotated({...bearer, scope: '', expires_in: 28_800, refresh_token_expires_in: 15_811_200}),
    dead: {status: 200, body: {error: 'bad_refresh_token', error_description: 'The refresh token passed is incorrect'}},
    wrongClient: {status: 200, body: {error: 'incorrect_client_credentials'}},
    scopes: ['read:user', 'gist'],
    lifeHours: 8,
  },
  gitlab: {
    login: both({token_type: 'Bearer', expires_in: 7200, scope: 'read_user', created_at: 1_607_635_748}),
    refresh: rotated({token_type: 'Bearer', expires_in: 7200, scope: 'read_user', created_at: 1_607_635_748}),
    dead: invalidGrant('The provided authorization grant is invalid, expired, revoked, …'),
    wrongClient: invalidClient,
    scopes: ['read_user'],
    lifeHours: 2,
  },
  google: {
    login: both({expires_in: 3920, token_type: 'Bearer', scope: 'openid email'}),
    refreshTokenDays: 180,
    refresh: next({expires_in: 3920, token_type: 'Bearer', scope: 'openid email'}),
    dead: invalidGrant('Token has been expired or revoked.'),
    wrongClient: {status: 401, body: {error: 'invalid_client', error_description: 'The OAuth client was not found.'}},
    scopes: ['openid', 'email'],
    lifeHours: 3920 / 3600,
  },
  linkedin: {
    login: both({expires_in: 5_184_000, refresh_token_expires_in: 31_536_000, scope: 'openid,profile,email'}),
    refreshTokenDays: 365,
    refresh: next({expires_in: 5_184_000, refresh_token: REFRESH, refresh_token_expires_in: 439_200}),
    dead: invalidGrant('The provided authorization grant or refresh token is invalid, expired or revoked.'),
    wrongClient: {status: 401, body: {error: 'invalid_client', error_description: 'Client authentication failed'}},
    scopes: ['openid', 'profile', 'email'],
    lifeHours: 1440,
  },
  microsoft: {
    login: both({token_type: 'Bearer', expires_in: 3599, scope: 'User.Read'}),
    refreshTokenDays: 90,
    refresh: rotated({token_type: 'Bearer', expires_in: 3599, scope: 'User.Read'}),
    dead: {
      status: 400,
      body: {error: 'interaction_required', error_description: 'AADSTS50076: …', error_codes: [50_076]},
    },
    wrongClient: {status: 401, body: {error: 'invalid_client', error_description: 'AADSTS7000215: …'}},
    scopes: ['User.Read'],
    lifeHours: 3599 / 3600,
  },
  notion: {
    login: both({...bearer, bot_id: '3c90c3cc', workspace_id: '3c90c3cc', owner: {type: 'user', user: {id: 'u'}}}),
    refresh: rotated({...bearer, bot_id: '3c90c3cc', workspace_id: '3c90c3cc'}),
    dead: {status: 400, body: {error: 'invalid_grant'}},
    wrongClient: invalidClient,
  },
  reddit: {
    login: both({...bearer, expires_in: 3600, scope: 'identity'}),
    refresh: next({...bearer, expires_in: 3600, scope: 'identity'}),
    dead: {status: 400, body: {message: 'Bad Request', error: 400}},
    scopes: ['identity'],
    lifeHours: 1,
  },
  slack: {
    login: {
      ok: true,
      access_token: 'made-up-token-of-the-bot',
      token_type: 'bot',
      scope: 'commands',
      bot_user_id: 'U0KRQLJ9H',
      team: {name: 'Acme', id: 'T9TK3CUKW'},
      authed_user: {id: 'U1234', scope: 'users:read,chat:write', token_type: 'user', expires_in: 43_200, ...both({})},
    },
    refresh: rotated({ok: true, token_type: 'user', expires_in: 43_200, scope: 'users:read,chat:write'}),
    dead: {status: 200, body: {ok: false, error: 'invalid_refresh_token'}},
    wrongClient: {status: 200, body: {ok: false, error: 'bad_client_secret'}},
    scopes: ['users:read', 'chat:write'],
    lifeHours: 12,
  },
  spotify: {
    login: both({token_type: 'Bearer', scope: 'user-read-private', expires_in: 3600}),
    refresh: next({token_type: 'Bearer', scope: 'user-read-private', expires_in: 3600}),
    dead: invalidGrant('Refresh token revoked'),
    wrongClient: {status: 400, body: {error: 'invalid_client', error_description: 'Invalid client secret'}},
    scopes: ['user-read-private'],
    lifeHours: 1,
  },
  strava: {
    login: both({token_type: 'Bearer', expires_at: 1_800_021_600, expires_in: 21_600, athlete: {id: 123}}),
    refresh: rotated({token_type: 'Bearer', expires_at: 1_800_021_600, expires_in: 21_600}),
    dead: {
      status: 400,
      body: {message: 'Bad Request', errors: [{resource: 'RefreshToken', field: 'refresh_token', code: 'invalid'}]},
    },
    wrongClient: {
      status: 401,
      body: {message: 'Authorization Error', errors: [{resource: 'Application', field: '', code: 'invalid'}]},
    },
    lifeHours: 6,
  },
  twitch: {
    login: both({token_type: 'bearer', expires_in: 14_400, scope: ['user:read:email']}),
    refresh: next({token_type: 'bearer', expires_in: 14_400, scope: ['user:read:email'], refresh_token: REFRESH}),
    dead: {status: 400, body: {status: 400, message: 'Invalid refresh token'}},
    wrongClient: {status: 403, body: {status: 403, message: 'invalid client secret'}},
    scopes: ['user:read:email'],
    lifeHours: 4,
  },
  webex: {
    login: both({expires_in: 1_209_599, refresh_token_expires_in: 7_776_000, token_type: 'Bearer'}),
    refreshTokenDays: 90,
    refresh: next({expires_in: 1_209_599, refresh_token: REFRESH, refresh_token_expires_in: 7_776_000}),
    dead: {
      status: 400,
      body: {message: 'POST failed', errors: [{description: 'invalid_grant'}], trackingId: 'ROUTER_5CC5'},
    },
    wrongClient: {
      status: 401,
      body: {message: 'No.', errors: [{description: 'invalid_client'}], trackingId: 'ROUTER_5'},
    },
    lifeHours: 1_209_599 / 3600,
  },
  x: {
    login: both({...bearer, expires_in: 7200, scope: 'users.read tweet.read offline.access'}),
    refresh: rotated({...bearer, expires_in: 7200, scope: 'users.read tweet.read offline.access'}),
    dead: {
      status: 400,
      body: {error: 'invalid_request', error_description: 'Value passed for the token was invalid.'},
    },
    wrongClient: {
      status: 401,
      body: {error: 'unauthorized_client', error_description: 'Missing valid authorization header'},
    },
    scopes: ['users.read', 'tweet.read', 'offline.access'],
    lifeHours: 2,
  },
  zoom: {
    login: both({...bearer, expires_in: 3599, scope: 'user:read:user'}),
    refreshTokenDays: 90,
    refresh: rotated({...bearer, expires_in: 3599, scope: 'user:read:user'}),
    dead: {status: 400, body: {reason: 'Invalid Token!', error: 'invalid_grant'}},
    wrongClient: {status: 400, body: {reason: 'Invalid client_id or client_secret', error: 'invalid_client'}},
    scopes: ['user:read:user'],
    lifeHours: 3599 / 3600,
  },
}

describe('the tokens of services that were held against their documentation, over HTTP', () => {
  const clock = createFakeClock()
  const client = createProviderClient({clock})
  let server: JsonServer

  beforeEach(async () => {
    server = await startJsonServer()
  })
  afterEach(() => server.stop())

  // No keys: ID tokens are another test's.
  function pointed(name: string): Provider {
    const {jwksUrl: _keys, ...settings} = pointPreset(name, `${server.origin}/id`)
    return {...settings, clientSecret: new Secret('made-up-client-secret')}
  }

  const logIn = (provider: Provider) =>
    client.exchangeCode(provider, new URLSearchParams({code: 'made-up-code', state: 'made-up-state'}), {
      redirectUri: 'http://localhost:8420/callback',
      state: new Secret('made-up-state'),
      scopes: [],
      ...(provider.pkce && {codeVerifier: new Secret('made-up-verifier-'.repeat(4))}),
      forceConsent: false,
    })

  async function refresh(provider: Provider) {
    const exchange = await client.sendRefresh(provider, new Secret(REFRESH), () => Promise.resolve(true))
    assert(exchange.kind === 'reply')
    return client.judgeRefresh(provider, exchange.reply)
  }

  /** What was sent to the token endpoint, and how the client named itself. */
  function readRequest(index = 0) {
    const {headers, body} = server.requests[index] ?? assert.fail('nothing was sent')
    const isJson = headers['content-type'] === 'application/json'
    const fields = (isJson ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body))) as Record<string, string>
    return {headers, fields, isJson}
  }

  const BASIC = `Basic ${btoa('made-up-client:made-up-client-secret')}`

  it('are tested for each of them that speaks OAuth 2', () => {
    const speaking = listPresets().filter(
      ({documented, credentialKinds}) => documented && credentialKinds[0] === 'oauth2',
    )
    // YouTube's are Google's.
    assert.deepEqual(
      speaking.map(({name}) => name).filter((name) => name !== 'youtube'),
      Object.keys(habits).sort(),
    )
    const [google, youtube] = [findPreset('google'), findPreset('youtube')]
    for (const key of ['dialect', 'tokenUrl', 'authorizeParams', 'authMethod', 'replay'] as const) {
      assert.deepEqual(youtube?.[key], google?.[key], key)
    }
  })

  for (const [name, habit] of Object.entries(habits)) {
    describe(name, () => {
      it('reads the tokens of a login, asked for as the service wants it', async () => {
        server.answers['POST /id/token'] = {body: habit.login}
        const provider = pointed(name)
        const grant = await logIn(provider)
        assert.equal(grant.accessToken.reveal(), ACCESS)
        assert.equal(grant.refreshToken?.reveal(), habit.refresh && REFRESH)
        assert.deepEqual(grant.scopes, habit.scopes)
        assert.equal(grant.expiresAt, habit.lifeHours && clock.now() + Math.round(habit.lifeHours * 3600) * 1000)
        const days = habit.refreshTokenDays
        assert.equal(grant.refreshTokenExpiresAt, days && clock.now() + days * DAY_MS)
        const {headers, fields, isJson} = readRequest()
        assert.equal(fields.code, 'made-up-code')
        assert.equal('code_verifier' in fields, provider.pkce)
        assert.equal(headers.authorization, provider.authMethod === 'basic' ? BASIC : undefined)
        assert.equal(fields.client_secret, provider.authMethod === 'basic' ? undefined : 'made-up-client-secret')
        assert.equal(isJson, provider.tokenBody === 'json')
        assert.match(headers['user-agent'] ?? '', /^behalf/)
      })

      if (habit.refresh === undefined) {
        it('has no refresh tokens', () => assert.equal(findPreset(name)?.refresh?.token, 'none'))
        return
      }

      it('refreshes', async () => {
        server.answers['POST /id/token'] = {body: habit.refresh}
        const provider = pointed(name)
        const answer = await refresh(provider)
        assert(answer.kind === 'refreshed', JSON.stringify(answer))
        assert.equal(answer.grant.accessToken.reveal(), NEXT.access)
        assert.equal(answer.grant.refreshToken?.reveal(), habit.refresh?.refresh_token)
        // It was used: where it lapses unused it lapses later now, also where it stays the same.
        assert.equal(answer.grant.refreshTokenExpiresAt !== undefined, habit.refreshTokenDays !== undefined)
        const {headers, fields} = readRequest()
        assert.equal(fields.grant_type, 'refresh_token')
        assert.equal(fields.refresh_token, REFRESH)
        assert.equal(headers.authorization, provider.authMethod === 'basic' ? BASIC : undefined)
        const {token} = findPreset(name)?.refresh ?? {}
        if (token === 'new') assert.equal(habit.refresh?.refresh_token, NEXT.refresh)
        if (token === 'same') assert.notEqual(habit.refresh?.refresh_token, NEXT.refresh)
      })

      it('sees that a refresh token is dead, which is no fault of the client', async () => {
        server.answers['POST /id/token'] = habit.dead ?? assert.fail()
        assert.equal((await refresh(pointed(name))).kind, 'rejected')
      })

      if (habit.wrongClient !== undefined && name !== 'atlassian') {
        it('sees that the client is wrong, which is no fault of the account', async () => {
          server.answers['POST /id/token'] = habit.wrongClient ?? {}
          assert.equal((await refresh(pointed(name))).kind, 'misconfigured')
        })
      }
    })
  }

  describe('what only one of them does', () => {
    it('Atlassian: blames the client where it means the client', async () => {
      server.answers['POST /id/token'] = {status: 403, body: {error: 'unauthorized_client', error_description: 'No.'}}
      assert.equal((await refresh(pointed('atlassian'))).kind, 'misconfigured')
    })

    it('Slack: gives the bot’s token to who asked for nothing else', async () => {
      server.answers['POST /id/token'] = {
        body: {ok: true, access_token: ACCESS, scope: 'commands', authed_user: {id: 'U1'}},
      }
      const grant = await logIn(pointed('slack'))
      assert.equal(grant.accessToken.reveal(), ACCESS)
      assert.deepEqual(grant.scopes, ['commands'])
    })

    it('Slack: is in doubt about a refresh while Slack itself is in trouble', async () => {
      for (const error of ['internal_error', 'fatal_error', 'something_new']) {
        server.answers['POST /id/token'] = {body: {ok: false, error}}
        assert.equal((await refresh(pointed('slack'))).kind, 'in-doubt', error)
      }
    })

    it('Reddit: is in doubt about any other bad request, and refuses a code with 200', async () => {
      server.answers['POST /id/token'] = {status: 400, body: {error: 'unsupported_grant_type'}}
      assert.equal((await refresh(pointed('reddit'))).kind, 'in-doubt')
      server.answers['POST /id/token'] = {status: 200, body: {error: 'invalid_grant'}}
      await assert.rejects(logIn(pointed('reddit')), {code: 'login-failed'})
    })

    it('X: is in doubt about other malformed requests', async () => {
      server.answers['POST /id/token'] = {
        status: 400,
        body: {error: 'invalid_request', error_description: 'Missing required parameter [grant_type].'},
      }
      assert.equal((await refresh(pointed('x'))).kind, 'in-doubt')
    })

    it('GitHub: tokens of OAuth apps have no end and no refresh token', async () => {
      server.answers['POST /id/token'] = {body: {access_token: ACCESS, scope: 'repo,gist', token_type: 'bearer'}}
      const grant = await logIn(pointed('github'))
      assert.deepEqual([grant.expiresAt, grant.refreshToken, grant.scopes], [undefined, undefined, ['repo', 'gist']])
    })

    it('Notion: takes JSON and says which version of the API is spoken', async () => {
      server.answers['POST /id/token'] = {body: habits.notion?.login}
      await logIn(pointed('notion'))
      assert.equal(readRequest().headers['notion-version'], '2026-03-11')
    })

    it('Facebook: trades the token of a login for one of 60 days, the secret in no URL', async () => {
      server.answers['POST /id/token'] = {body: {access_token: ACCESS, token_type: 'bearer', expires_in: 5400}}
      const grant = await logIn(pointed('facebook'))
      assert.deepEqual(
        server.requests.map(({method, path}) => `${method} ${path}`),
        ['POST /id/token', 'POST /id/token'],
      )
      const {fields} = readRequest(1)
      assert.deepEqual(fields, {
        grant_type: 'fb_exchange_token',
        client_id: 'made-up-client',
        client_secret: 'made-up-client-secret',
        fb_exchange_token: ACCESS,
      })
      assert.equal(grant.accessToken.reveal(), ACCESS)
    })

    it('Facebook: keeps the short token where the trade is refused, and without a secret trades nothing', async () => {
      const {clientSecret: _secret, ...open} = pointed('facebook')
      server.answers['POST /id/token'] = {body: {access_token: ACCESS, token_type: 'bearer', expires_in: 5400}}
      assert.equal((await logIn({...open, authMethod: 'none'})).expiresAt, clock.now() + 1.5 * HOUR_MS)
      assert.equal(server.requests.length, 1)
    })

    const refusals: [string, object, string][] = [
      [
        'a used code',
        {code: 100, error_subcode: 36_009, message: 'This authorization code has been used.'},
        'login-failed',
      ],
      ['another redirect URI', {code: 191, message: 'redirect_uri isn’t an absolute URI.'}, 'provider-misconfigured'],
      ['a wrong secret', {code: 1, message: 'Error validating client secret.'}, 'provider-misconfigured'],
      ['a wrong id', {code: 101, message: 'Error validating application.'}, 'provider-misconfigured'],
      ['something else', {code: 2, message: 'An unexpected error.'}, 'login-failed'],
    ]
    for (const [what, error, code] of refusals) {
      it(`Facebook: refuses ${what}`, async () => {
        server.answers['POST /id/token'] = {status: 400, body: {error: {type: 'OAuthException', ...error}}}
        await assert.rejects(logIn(pointed('facebook')), {code})
      })
    }
  })
})
