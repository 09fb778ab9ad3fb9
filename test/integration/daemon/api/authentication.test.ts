import assert from 'node:assert/strict'
import {once} from 'node:events'
import {request, type IncomingMessage} from 'node:http'
import {text} from 'node:stream/consumers'

import {revokeApiToken} from '../../../../src/broker/api-tokens.js'
import {rotateApiToken} from '../../../../src/broker/issue-api-token.js'
import {startApi, type ApiScene} from '../../../support/api-scene.js'
import {makeBrokerWorld, type BrokerWorld} from '../../../support/broker-world.js'
import {makeProvider} from '../../../support/make-provider.js'

const PROVIDER = makeProvider()

describe('the callers of the API', () => {
  let world: BrokerWorld
  let scene: ApiScene
  beforeEach(async () => {
    world = await makeBrokerWorld()
    await world.store.providers.put(PROVIDER)
    await world.addAccount(PROVIDER)
    scene = await startApi(world.deps)
  })
  afterEach(async () => {
    await scene.stop()
    await world.dispose()
  })

  /** With headers as they are: `fetch` would join or refuse some. */
  async function send(headers: readonly string[], target = '/api/v1/bots'): Promise<{status: number; body: string}> {
    const {hostname, port} = new URL(scene.origin)
    const sent = request({hostname, port, path: target, headers: ['Host', 'localhost', ...headers]})
    sent.end()
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    return {status: response.statusCode ?? 0, body: await text(response)}
  }

  describe('with an API token', () => {
    for (const scheme of ['Bearer', 'Token', 'bearer', 'TOKEN', 'bEaReR  ']) {
      it(`are known by the scheme “${scheme}”`, async () => {
        const token = await scene.issue(['account:read'])
        assert.equal((await send(['Authorization', `${scheme} ${token}`])).status, 200)
      })
    }
  })

  describe('get 401 unauthenticated, with three keys', () => {
    const expectRefused = async (headers: readonly string[]): Promise<void> => {
      const {status, body} = await send(headers)
      assert.equal(status, 401)
      assert.deepEqual(JSON.parse(body), {code: '401', message: 'Unauthorized', error: 'true'})
    }

    it('without a token', () => expectRefused([]))

    const malformed: [string, (token: string) => string[]][] = [
      ['an empty header', () => ['Authorization', '']],
      ['the scheme alone', () => ['Authorization', 'Bearer']],
      ['the token alone', (token) => ['Authorization', token]],
      ['another scheme', (token) => ['Authorization', `Basic ${token}`]],
      ['a scheme without a space', (token) => ['Authorization', `Bearer${token}`]],
      ['a tab behind the scheme', (token) => ['Authorization', `Bearer\t${token}`]],
      ['something behind the token', (token) => ['Authorization', `Bearer ${token} x`]],
      ['two tokens in one header', (token) => ['Authorization', `Bearer ${token}, Bearer ${token}`]],
      ['two headers', (token) => ['Authorization', `Bearer ${token}`, 'Authorization', `Bearer ${token}`]],
      ['two headers in different case', (token) => ['authorization', `Bearer ${token}`, 'AUTHORIZATION', '']],
      ['another character at the end', (token) => ['Authorization', `Bearer ${token.slice(0, -1)}!`]],
      ['a token in other case', (token) => ['Authorization', `Bearer ${token.toUpperCase()}`]],
      ['a token that nobody issued', () => ['Authorization', `Bearer bhf_AAAAAAAA_${'A'.repeat(32)}_AAAAAA`]],
      ['the token in another header', (token) => ['X-Authorization', `Bearer ${token}`]],
      ['the token as a cookie', (token) => ['Cookie', `Authorization=Bearer ${token}`]],
    ]
    for (const [what, headersOf] of malformed) {
      it(`with ${what}`, async () => expectRefused(headersOf(await scene.issue(['account:read']))))
    }

    it('with the token in the query', async () => {
      const token = await scene.issue(['account:read'])
      assert.equal((await send([], `/api/v1/bots?access_token=${token}`)).status, 401)
    })

    it('once the token has expired, and not a millisecond before', async () => {
      const token = await scene.issue(['account:read'], {expiresInMs: 1000})
      world.clock.advance(999)
      assert.equal((await send(['Authorization', `Bearer ${token}`])).status, 200)
      world.clock.advance(1)
      await expectRefused(['Authorization', `Bearer ${token}`])
    })

    it('and are told how to authenticate', async () => {
      const answer = await scene.call('GET', '/api/v1/bots')
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer realm="behalf"')
      assert.equal(answer.headers.get('x-behalf-error'), 'unauthenticated')
    })

    it('from the very next request on after another process has revoked the token', async () => {
      const other = await world.openAgain()
      const token = await scene.issue(['account:read'])
      const id = token.slice(4, 12)
      for (let round = 0; round < 3; round += 1) {
        assert.equal((await scene.call('GET', '/api/v1/bots', {token})).status, 200)
      }
      await revokeApiToken(other, id)
      assert.equal((await scene.call('GET', '/api/v1/bots', {token})).status, 401)
    })

    it('with the old secret from the very next request on after another process has rotated it', async () => {
      const other = await world.openAgain()
      const token = await scene.issue(['account:read'])
      assert.equal((await scene.call('GET', '/api/v1/bots', {token})).status, 200)
      const rotated = await rotateApiToken(other, token.slice(4, 12))
      assert.equal((await scene.call('GET', '/api/v1/bots', {token})).status, 401)
      assert.equal((await scene.call('GET', '/api/v1/bots', {token: rotated.token.reveal()})).status, 200)
    })
  })

  it('get 403 from the very next request on after another process has taken the scope away', async () => {
    const other = await world.openAgain()
    const token = await scene.issue(['account:read'])
    assert.equal((await scene.call('GET', '/api/v1/bots', {token})).status, 200)
    await other.store.apiTokens.update(token.slice(4, 12), (current) => ({...current, scopes: ['introspect']}))
    const {status, json} = await scene.call('GET', '/api/v1/bots', {token})
    assert.equal(status, 403)
    assert.match(JSON.stringify(json), /lacks the scope account:read/)
  })

  describe('leave behind', () => {
    it('when their token was last used', async () => {
      const token = await scene.issue(['account:read'])
      world.clock.advance(5000)
      await scene.call('GET', '/api/v1/bots', {token})
      assert.equal((await world.store.apiTokens.get(token.slice(4, 12)))?.lastUsedAt, world.clock.now())
    })

    it('an audit event for each call, a refused one too, without the query', async () => {
      const token = await scene.issue(['account:read'])
      await scene.call('GET', '/api/v1/bots?format=json', {token})
      await scene.call('GET', '/api/v1/tokens', {token})
      await scene.call('GET', '/api/v1/accounts/example:1', {token})
      await scene.call('GET', '/api/v1/bots')
      assert.deepEqual(
        scene.audited.map(({durationMs: _any, ...call}) => call),
        [
          {apiTokenId: token.slice(4, 12), method: 'GET', path: '/api/v1/bots', status: 200},
          {apiTokenId: token.slice(4, 12), method: 'GET', path: '/api/v1/tokens', status: 403, code: 'refused'},
          {
            apiTokenId: token.slice(4, 12),
            method: 'GET',
            path: '/api/v1/accounts/example:1',
            status: 404,
            code: 'account-not-found',
          },
        ],
      )
    })
  })
})
