import assert from 'node:assert/strict'

import {ApiClient} from '@twurple/api'

import {startSandbox, type Sandbox} from '../../../src/sandbox/start-sandbox.js'
import {assertIdentityError, SandboxCaller, type TokenAnswer} from '../../support/sandbox-caller.js'

const PORT = 'TWURPLE_MOCK_API_PORT'

describe('the sandbox under the paths of the mock API', () => {
  let sandbox: Sandbox
  let caller: SandboxCaller
  beforeEach(async () => {
    sandbox = await startSandbox()
    caller = new SandboxCaller(sandbox)
  })
  afterEach(() => sandbox.stop())

  const post = (path: string, fields: Record<string, string | undefined>) => {
    const given = Object.entries(fields).filter((pair): pair is [string, string] => pair[1] !== undefined)
    return caller.send(`${path}?${new URLSearchParams(given).toString()}`, {method: 'POST'})
  }
  const askUserToken = (changes: Record<string, string | undefined> = {}) =>
    post('/auth/authorize', {
      client_id: caller.client.id,
      client_secret: caller.client.secret ?? '',
      grant_type: 'user_token',
      user_id: '2002',
      scope: 'user:read:email user:write:chat',
      ...changes,
    })
  const bearing = (token: string, headers: Record<string, string> = {}) => ({
    headers: {Authorization: `Bearer ${token}`, 'Client-Id': caller.client.id, ...headers},
  })

  it('lets pages of any origin call what is below /mock and /units, and nothing else', async () => {
    const {access_token: token} = (await askUserToken()).json as TokenAnswer
    const allowed = (headers: Headers) => headers.get('access-control-allow-origin')
    for (const path of ['/mock/users', '/units/users', '/units/clients']) {
      const asked = await caller.send(path, {method: 'OPTIONS', headers: {origin: 'https://page.example.test'}})
      assert.deepEqual([asked.status, allowed(asked.headers)], [200, '*'], path)
      assert.match(asked.headers.get('access-control-allow-headers') ?? '', /Authorization, Client-Id/)
      const answer = await caller.send(path, bearing(token))
      assert.deepEqual([answer.status, allowed(answer.headers)], [200, '*'], path)
    }
    const refused = await caller.send('/mock/users')
    assert.deepEqual([refused.status, allowed(refused.headers)], [401, '*'])
    for (const path of ['/helix/users', '/oauth2/validate', '/auth/validate', '/_sandbox/state', '/']) {
      assert.equal(allowed((await caller.send(path, bearing(token))).headers), null, path)
      assert.equal(allowed((await caller.send(path, {method: 'OPTIONS'})).headers), null, path)
    }
  })

  it('gives a user’s token at once, which is validated, refreshed and revoked there', async () => {
    const tokens = (await askUserToken()).json as TokenAnswer
    assert.deepEqual(tokens.scope, ['user:read:email', 'user:write:chat'])
    const validated = await caller.send('/auth/validate', bearing(tokens.access_token))
    const {login, user_id, client_id} = validated.json as Record<string, unknown>
    assert.deepEqual([login, user_id, client_id], ['techydrroid', '2002', caller.client.id])

    const client = {client_id: caller.client.id, client_secret: caller.client.secret ?? ''}
    const refreshed = await post('/auth/token', {
      ...client,
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token,
    })
    const {access_token} = refreshed.json as TokenAnswer
    assert.notEqual(access_token, tokens.access_token)
    assert.equal((await post('/auth/revoke', {client_id: client.client_id, token: access_token})).status, 200)
    assertIdentityError(await caller.send('/auth/validate', bearing(access_token)), 401, 'invalid access token')
  })

  for (const [what, changes, status, message] of [
    ['a wrong secret', {client_secret: 'made-up'}, 403, 'invalid client secret'],
    ['no secret', {client_secret: undefined}, 400, 'missing client secret'],
    ['a client that is not there', {client_id: 'made-up'}, 400, 'invalid client'],
    ['no client', {client_id: undefined}, 400, 'missing client id'],
    ['a user who is not there', {user_id: '9'}, 400, 'User ID invalid'],
    ['no user', {user_id: undefined}, 400, 'User ID invalid'],
    ['a scope that is not there', {scope: 'user:read:email made:up'}, 400, 'Invalid scopes requested'],
  ] as const) {
    it(`gives no token for ${what}`, async () => {
      assertIdentityError(await askUserToken(changes), status, message)
      assert.equal(sandbox.state.accessTokens.size, 0)
    })
  }

  it('gives an app token, by query or by form', async () => {
    const fields = {
      client_id: caller.client.id,
      client_secret: caller.client.secret ?? '',
      grant_type: 'client_credentials',
    }
    const byForm = await caller.send('/auth/token', {method: 'POST', body: new URLSearchParams(fields)})
    for (const {json} of [await post('/auth/token', fields), byForm]) {
      const {access_token} = json as TokenAnswer
      const users = await caller.send('/mock/users?login=otherbot', bearing(access_token))
      assert.deepEqual(
        (users.json as {data: {id: string}[]}).data.map(({id}) => id),
        ['2003'],
      )
    }
  })

  it('asks people as Twitch does, where programs expect the page there', async () => {
    const path = caller.authorizePath().replace('/oauth2/', '/auth/')
    assert.match((await caller.send(path)).headers.get('location') ?? '', /^\/login\?/)
    const asked = await caller.send(path, {headers: {'X-Sandbox-Auto': 'otherbot'}})
    const code = new URL(asked.headers.get('location') ?? '').searchParams.get('code') ?? ''
    assert.equal((await caller.exchange(code)).status, 200)
    assert.equal((await caller.send(path, {method: 'POST'})).status, 303)
  })

  it('answers Helix as under /helix, its refusals among them', async () => {
    const {access_token} = (await askUserToken()).json as TokenAnswer
    for (const [path, headers, status] of [
      ['/users', {}, 200],
      ['/users', {'Client-Id': 'made-up'}, 401],
      ['/moderation/banned?broadcaster_id=2002', {}, 401],
      ['/tags/streams', {}, 410],
      ['/made/up', {}, 404],
      ['', {}, 404],
    ] as const) {
      const [there, here] = await Promise.all(
        ['/helix', '/mock'].map((base) => caller.send(`${base}${path}`, bearing(access_token, headers))),
      )
      assert.deepEqual([here?.status, here?.json], [status, there?.json], path)
    }
    const subscriptions = await caller.send('/eventsub/subscriptions', bearing(access_token))
    assert.deepEqual((subscriptions.json as {data: unknown}).data, [])
  })

  it('lists clients and users for who wants to begin', async () => {
    const clients = (await caller.send('/units/clients')).json as {total: number; data: Record<string, unknown>[]}
    assert.deepEqual(clients.data[0], {
      ID: caller.client.id,
      Secret: caller.client.secret,
      Name: caller.client.name,
      IsExtension: false,
    })
    assert.equal(clients.data[1]?.Secret, '')
    const users = (await caller.send('/units/users')).json as {total: number; data: Record<string, unknown>[]}
    assert.equal(users.total, 4)
    assert.deepEqual(
      [users.data[1]?.id, users.data[1]?.login, users.data[1]?.display_name],
      ['2002', 'techydrroid', 'TechyDrroid'],
    )
    assert.equal((await caller.send('/units/clients', {method: 'POST'})).status, 404)
  })

  it('serves Twurple’s own refreshing provider', async () => {
    const before = process.env[PORT]
    process.env[PORT] = String(sandbox.port)
    try {
      const {RefreshingAuthProvider} = await import('@twurple/auth')
      const {id: clientId, secret} = caller.client
      const authProvider = new RefreshingAuthProvider({clientId, clientSecret: secret ?? ''})
      const {refresh_token} = (await askUserToken()).json as TokenAnswer
      const token = {refreshToken: refresh_token, accessToken: '', expiresIn: 0, obtainmentTimestamp: 0}
      authProvider.addUser('2002', {...token, scope: ['user:read:email']})
      const api = new ApiClient({authProvider})
      assert.equal((await api.users.getAuthenticatedUser('2002', true)).email, 'techydrroid@example.test')
      assert.equal((await api.users.getUserByName('streamer_sam'))?.id, '1001')
    } finally {
      if (before === undefined) Reflect.deleteProperty(process.env, PORT)
      else process.env[PORT] = before
    }
  })
})
