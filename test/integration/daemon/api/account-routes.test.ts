import assert from 'node:assert/strict'

import {SECOND_MS} from '../../../../src/model/time.js'
import {startApi, type ApiScene} from '../../../support/api-scene.js'
import {makeProvider} from '../../../support/make-provider.js'
import {makeSandboxScene, type SandboxScene} from '../../../support/sandbox-scene.js'
import {tokensOf} from '../../../support/tokens-of.js'

/** What stands below `name` in an answer. */
const field = (json: unknown, name: string): unknown => (json as Record<string, unknown>)[name]

const keysOf = (json: unknown, name: string): unknown[] => (field(json, name) as {key: string}[]).map(({key}) => key)

describe('the accounts of the API', () => {
  let world: SandboxScene
  let scene: ApiScene
  let bot: string
  let user: string
  beforeEach(async () => {
    world = await makeSandboxScene()
    await world.logIn('streamer_sam', {role: 'owner'})
    bot = (await world.logIn('techydrroid')).account.key
    const example = makeProvider()
    await world.store.providers.put(example)
    await world.addAccount(example, {userId: '7', login: 'elsewhere'})
    user = (await world.addAccount(example, {userId: '9', role: 'user', subject: 'slack:Ü/% 🎉'})).key
    scene = await startApi(world.deps)
  })
  afterEach(async () => {
    await scene.stop()
    await world.dispose()
  })

  describe('GET /api/v1/accounts', () => {
    it('lists whom the token may act as, owners first, without secrets', async () => {
      const {status, json, text, headers} = await scene.call('GET', '/api/v1/accounts', {
        token: await scene.issue(['account:read']),
      })
      assert.equal(status, 200)
      assert.deepEqual(keysOf(json, 'accounts').slice(1), ['example:7', bot])
      assert.deepEqual(field(json, 'data'), {accounts: field(json, 'accounts')})
      assert.deepEqual(
        ['code', 'message', 'error'].map((name) => field(json, name)),
        ['200', '3 accounts', 'false'],
      )
      const {credential} = await world.account(bot)
      for (const secret of [credential.accessToken, credential.refreshToken]) {
        assert.equal(text.includes(secret?.reveal() ?? '?'), false)
      }
      assert.equal(headers.get('cache-control'), 'no-store')
      assert.equal(headers.get('x-content-type-options'), 'nosniff')
    })

    it('lists those that the token names, a user too, and none that is gone', async () => {
      const token = await scene.issue(['account:read'], {as: ['elsewhere']})
      const as = [user, 'twitch:404', 'example:7']
      await world.store.apiTokens.update(token.slice(4, 12), (current) => ({...current, as}))
      const {json} = await scene.call('GET', '/api/v1/accounts', {token})
      assert.deepEqual(keysOf(json, 'accounts'), ['example:7', user])
    })

    it('lists nobody to a token that may act as nobody', async () => {
      const token = await scene.issue(['account:read'], {as: [], asAny: false})
      assert.deepEqual(keysOf((await scene.call('GET', '/api/v1/accounts', {token})).json, 'accounts'), [])
    })

    it('takes no notice of who is to act', async () => {
      const token = await scene.issue(['account:read'])
      const {status} = await scene.call('GET', '/api/v1/accounts', {token, headers: {'x-behalf-of': 'nobody_here'}})
      assert.equal(status, 200)
    })

    it('refuses a token without the scope, and one with `admin` alone', async () => {
      for (const scopes of [['helix'], ['admin']]) {
        const {status, json} = await scene.call('GET', '/api/v1/accounts', {token: await scene.issue(scopes)})
        assert.equal(status, 403)
        assert.deepEqual(Object.keys(json as object), ['code', 'message', 'error', 'hint'])
      }
    })
  })

  describe('GET /api/v1/bots', () => {
    it('lists the bots among them', async () => {
      const {json} = await scene.call('GET', '/api/v1/bots', {token: await scene.issue(['account:read'])})
      assert.deepEqual(keysOf(json, 'bots'), ['example:7', bot])
    })
  })

  describe('GET /api/v1/accounts/<key>', () => {
    it('shows an account', async () => {
      const {status, json} = await scene.call('GET', `/api/v1/accounts/${bot}`, {
        token: await scene.issue(['account:read']),
      })
      assert.equal(status, 200)
      assert.deepEqual([field(json, 'key'), field(json, 'login'), field(json, 'state')], [bot, 'techydrroid', 'ok'])
    })

    it('takes any key, URL-encoded', async () => {
      const token = await scene.issue(['account:read'], {as: ['id:7']})
      await world.store.apiTokens.update(token.slice(4, 12), (current) => ({...current, as: [user]}))
      const {status, json} = await scene.call('GET', `/api/v1/accounts/${encodeURIComponent(user)}`, {token})
      assert.equal(status, 200)
      assert.equal(field(json, 'subject'), 'slack:Ü/% 🎉')
    })

    it('answers 404 for an unknown one, 403 for one that the token may not act as', async () => {
      const token = await scene.issue(['account:read'], {as: ['elsewhere']})
      const statuses = ['twitch:1', 'techydrroid', '%00', '%zz', bot, encodeURIComponent(user)].map(
        async (key) => (await scene.call('GET', `/api/v1/accounts/${key}`, {token})).status,
      )
      assert.deepEqual(await Promise.all(statuses), [404, 404, 404, 404, 403, 403])
    })
  })

  describe('GET /api/v1/accounts/<key>/token', () => {
    const get = async (query = '', token?: string) =>
      scene.call('GET', `/api/v1/accounts/${bot}/token${query}`, {token: token ?? (await scene.issue(['token:read']))})

    it('gives the token in hand while it lives long enough', async () => {
      const {status, json} = await get()
      const {credential, clientId} = await world.account(bot)
      assert.equal(status, 200)
      assert.deepEqual(
        ['access_token', 'token_type', 'client_id'].map((name) => field(json, name)),
        [credential.accessToken.reveal(), 'Bearer', clientId],
      )
      assert.equal(world.refreshes().length, 0)
    })

    it('gives a fresh one once it is over, and notes who got it', async () => {
      const before = (await world.account(bot)).credential
      world.clock.advance((before.expiresAt ?? 0) - world.clock.now() + 1)
      const {status, json} = await get()
      assert.equal(status, 200)
      assert.notEqual(field(json, 'access_token'), before.accessToken.reveal())
      assert.equal(world.refreshes().length, 1)
      assert.equal(scene.audited.at(-1)?.actedAs, bot)
    })

    it('gives one that lives as long as is asked', async () => {
      const {expiresAt = 0} = tokensOf(await world.account(bot))
      world.clock.advance(expiresAt - world.clock.now() - 100 * SECOND_MS)
      assert.equal(field((await get('?min_ttl=90')).json, 'warning'), undefined)
      assert.equal(world.refreshes().length, 0)
      await get('?min_ttl=110')
      assert.equal(world.refreshes().length, 1)
    })

    for (const query of [
      '?min_ttl=',
      '?min_ttl=-1',
      '?min_ttl=5m',
      '?min_ttl=1&min_ttl=2',
      '?min_ttl=999999999',
      '?min_ttl=0x5',
    ]) {
      it(`refuses ${query}`, async () => {
        const {status, json} = await get(query)
        assert.equal(status, 400)
        assert.match(String(field(json, 'message')), /^In the query, min_ttl: /)
      })
    }

    it('refuses who has not the scope before it looks at the query', async () => {
      assert.equal((await get('?min_ttl=x', await scene.issue(['account:read']))).status, 403)
    })

    it('answers 409 and the command that mends it when the account needs a login', async () => {
      const {expiresAt = 0} = tokensOf(await world.account(bot))
      await world.store.accounts.update(bot, (account) => ({
        ...account,
        state: {kind: 'login-needed', reason: 'rejected', since: 1},
      }))
      world.clock.advance(expiresAt - world.clock.now() + 1)
      const {status, json} = await get()
      assert.equal(status, 409)
      assert.equal(field(json, 'hint'), 'behalf bot add --expect techydrroid')
    })

    it('names the address of a login for the account of a chat user, to who may start flows', async () => {
      const {version: _counted, ...account} = await world.account(bot)
      const key = 'twitch@slack:U1'
      const state = {kind: 'login-needed', reason: 'rejected', since: 1} as const
      await world.store.accounts.put({...account, key, role: 'user', subject: 'slack:U1', state})
      world.clock.advance((tokensOf(account).expiresAt ?? 0) - world.clock.now() + 1)
      const path = `/api/v1/accounts/${encodeURIComponent(key)}/token`
      const read = async (scopes: string[]) =>
        scene.call('GET', path, {token: await scene.issue(scopes, {as: ['subject:slack:U1'], asAny: false})})
      const {status, json} = await read(['token:read', 'flow:start'])
      assert.equal(status, 409)
      assert.match(String(field(json, 'authorization_url')), /\/oauth2\/authorize\?.*state=/)
      assert.equal(field(json, 'hint'), 'behalf user link slack:U1')
      assert.equal(field((await read(['token:read'])).json, 'authorization_url'), undefined)
    })

    it('answers 503 while the provider is away', async () => {
      const {expiresAt = 0} = tokensOf(await world.account(bot))
      world.clock.advance(expiresAt - world.clock.now() + 1)
      await world.sandbox.stop()
      assert.equal((await get()).status, 503)
    })
  })
})
