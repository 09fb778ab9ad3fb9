import assert from 'node:assert/strict'

import {startPassthrough, type PassthroughScene} from '../../support/passthrough-scene.js'
import {makeSandboxScene, type SandboxScene} from '../../support/sandbox-scene.js'

describe('the Helix passthrough for clients of TAU', () => {
  let scene: SandboxScene
  let daemon: PassthroughScene
  let token: string

  beforeEach(async () => {
    scene = await makeSandboxScene()
    await scene.logIn('techydrroid')
    await scene.logIn('streamer_sam')
    daemon = await startPassthrough(scene.deps)
    token = await daemon.issue(['helix'])
  })

  afterEach(async () => {
    await daemon.stop()
    await scene.dispose()
  })

  /** As TAU's Go client writes its requests: a slash at the end, the type of a body also where there is none. */
  const call = (path: string, init: {method?: string; as?: string; body?: string; token?: string} = {}) =>
    fetch(`${daemon.origin}/api/twitch/helix/${path}`, {
      method: init.method ?? 'GET',
      headers: {
        Authorization: `Token ${init.token ?? token}`,
        'Content-Type': 'application/json',
        'User-Agent': 'Go-http-client/1.1',
        'X-TAU-On-Behalf-Of': init.as ?? 'techydrroid',
      },
      ...(init.body !== undefined && {body: init.body}),
    })

  async function bot() {
    const account = (await scene.store.accounts.names()).find(({login}) => login === 'techydrroid')
    assert.ok(account)
    return account
  }

  /** What a failure of our own looks like. */
  async function failureOf(response: Response) {
    const body = (await response.json()) as Record<string, unknown>
    return {status: response.status, header: response.headers.get('x-behalf-error'), ...body}
  }

  it('answers each bot as itself', async () => {
    for (const login of ['techydrroid', 'streamer_sam']) {
      const response = await call('users/?format=json', {as: login})
      assert.equal(response.status, 200)
      const {data} = (await response.json()) as {data: {login: string}[]}
      assert.deepEqual(
        data.map((user) => user.login),
        [login],
      )
    }
  })

  it('leaves format=json out of what Helix is sent, and nothing else of the query', async () => {
    await call('users/?login=techydrroid&format=json&login=streamer_sam&x=format=json')
    assert.equal(scene.calls('/helix').at(-1)?.path, '/helix/users')
    const response = await call('users/?login=techydrroid&format=json&login=streamer_sam')
    const {data} = (await response.json()) as {data: unknown[]}
    assert.equal(data.length, 2)
  })

  it('sends bodies on, and brings back an answer without one', async () => {
    const {userId} = await bot()
    const body = JSON.stringify({broadcaster_id: userId, sender_id: userId, message: 'hello'})
    const sent = await call('chat/messages/', {method: 'POST', body})
    assert.equal(sent.status, 200)
    const colour = await call(`chat/color/?user_id=${userId}&color=blue`, {method: 'PUT', body: ''})
    assert.ok([204, 401].includes(colour.status), String(colour.status))
  })

  it('passes the answer of a rate limit with its Ratelimit-Reset', async () => {
    scene.sandbox.state.rateLimiter.reset(800, 0)
    const response = await call('users/?format=json')
    assert.equal(response.status, 429)
    assert.match(response.headers.get('ratelimit-reset') ?? '', /^\d{10}$/)
    assert.equal(response.headers.get('x-behalf-error'), null)
    assert.equal(((await response.json()) as {status: number}).status, 429)
  })

  it('refuses callers that it does not know, accounts that are not there, and what a token may not do', async () => {
    const only = await daemon.issue(['helix:GET:/users'], ['techydrroid'])
    const mistyped = await call('users/', {token: `${token.slice(0, -1)}-`})
    assert.equal(mistyped.headers.get('www-authenticate'), 'Bearer realm="behalf"')
    const detail = 'You must be logged into access this endpoint.'
    const unknown = {status: 401, header: 'unauthenticated', detail, error: detail, code: 'unauthenticated'}
    assert.deepEqual(await failureOf(mistyped), unknown)
    assert.deepEqual(await failureOf(await call('users/', {as: 'nobody_here'})), {
      status: 404,
      header: 'account-not-found',
      detail: 'Not found.',
      error: 'Not found.',
      code: 'account-not-found',
    })
    const elsewhere = await failureOf(await call('users/', {token: only, as: 'streamer_sam'}))
    assert.deepEqual([elsewhere.status, elsewhere.header], [403, 'refused'])
    const beyond = await failureOf(await call('streams/', {token: only}))
    assert.deepEqual([beyond.status, beyond.header], [403, 'refused'])
    assert.equal((await call('users/', {token: only})).status, 200)
  })

  it('says 409 when the account needs a login, and 404 outside of Helix', async () => {
    const account = await bot()
    await scene.store.accounts.update(account.key, (current) => ({...current, clientId: 'another-client'}))
    const failure = await failureOf(await call('users/'))
    assert.deepEqual([failure.status, failure.header], [409, 'login-needed'])
    const response = await fetch(`${daemon.origin}/api/twitch/users`, {
      headers: {Authorization: `Bearer ${token}`, 'X-Behalf-Of': 'streamer_sam'},
    })
    assert.equal(response.status, 404)
    assert.deepEqual(scene.calls('/users'), [])
  })

  it('says of a provider that there is not what it is, to callers that are known', async () => {
    const headers = {authorization: `Bearer ${token}`}
    const known = await fetch(`${daemon.origin}/api/nowhere/things`, {headers})
    assert.deepEqual([known.status, known.headers.get('x-behalf-error')], [404, 'provider-not-found'])
    assert.equal((await fetch(`${daemon.origin}/api/nowhere/things`)).status, 401)
  })

  it('tells the audit and the metrics of every call of a caller that is known', async () => {
    await call('users/?format=json')
    await call('streams/', {as: 'nobody_here'})
    await call('users/', {token: 'bhf_unknown'})
    const id = token.slice(4, 12)
    const account = await bot()
    assert.deepEqual(
      daemon.audited.map(({durationMs: _durationMs, ...call}) => call),
      [
        {apiTokenId: id, actedAs: account.key, method: 'GET', path: '/api/twitch/helix/users/', status: 200},
        {apiTokenId: id, method: 'GET', path: '/api/twitch/helix/streams/', status: 404, code: 'account-not-found'},
      ],
    )
    assert.deepEqual(daemon.observed, [{provider: 'twitch', statusClass: '2xx'}])
  })

  it('refreshes a dead token once for 200 requests at a time, and answers them all', async () => {
    const account = await bot()
    const before = scene.refreshes().length
    const {credential} = await scene.account(account.key)
    // Its life is over by the clock that behalf and the sandbox share.
    scene.clock.advance((credential.expiresAt ?? 0) - scene.clock.now() + 1000)
    const responses = await Promise.all(Array.from({length: 200}, () => call('users/')))
    assert.deepEqual(new Set(responses.map(({status}) => status)), new Set([200]))
    assert.equal(scene.refreshes().length - before, 1)
  })

  it('refreshes a token once that Helix refuses before its time, and repeats all 200 calls', async () => {
    const account = await bot()
    scene.clock.advance(5 * 60_000)
    const {credential} = await scene.account(account.key)
    scene.sandbox.state.accessTokens.delete(credential.accessToken.reveal())
    const before = scene.refreshes().length
    const responses = await Promise.all(Array.from({length: 200}, () => call('users/')))
    assert.deepEqual(new Set(responses.map(({status}) => status)), new Set([200]))
    assert.equal(scene.refreshes().length - before, 1)
  })
})
