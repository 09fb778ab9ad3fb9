import assert from 'node:assert/strict'

import {refreshAccount} from '../../../src/broker/refresh-account.js'
import type {RefreshInput} from '../../../src/broker/refresh-attempt.js'
import type {OAuth2Account} from '../../../src/model/account.js'
import {DAY_MS, HOUR_MS, SECOND_MS} from '../../../src/model/time.js'
import {nextRefreshAt} from '../../../src/model/token-life.js'
import {makeSandboxScene, type SandboxScene} from '../../support/sandbox-scene.js'
import {tokensOf} from '../../support/tokens-of.js'

const KEY = 'twitch:2002'
const FORCED: RefreshInput = {key: KEY, cause: 'forced', urgency: 'demand'}
const ANSWER = {
  access_token: 'made-up-access-1',
  refresh_token: 'made-up-refresh-1',
  expires_in: 3600,
  scope: ['chat:read'],
}

describe('an odd answer to a refresh', () => {
  let scene: SandboxScene
  before(async () => (scene = await makeSandboxScene()))
  after(() => scene.dispose())
  beforeEach(async () => {
    await scene.logIn('techydrroid', {scopes: ['chat:read']})
    scene.clock.advance(HOUR_MS)
  })

  /** The account after a 200 with this body, which the sandbox itself would not send. */
  async function refreshWith(changes: object): Promise<OAuth2Account> {
    const body = {token_type: 'bearer', ...ANSWER, ...changes}
    scene.failRefresh({kind: 'status', status: 200, body})
    const result = await refreshAccount(scene.deps, FORCED)
    assert.equal(result.kind, 'refreshed')
    return scene.account(KEY)
  }
  const lifeOf = ({credential: {issuedAt, expiresAt}}: OAuth2Account) =>
    expiresAt === undefined ? undefined : (expiresAt - issuedAt) / SECOND_MS

  it('without a refresh token keeps the old one', async () => {
    const {refreshToken} = tokensOf(await scene.account(KEY))
    const {credential} = await refreshWith({refresh_token: undefined})
    assert.ok(refreshToken && credential.refreshToken?.equals(refreshToken))
    assert.equal((await refreshAccount(scene.deps, FORCED)).kind, 'refreshed')
  })

  for (const [what, expiresIn, life] of [
    ['without expires_in', undefined, undefined],
    ['with expires_in 0', 0, undefined],
    ['with expires_in "0"', '0', undefined],
    ['with expires_in as text', '3600', 3600],
    ['with an expires_in that is no number', 'soon', undefined],
    ['with a negative expires_in', -5, undefined],
    ['with an expires_in of a thousand years', 1000 * 365 * 86_400, (3650 * DAY_MS) / SECOND_MS],
  ] as const) {
    it(`${what}: ${life === undefined ? 'no known expiry, never refreshed by itself' : `${String(life)} s`}`, async () => {
      const account = await refreshWith({expires_in: expiresIn})
      assert.equal(lifeOf(account), life)
      assert.equal(nextRefreshAt(account) === undefined, life === undefined)
    })
  }

  it('with fewer scopes has those, and says which are gone', async () => {
    const body = {token_type: 'bearer', ...ANSWER, scope: ['user:bot', 'user:read:chat', 'user:write:chat']}
    scene.failRefresh({kind: 'status', status: 200, body})
    const result = await refreshAccount(scene.deps, FORCED)
    assert.deepEqual(result.kind === 'refreshed' && result.lostScopes, ['chat:read'])
    assert.deepEqual(tokensOf(await scene.account(KEY)).scopes, ['user:bot', 'user:read:chat', 'user:write:chat'])
  })

  for (const [what, scope, kept] of [
    ['without scopes', undefined, true],
    ['with null for scopes', null, true],
    ['with an empty list of scopes', [], false],
  ] as const) {
    it(`${what} asks /validate; when that cannot tell, there are ${kept ? 'those of before' : 'none'}`, async () => {
      scene.sandbox.state.calls.clear()
      const before = tokensOf(await scene.account(KEY)).scopes
      const {credential} = await refreshWith({scope})
      // Made up, so that the sandbox does not know it.
      assert.deepEqual(
        scene.calls('/oauth2/validate').map(({status}) => status),
        [401],
      )
      assert.deepEqual(credential.scopes, kept ? before : [])
    })
  }

  it('without scopes takes those that /validate names', async () => {
    const {state} = scene.sandbox
    const {credential} = await scene.account(KEY)
    const living = state.accessTokens.get(credential.accessToken.reveal())
    assert.ok(living)
    state.accessTokens.set(ANSWER.access_token, {...living, value: ANSWER.access_token, scopes: ['user:bot']})
    assert.deepEqual(tokensOf(await refreshWith({scope: undefined})).scopes, ['user:bot'])
  })

  it('with an id_token that means nothing is taken none the less', async () => {
    const account = await refreshWith({id_token: 'made.up.nonsense', token_type: 'MAC'})
    assert.equal(tokensOf(account).accessToken.reveal(), 'made-up-access-1')
  })
})
