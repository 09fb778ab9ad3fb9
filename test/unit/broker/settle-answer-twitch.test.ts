import assert from 'node:assert/strict'

import {refreshAccount} from '../../../src/broker/refresh-account.js'
import {HOUR_MS} from '../../../src/model/time.js'
import type {Validation} from '../../../src/providers/provider-client.js'
import {DUE, makeRefreshScene, type RefreshScene} from '../../support/refresh-scene.js'
import {grantTokens, replyWith} from '../../support/scripted-refresh.js'
import {tokensOf} from '../../support/tokens-of.js'

describe('settleAnswer at Twitch', () => {
  const TWITCH = {dialect: 'twitch', validateUrl: 'https://id.example.test/validate'} as const

  async function atTwitch(validation: Validation, work: (scene: RefreshScene) => Promise<void>): Promise<void> {
    const scene = await makeRefreshScene({validation})
    try {
      await scene.reconfigure(TWITCH, {})
      await work(scene)
    } finally {
      await scene.dispose()
    }
  }
  const refused = (scene: RefreshScene) => replyWith(scene.clock, 400, {status: 400, message: 'Invalid refresh token'})

  it('a rejection while the access token lives is the 50-token limit: unavailable until that token ends', () =>
    atTwitch({kind: 'live'}, async (scene) => {
      scene.script.next(refused(scene))
      const result = await refreshAccount(scene.deps, DUE)
      assert.deepEqual([result.kind, 'limited' in result && result.limited], ['unavailable', true])
      const account = await scene.stored()
      assert.deepEqual([account.state.kind, account.doubt], ['ok', undefined])
      assert.equal(account.lastFailure?.notBefore, tokensOf(account).expiresAt)
      scene.clock.advance(4 * HOUR_MS - 1)
      assert.equal((await refreshAccount(scene.deps, DUE)).kind, 'unavailable')
      scene.clock.advance(1)
      scene.script.next(grantTokens(scene.clock, 1, {scope: ['chat:read']}))
      assert.equal((await refreshAccount(scene.deps, DUE)).kind, 'refreshed')
    }))

  it('a rejection is not believed while nobody can say whether the access token lives', () =>
    atTwitch({kind: 'unavailable', reason: 'down'}, async (scene) => {
      scene.script.next(refused(scene))
      const result = await refreshAccount(scene.deps, DUE)
      assert.deepEqual([result.kind, 'limited' in result], ['unavailable', false])
      assert.equal((await scene.stored()).lastFailure?.notBefore, undefined)
    }))

  it('a rejection with a dead access token is one', () =>
    atTwitch({kind: 'dead'}, async (scene) => {
      scene.script.next(refused(scene))
      assert.equal((await refreshAccount(scene.deps, DUE)).kind, 'rejected')
    }))

  it('a rejection after the access token has expired is one, and nobody is asked', () =>
    atTwitch({kind: 'live'}, async (scene) => {
      scene.clock.advance(4 * HOUR_MS)
      scene.script.next(refused(scene))
      assert.equal((await refreshAccount(scene.deps, DUE)).kind, 'rejected')
      assert.deepEqual(scene.script.asked, [])
    }))

  for (const [what, more] of [
    ['no scopes', {}],
    ['empty scopes', {scope: []}],
  ] as const) {
    it(`${what} in the answer: /validate is asked for them`, () =>
      atTwitch({kind: 'live', scopes: ['user:read:chat']}, async (scene) => {
        scene.script.next(grantTokens(scene.clock, 1, more))
        const result = await refreshAccount(scene.deps, DUE)
        assert.ok(result.kind === 'refreshed')
        assert.deepEqual(scene.script.asked, ['made-up-access-1'])
        assert.deepEqual(result.lostScopes, ['chat:read'])
        assert.deepEqual(tokensOf(await scene.stored()).scopes, ['user:read:chat'])
      }))
  }

  it('scopes stay when /validate cannot tell either', () =>
    atTwitch({kind: 'unavailable', reason: 'down'}, async (scene) => {
      scene.script.next(grantTokens(scene.clock, 1))
      await refreshAccount(scene.deps, DUE)
      assert.deepEqual(tokensOf(await scene.stored()).scopes, ['chat:read', 'user:read:chat'])
    }))
})
