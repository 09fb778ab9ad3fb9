import assert from 'node:assert/strict'

import {HOUR_MS, MINUTE_MS} from '../../../src/model/time.js'
import {changeTokens} from '../../../src/sandbox/control/change-tokens.js'
import {makeSandboxScene, type SandboxScene} from '../../support/sandbox-scene.js'

const AS = {as: 'techydrroid'}
const INVALID = {error: 'Unauthorized', status: 401, message: 'Invalid OAuth token'}

describe('a Helix call that is refused (rule 7)', () => {
  let scene: SandboxScene
  before(async () => (scene = await makeSandboxScene()))
  after(() => scene.dispose())

  beforeEach(async () => {
    await scene.logIn('techydrroid')
    scene.clock.advance(MINUTE_MS)
    scene.sandbox.state.calls.clear()
    scene.sandbox.state.faults.clear()
  })

  const killToken = () => changeTokens(scene.sandbox.state, {login: 'techydrroid', kind: 'access'}, 'revoke')
  const counts = () => ({helix: scene.calls('/helix').length, refreshes: scene.refreshes().length})

  it('because the token is dead: one refresh, two calls', async () => {
    killToken()
    const {answer, loginNeeded} = await scene.helix(AS)
    assert.deepEqual([answer.status, loginNeeded], [200, undefined])
    assert.deepEqual(counts(), {helix: 2, refreshes: 1})
  })

  it('because the token is dead, for ten callers at once: one refresh', async () => {
    killToken()
    const answers = await Promise.all(Array.from({length: 10}, () => scene.helix(AS)))
    assert.deepEqual(new Set(answers.map(({answer}) => answer.status)), new Set([200]))
    assert.equal(counts().refreshes, 1)
  })

  it('by an API that refuses every token: one refresh, two calls, never more', async () => {
    scene.fail('/helix/*', {kind: 'status', status: 401, body: INVALID, count: 1000})
    const {answer, loginNeeded} = await scene.helix(AS)
    assert.deepEqual([answer.status, JSON.parse(answer.body), loginNeeded], [401, INVALID, undefined])
    assert.deepEqual(counts(), {helix: 2, refreshes: 1})
    await scene.helix(AS)
    assert.deepEqual(counts(), {helix: 3, refreshes: 1})
  })

  it('right after the token was fetched: no refresh, and a word on why', async () => {
    await scene.logIn('techydrroid')
    scene.fail('/helix/*', {kind: 'status', status: 401, body: INVALID, count: 1000})
    const {answer, warning} = await scene.helix(AS)
    assert.equal(answer.status, 401)
    assert.match(warning ?? '', /less than a minute old/)
    assert.deepEqual(counts(), {helix: 1, refreshes: 0})
  })

  describe('for another reason: no refresh', () => {
    it('a missing scope', async () => {
      const {answer} = await scene.helix({...AS, path: 'polls', query: [['broadcaster_id', '2002']], check: false})
      assert.equal(answer.status, 401)
      assert.match(answer.body, /[Mm]issing scope/)
      assert.deepEqual(counts(), {helix: 1, refreshes: 0})
    })

    it('another user’s id', async () => {
      await scene.logIn('techydrroid', {scopes: ['channel:read:polls']})
      const {answer} = await scene.helix({...AS, path: 'polls', query: [['broadcaster_id', '1001']]})
      assert.equal(answer.status, 401)
      assert.match(answer.body, /must match the user ID/)
      assert.deepEqual(counts(), {helix: 1, refreshes: 0})
    })

    for (const message of [
      'Client ID and OAuth token do not match',
      'incorrect user authorization',
      'Must provide valid app token.',
      'OAuth token is missing',
      '',
    ]) {
      it(message || 'none that is said', async () => {
        scene.fail('/helix/*', {kind: 'status', status: 401, body: {...INVALID, message}})
        assert.equal((await scene.helix(AS)).answer.status, 401)
        assert.deepEqual(counts(), {helix: 1, refreshes: 0})
      })
    }

    it('a 401 that is no JSON, and a 403 that says the token is invalid', async () => {
      scene.fail('/helix/*', {kind: 'status', status: 401, body: 'Invalid OAuth token'})
      scene.fail('/helix/*', {kind: 'status', status: 403, body: INVALID})
      assert.equal((await scene.helix(AS)).answer.status, 401)
      assert.equal((await scene.helix(AS)).answer.status, 403)
      assert.deepEqual(counts(), {helix: 2, refreshes: 0})
    })
  })

  it('after the person has ended the access: the API’s own answer, and how to mend it', async () => {
    changeTokens(scene.sandbox.state, {login: 'techydrroid', kind: 'refresh'}, 'revoke')
    killToken()
    for (const refreshes of [1, 1]) {
      const {answer, loginNeeded} = await scene.helix(AS)
      assert.equal(answer.status, 401)
      assert.equal(loginNeeded?.hint, 'behalf bot add --expect techydrroid')
      assert.equal(counts().refreshes, refreshes, 'an account that needs a login sends nothing more')
    }
    scene.clock.advance(5 * HOUR_MS)
    await assert.rejects(scene.helix(AS), {code: 'login-needed'})
    assert.equal(counts().refreshes, 1)
  })
})

describe('a Helix call of the application itself', () => {
  let scene: SandboxScene
  before(async () => (scene = await makeSandboxScene()))
  after(() => scene.dispose())

  const requests = () => scene.calls('/oauth2/token').filter(({grantType}) => grantType === 'client_credentials').length
  const call = () => scene.helix({path: 'eventsub/conduits'})

  it('fetches one token, renews it at 80 % of its life, and when it is refused', async () => {
    assert.equal((await call()).answer.status, 200)
    assert.equal((await call()).answer.status, 200)
    assert.equal(requests(), 1)

    const {appToken} = (await scene.store.providers.getState('twitch')) ?? {}
    assert.ok(appToken?.expiresAt)
    const lifeMs = appToken.expiresAt - appToken.issuedAt
    scene.clock.setWall(appToken.issuedAt + Math.floor(lifeMs * 0.8) - 1)
    await call()
    assert.equal(requests(), 1)
    scene.clock.advance(2)
    await call()
    assert.equal(requests(), 2)

    scene.sandbox.state.accessTokens.clear()
    scene.sandbox.state.calls.clear()
    assert.equal((await call()).answer.status, 200)
    assert.deepEqual([requests(), scene.calls('/helix').length], [1, 2])
  })
})
