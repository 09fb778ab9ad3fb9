import assert from 'node:assert/strict'

import {HOUR_MS} from '../../../src/model/time.js'
import {makeLibraryScene, type LibraryScene} from '../../support/library-scene.js'

const SAM = 'slack:U01SAM'
const NAME = `subject:${SAM}`

describe('fetch on behalf of an account', () => {
  let scene: LibraryScene

  beforeEach(async () => {
    scene = await makeLibraryScene()
    const userContext = await scene.makeContext(SAM, 'streamer_sam')
    await scene.behalf.setUserContext({subject: SAM, userContext})
  })
  afterEach(() => scene.dispose())

  it('gives the API’s answer, with its status and headers', async () => {
    const answer = await scene.behalf.fetch(NAME, '/users?login=otherbot')
    assert.equal(answer.status, 200)
    assert.ok(answer.headers.has('ratelimit-remaining'))
    const {data} = (await answer.json()) as {data: {login: string}[]}
    assert.deepEqual(
      data.map(({login}) => login),
      ['otherbot'],
    )
    assert.equal((await scene.behalf.fetch(`twitch/${NAME}`, 'no/such/thing')).status, 404)
  })

  it('sends what fetch would send', async () => {
    const body = JSON.stringify({made: 'up'})
    const init = {method: 'POST', body, headers: {'Content-Type': 'application/json', 'Accept-Language': 'de'}}
    const answer = await scene.behalf.fetch(NAME, '/chat/messages', init)
    assert.ok(answer.status >= 400 && answer.status < 500, 'the sandbox reads it, and wants more')
    assert.match(await answer.text(), /broadcaster_id|scope/i)
  })

  it('refreshes a token that has ended first', async () => {
    scene.clock.advance(4 * HOUR_MS)
    assert.equal((await scene.behalf.fetch(NAME, '/users')).status, 200)
    assert.equal(scene.refreshes().length, 1)
  })

  for (const path of [
    'https://evil.example.test/users',
    '//evil.example.test/users',
    '/../oauth2/token',
    '/a/%2e%2e/b',
    '/users#x',
  ]) {
    it(`refuses the path ${path}`, async () => {
      await assert.rejects(scene.behalf.fetch(NAME, path), {code: 'invalid-input'})
    })
  }

  it('refuses who is not there, and never calls as another', async () => {
    const calls = scene.sandbox.state.calls.list().length
    await assert.rejects(scene.behalf.fetch('subject:slack:U09', '/users'), {code: 'account-not-found'})
    await assert.rejects(scene.behalf.fetch('', '/users'), {code: 'invalid-input'})
    await assert.rejects(scene.behalf.fetch(NAME, '/users', {headers: {Authorization: 'Bearer made-up'}}), {
      code: 'invalid-input',
    })
    await assert.rejects(scene.behalf.fetch(NAME, '/users', {body: 'x', method: 'GET'}), {code: 'invalid-input'})
    assert.equal(scene.sandbox.state.calls.list().length, calls)
  })

  it('says what the person is to open when the credential is dead', async () => {
    scene.sandbox.state.accessTokens.clear()
    scene.sandbox.state.refreshTokens.clear()
    scene.clock.advance(2 * 60_000)
    await assert.rejects(
      scene.behalf.fetch(NAME, '/users'),
      (error: Error & {code?: string; authorizationUrl?: string}) => {
        assert.equal(error.code, 'login-needed')
        assert.ok(error.authorizationUrl?.startsWith(`${scene.sandbox.url}/oauth2/authorize?`))
        return true
      },
    )
    assert.equal(scene.notices.length, 1)
  })

  it('ends when its signal does', async () => {
    scene.sandbox.state.faults.add({
      kind: 'delay',
      path: '/helix/users',
      match: {},
      count: 1,
      after: 0,
      process: true,
      status: 200,
      headers: {},
      body: undefined,
      delayMs: 2000,
    })
    await assert.rejects(scene.behalf.fetch(NAME, '/users', {signal: AbortSignal.timeout(100)}))
  })
})
