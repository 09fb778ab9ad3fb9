import assert from 'node:assert/strict'

import fc from 'fast-check'

import {DIALECTS, type Provider} from '../../../src/model/provider.js'
import type {RawReply, RefreshAnswer} from '../../../src/model/refresh.js'
import {DAY_MS, HOUR_MS} from '../../../src/model/time.js'
import {createProviderClient} from '../../../src/providers/oauth-client.js'
import {createFakeClock} from '../../support/fake-clock.js'
import {makeProvider} from '../../support/make-provider.js'

const SENT_AT = 1_800_000_000_000

describe('judgeRefresh', () => {
  const client = createProviderClient({clock: createFakeClock(SENT_AT)})
  const rfc = makeProvider()
  const twitch = makeProvider({name: 'twitch', dialect: 'twitch', pkce: false})
  const github = makeProvider({name: 'github', dialect: 'github'})

  const makeReply = (status: number, body: unknown, parts: Partial<RawReply> = {}): RawReply => ({
    status,
    headers: {},
    body: typeof body === 'string' ? body : JSON.stringify(body),
    complete: true,
    sentAt: SENT_AT,
    ...parts,
  })

  const judge = (provider: Provider, status: number, body: unknown, parts?: Partial<RawReply>) =>
    client.judgeRefresh(provider, makeReply(status, body, parts))

  const TOKENS = {access_token: 'made-up-access', refresh_token: 'made-up-refresh', token_type: 'bearer'}

  describe('unavailable', () => {
    it('is a 429, whatever it says, also cut short', async () => {
      for (const body of [
        '',
        '{"error":"invalid_grant"}',
        TOKENS,
        '{"status":429,"message":"Invalid refresh token"}',
      ]) {
        assert.deepEqual(await judge(rfc, 429, body), {kind: 'unavailable', reason: 'too many requests'})
        assert.equal((await judge(twitch, 429, body, {complete: false})).kind, 'unavailable')
      }
    })

    const date = new Date(SENT_AT + 90_000).toUTCString()
    const waits: [Record<string, string>, number | undefined][] = [
      [{'retry-after': '0'}, 0],
      [{'retry-after': '7'}, 7000],
      [{'retry-after': ' 3600 '}, HOUR_MS],
      [{'retry-after': '3601'}, HOUR_MS],
      [{'retry-after': '9'.repeat(400)}, HOUR_MS],
      [{'retry-after': date}, 90_000],
      [{'retry-after': date, date: new Date(SENT_AT + 60_000).toUTCString()}, 30_000],
      [{'retry-after': date, date: 'nonsense'}, 90_000],
      [{'retry-after': new Date(SENT_AT - 5000).toUTCString()}, 0],
      [{'retry-after': '-1'}, undefined],
      [{'retry-after': '1.5'}, undefined],
      [{'retry-after': 'soon'}, undefined],
      [{'retry-after': '2027-01-15T08:00:00Z'}, undefined],
      [{}, undefined],
    ]
    for (const [headers, expected] of waits) {
      it(`reads ${JSON.stringify(headers).slice(0, 90)} as ${String(expected)} ms`, async () => {
        const answer = await judge(rfc, 429, '', {headers})
        assert(answer.kind === 'unavailable')
        assert.equal(answer.retryAfterMs, expected)
      })
    }
  })

  describe('refreshed', () => {
    const granted = async (provider: Provider, body: unknown) => {
      const answer = await judge(provider, 200, body)
      return answer.kind === 'refreshed' ? answer.grant : assert.fail(JSON.stringify(answer))
    }

    it('is a 200 with an access token, the refresh token left out', async () => {
      const grant = await granted(rfc, {access_token: 'made-up-access'})
      assert.equal(grant.accessToken.reveal(), 'made-up-access')
      assert.equal(grant.tokenType, 'bearer')
      assert.deepEqual(Object.keys(grant).sort(), ['accessToken', 'issuedAt', 'tokenType'])
      assert.equal(grant.issuedAt, SENT_AT)
    })

    const lives: [Provider, unknown, number | undefined][] = [
      [rfc, 3600, 3_600_000],
      [rfc, '3600', 3_600_000],
      [rfc, ' 3600 ', 3_600_000],
      [rfc, 0.5, 500],
      [rfc, 0, 0],
      [rfc, 3650 * 86_400 - 1, 3650 * DAY_MS - 1000],
      [rfc, 3650 * 86_400 + 1, 3650 * DAY_MS],
      [rfc, 1e308, 3650 * DAY_MS],
      [rfc, '9'.repeat(400), 3650 * DAY_MS],
      [rfc, -1, undefined],
      [rfc, 'never', undefined],
      [rfc, '', undefined],
      [rfc, null, undefined],
      [rfc, [3600], undefined],
      [rfc, undefined, undefined],
      [twitch, 14_000, 14_000_000],
      [twitch, 0, undefined],
      [twitch, '0', undefined],
      [twitch, undefined, undefined],
    ]
    for (const [provider, expiresIn, lifeMs] of lives) {
      const shown = JSON.stringify([expiresIn]).slice(0, 30)
      it(`counts expires_in ${shown} from the sending, for ${provider.name}`, async () => {
        const grant = await granted(provider, {...TOKENS, expires_in: expiresIn})
        assert.equal(grant.expiresAt, lifeMs === undefined ? undefined : SENT_AT + lifeMs)
      })
    }

    const scopes: [Provider, unknown, string[] | undefined][] = [
      [rfc, 'b a', ['b', 'a']],
      [rfc, ' a  b a ', ['a', 'b']],
      [rfc, '', []],
      [rfc, 'a,b', ['a,b']],
      [makeProvider({scopeSeparator: ','}), 'a,b c', ['a', 'b', 'c']],
      [github, 'repo,gist', ['repo', 'gist']],
      [twitch, ['chat:read', 'chat:edit'], ['chat:read', 'chat:edit']],
      [twitch, 'chat:read chat:edit', ['chat:read', 'chat:edit']],
      [twitch, [], []],
      [twitch, [1, 'chat:read', null], ['chat:read']],
      [twitch, null, undefined],
      [twitch, undefined, undefined],
      [rfc, {a: true}, undefined],
    ]
    for (const [provider, scope, expected] of scopes) {
      it(`reads scope ${JSON.stringify(scope)} of ${provider.name} as ${JSON.stringify(expected)}`, async () => {
        assert.deepEqual((await granted(provider, {...TOKENS, scope})).scopes, expected)
      })
    }

    for (const refreshToken of ['', null, 7, ['made-up'], 'line\nbreak']) {
      it(`keeps the old refresh token where the new one is ${JSON.stringify(refreshToken)}`, async () => {
        assert.equal((await granted(rfc, {...TOKENS, refresh_token: refreshToken})).refreshToken, undefined)
      })
    }

    for (const tokenType of ['Bearer', 'BEARER', undefined, null, '', 'user', '__proto__', 'constructor']) {
      it(`takes a token of type ${JSON.stringify(tokenType)}`, async () => {
        const grant = await granted(rfc, {...TOKENS, token_type: tokenType})
        assert.equal(grant.tokenType, tokenType ? tokenType.toLowerCase() : 'bearer')
      })
    }

    it('has no use for an ID token, and no fear of a bad one', async () => {
      const grant = await granted(makeProvider({jwksUrl: 'https://id.example.test/keys'}), {
        ...TOKENS,
        id_token: 'x.y.z',
      })
      assert.equal(grant.claims, undefined)
    })

    const refreshLives: [Provider, object, number | undefined][] = [
      [rfc, {refresh_token_expires_in: 15_897_600}, 15_897_600_000],
      [rfc, {refresh_expires_in: '1800'}, 1_800_000],
      [rfc, {refresh_expires_in: 0}, undefined],
      [rfc, {}, undefined],
      [twitch, {}, undefined],
      [makePublic(twitch), {}, 30 * DAY_MS],
    ]
    for (const [provider, members, lifeMs] of refreshLives) {
      it(`lets the refresh token of ${provider.name} lapse by ${JSON.stringify(members)}`, async () => {
        const grant = await granted(provider, {...TOKENS, ...members})
        assert.equal(grant.refreshTokenExpiresAt, lifeMs === undefined ? undefined : SENT_AT + lifeMs)
      })
    }
  })

  describe('rejected', () => {
    const rejections: [Provider, number, unknown][] = [
      [rfc, 400, {error: 'invalid_grant'}],
      [rfc, 400, {error: 'invalid_grant', error_description: 'made-up-token is gone'}],
      [rfc, 401, {error: 'invalid_grant'}],
      [rfc, 499, {error: 'invalid_grant'}],
      [twitch, 400, {status: 400, message: 'Invalid refresh token'}],
      [twitch, 400, {error: 'Bad Request', status: 400, message: 'Invalid refresh token'}],
      [twitch, 401, {status: 401, message: 'invalid REFRESH token'}],
      [twitch, 400, {status: 400, message: 'Invalid grant'}],
      [twitch, 400, {error: 'invalid_grant'}],
      [github, 200, {error: 'bad_refresh_token', error_description: 'made up'}],
    ]
    for (const [provider, status, body] of rejections) {
      it(`is ${provider.name} ${String(status)} ${JSON.stringify(body)}`, async () => {
        const answer = await judge(provider, status, body)
        assert.equal(answer.kind, 'rejected')
        assert(!JSON.stringify(answer).includes('made-up-token'))
      })
    }
  })

  describe('misconfigured', () => {
    const refusals: [Provider, number, unknown][] = [
      [rfc, 401, {error: 'invalid_client'}],
      [rfc, 400, {error: 'unauthorized_client'}],
      [twitch, 400, {status: 400, message: 'missing client secret'}],
      [twitch, 403, {status: 403, message: 'invalid client secret'}],
      [twitch, 400, {status: 400, message: 'Invalid Client'}],
      [twitch, 400, {status: 400, message: 'Invalid client credentials'}],
      [github, 200, {error: 'incorrect_client_credentials'}],
    ]
    for (const [provider, status, body] of refusals) {
      it(`is ${provider.name} ${String(status)} ${JSON.stringify(body)}`, async () => {
        const headers = {'www-authenticate': 'Basic realm="made up"'}
        assert.equal((await judge(provider, status, body, {headers})).kind, 'misconfigured')
      })
    }
  })

  it('quotes of a refused client the words that are known, and no others', async () => {
    const reasonOf = async (body: unknown) => {
      const answer = await judge(twitch, 400, body)
      assert(answer.kind === 'misconfigured')
      return answer.reason
    }
    assert.equal(await reasonOf({status: 400, message: 'Missing client secret'}), 'missing client secret')
    const others = {error: 'invalid_client', error_description: 'who sends made-up-token?'}
    assert.equal(await reasonOf(others), 'invalid_client (status 400)')
  })

  describe('in doubt', () => {
    const doubts: [Provider, number, unknown][] = [
      [rfc, 408, {error: 'invalid_grant'}],
      [rfc, 500, {error: 'invalid_grant'}],
      [rfc, 502, 'Bad Gateway'],
      [rfc, 503, {error: 'invalid_client'}],
      [rfc, 399, {error: 'invalid_grant'}],
      [rfc, 307, ''],
      [rfc, 400, {error: 'invalid_request'}],
      [rfc, 400, {error: 'server_error'}],
      [rfc, 400, {error: ['invalid_grant']}],
      [rfc, 400, 'invalid_grant'],
      [rfc, 400, '<html>invalid_grant</html>'],
      [rfc, 403, {message: 'Forbidden by a proxy'}],
      [rfc, 404, 'page not found'],
      [rfc, 400, {message: 'Invalid refresh token'}],
      [twitch, 403, {status: 403, message: 'Invalid refresh token'}],
      [twitch, 500, {status: 500, message: 'Invalid refresh token'}],
      [twitch, 400, {status: 400, message: 'missing refresh token'}],
      [twitch, 400, {status: 400, message: 'Invalid refresh token.'}],
      [twitch, 404, {status: 404, message: 'client does not exist'}],
      [twitch, 503, {status: 503, message: 'invalid client secret'}],
      [rfc, 200, {error: 'invalid_grant'}],
      [rfc, 200, {}],
      [rfc, 200, {access_token: ''}],
      [rfc, 200, {access_token: 7}],
      [rfc, 200, {access_token: 'line\r\nbreak'}],
      [rfc, 200, []],
      [rfc, 200, 'null'],
      [rfc, 200, ''],
      [rfc, 204, ''],
      [github, 200, {error: 'something_new'}],
      [rfc, 0, ''],
    ]
    for (const [provider, status, body] of doubts) {
      it(`is ${provider.name} ${String(status)} ${JSON.stringify(body)}`, async () => {
        const answer = await judge(provider, status, body)
        assert(answer.kind === 'in-doubt', JSON.stringify(answer))
        assert.equal(answer.refreshToken, undefined)
      })
    }

    it('is everything that broke off, however much of it came', async () => {
      for (const [provider, status, body] of [
        [rfc, 200, TOKENS],
        [rfc, 400, {error: 'invalid_grant'}],
        [rfc, 401, {error: 'invalid_client'}],
        [twitch, 400, {status: 400, message: 'Invalid refresh token'}],
      ] as const) {
        assert.equal((await judge(provider, status, body, {complete: false})).kind, 'in-doubt')
      }
    })
  })

  describe('salvage of a refresh token', () => {
    const salvaged = async (body: string, parts: Partial<RawReply> = {}, status = 200): Promise<string | undefined> => {
      const answer = await judge(rfc, status, body, parts)
      return answer.kind === 'in-doubt' ? answer.refreshToken?.reveal() : assert.fail(answer.kind)
    }
    const cut = {complete: false}

    it('takes it from an answer without an access token', async () => {
      assert.equal(await salvaged('{"refresh_token":"new-1"}'), 'new-1')
      assert.equal(await salvaged('{"refresh_token":"new-1","access_token":null}'), 'new-1')
      assert.equal(await salvaged('{"refresh_token":"new-1"}', {}, 201), 'new-1')
    })

    it('takes it from an answer that broke off behind it', async () => {
      assert.equal(await salvaged('{"access_token":"a","refresh_token":"new-1"', cut), 'new-1')
      assert.equal(await salvaged('{"refresh_token" : "new-1","access_tok', cut), 'new-1')
      assert.equal(await salvaged(JSON.stringify(TOKENS), cut), 'made-up-refresh')
    })

    it('takes it from an answer that is garbled elsewhere', async () => {
      assert.equal(await salvaged('{"access_token":\u0000\uFFFD, "refresh_token":"new-1", nonsense'), 'new-1')
      assert.equal(await salvaged('HTTP noise {"refresh_token":"new-1"} more'), 'new-1')
    })

    it('decodes it', async () => {
      assert.equal(await salvaged(String.raw`{"refresh_token":"a\/b\u002bc\"d\\","x`, cut), 'a/b+c"d\\')
    })

    it('takes none that may be cut off, damaged, or another', async () => {
      assert.equal(await salvaged('{"refresh_token":"new-', cut), undefined)
      assert.equal(await salvaged(String.raw`{"refresh_token":"new-\"`, cut), undefined)
      assert.equal(await salvaged('{"refresh_token":"a\uFFFDb","x', cut), undefined)
      assert.equal(await salvaged('{"refresh_token":"a\nb","x', cut), undefined)
      assert.equal(await salvaged('{"refresh_token":"one","refresh_token":"two","x', cut), undefined)
      assert.equal(await salvaged('{"refresh_token":"one","refresh_token":"tw', cut), undefined)
      assert.equal(await salvaged('{"refresh_token":"one","refresh_token":null,"x', cut), undefined)
      assert.equal(await salvaged(String.raw`{"note":"\"refresh_token\":\"new-1\"","x`, cut), undefined)
      assert.equal(await salvaged('{"data":{"refresh_token":"nested"}}'), undefined)
      assert.equal(await salvaged('{"refresh_token":""}'), undefined)
    })

    it('takes the one that is said twice', async () => {
      assert.equal(await salvaged('{"refresh_token":"one","refresh_token":"one","x', cut), 'one')
    })

    it('takes none from an answer that is not a success', async () => {
      assert.equal(await salvaged('{"refresh_token":"new-1"}', {}, 500), undefined)
      assert.equal(await salvaged('{"refresh_token":"new-1"}', {}, 302), undefined)
    })

    it('gives the token or nothing, wherever an answer is cut', async () => {
      const whole = JSON.stringify({...TOKENS, refresh_token: 'a"b\\c/d', scope: ['x'], expires_in: 1})
      for (let length = 0; length < whole.length; length++) {
        const found = await salvaged(whole.slice(0, length), cut)
        assert(found === undefined || found === 'a"b\\c/d', `${String(length)}: ${String(found)}`)
      }
    })
  })

  it('does not throw where a text is an object that is no text', async () => {
    const odd = {toString: {}}
    const bodies = [
      {expires_in: odd},
      {error: odd},
      {error: 'invalid_client', error_description: odd},
      {token_type: odd},
    ]
    for (const provider of [rfc, twitch, github]) {
      for (const body of bodies) {
        for (const status of [200, 400]) {
          const answer = await client.judgeRefresh(
            provider,
            makeReply(status, JSON.stringify({access_token: 'made-up', ...body})),
          )
          assert.equal(typeof answer.kind, 'string')
        }
      }
    }
  })

  it('never throws, and always means the same, whatever bytes come', async () => {
    const kinds: RefreshAnswer['kind'][] = ['refreshed', 'rejected', 'misconfigured', 'unavailable', 'in-doubt']
    const jsonish = fc.oneof(
      fc.json(),
      fc.string({unit: 'binary'}),
      fc.uint8Array({maxLength: 200}).map((bytes) => new TextDecoder().decode(bytes)),
      fc
        .record(
          {
            access_token: fc.anything(),
            refresh_token: fc.anything(),
            expires_in: fc.anything(),
            scope: fc.anything(),
            token_type: fc.anything(),
            id_token: fc.anything(),
            error: fc.anything(),
            error_description: fc.anything(),
            message: fc.anything(),
            errors: fc.anything(),
            ok: fc.boolean(),
            authed_user: fc.anything(),
          },
          {requiredKeys: []},
        )
        .map((record) => JSON.stringify(record, (_key, value: unknown) => (typeof value === 'bigint' ? 1 : value))),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...DIALECTS.map((dialect) => makeProvider({dialect})), makePublic(twitch)),
        fc.oneof(fc.constantFrom(200, 400, 401, 429), fc.integer({min: 100, max: 999})),
        jsonish,
        fc.boolean(),
        fc.dictionary(fc.string(), fc.string()),
        async (provider, status, body, complete, headers) => {
          const reply = makeReply(status, body, {complete, headers})
          const answer = await client.judgeRefresh(provider, reply)
          assert(kinds.includes(answer.kind))
          assert.deepEqual(await client.judgeRefresh(provider, reply), answer)
        },
      ),
      {numRuns: 500},
    )
  })
})

function makePublic(provider: Provider): Provider {
  const {clientSecret: _secret, ...rest} = provider
  return {...rest, name: `public ${provider.name}`}
}
