import assert from 'node:assert/strict'
import {copyFile} from 'node:fs/promises'

import {getFreshToken} from '../../../src/broker/get-fresh-token.js'
import {refreshAccount} from '../../../src/broker/refresh-account.js'
import type {RefreshInput} from '../../../src/broker/refresh-attempt.js'
import {HOUR_MS} from '../../../src/model/time.js'
import {makeSandboxScene, type SandboxScene} from '../../support/sandbox-scene.js'

const KEY = 'twitch:2002'
const DUE: RefreshInput = {key: KEY, cause: 'due', withinMs: 5 * HOUR_MS, urgency: 'demand'}

describe('after a restore from the backup (rule 12)', () => {
  /** Logs in and refreshes; `lastly` decides what the backup holds, for that is the store before the last write. */
  async function restore(scene: SandboxScene, lastly: () => Promise<unknown> = () => Promise.resolve()): Promise<void> {
    await scene.logIn('techydrroid')
    scene.clock.advance(HOUR_MS)
    assert.equal((await refreshAccount(scene.deps, DUE)).kind, 'refreshed')
    await lastly()
    await copyFile(`${scene.path}.bak`, scene.path)
    scene.sandbox.state.calls.clear()
    scene.clock.advance(HOUR_MS)
  }

  async function atTwitch(
    kind: 'public' | 'confidential',
    work: (scene: SandboxScene) => Promise<void>,
  ): Promise<void> {
    const scene = await makeSandboxScene(kind)
    try {
      await work(scene)
    } finally {
      await scene.dispose()
    }
  }
  const rename = (scene: SandboxScene) =>
    scene.store.accounts.update(KEY, (account) => ({...account, displayName: 'Renamed'}))

  it('a public client’s tokens that were used since: nothing is sent, a login is needed, the authorization stands', () =>
    atTwitch('public', async (scene) => {
      await restore(scene)
      assert.equal((await scene.account(KEY)).doubt?.cause, 'old-copy')
      const result = await refreshAccount(scene.deps, DUE)
      assert.equal(result.kind, 'rejected')
      assert.deepEqual([scene.refreshes().length, scene.calls('/oauth2/validate').length], [0, 1])
      assert.ok(scene.sandbox.state.findGrant(scene.provider.clientId, '2002'))
    }))

  it('a public client’s tokens that were not: /validate says so, and they are refreshed', () =>
    atTwitch('public', async (scene) => {
      await restore(scene, () => rename(scene))
      assert.equal((await scene.account(KEY)).doubt?.cause, 'old-copy')
      assert.equal((await refreshAccount(scene.deps, DUE)).kind, 'refreshed')
      assert.deepEqual([scene.refreshes().length, scene.calls('/oauth2/validate').length], [1, 1])
      assert.equal((await scene.account(KEY)).doubt, undefined)
    }))

  it('a dead token of a public client is handed out by its expiry, and a login is asked for once it is refused', () =>
    atTwitch('public', async (scene) => {
      await restore(scene)
      await getFreshToken(scene.deps, KEY, 0)
      const {answer, loginNeeded} = await scene.helix({as: 'techydrroid'})
      assert.deepEqual([answer.status, loginNeeded?.hint], [401, 'behalf bot add --expect techydrroid'])
      assert.equal(scene.refreshes().length, 0)
    }))

  it('a confidential client’s tokens are refreshed without a question', () =>
    atTwitch('confidential', async (scene) => {
      await restore(scene)
      assert.equal((await refreshAccount(scene.deps, DUE)).kind, 'refreshed')
      assert.deepEqual([scene.refreshes().length, scene.calls('/oauth2/validate').length], [1, 0])
    }))
})
