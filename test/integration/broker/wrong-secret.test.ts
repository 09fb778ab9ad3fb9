import assert from 'node:assert/strict'

import {refreshAccounts} from '../../../src/broker/refresh-accounts.js'
import {Secret} from '../../../src/model/secret.js'
import {HOUR_MS} from '../../../src/model/time.js'
import {issueUserTokens} from '../../../src/sandbox/oauth/issue-tokens.js'
import {applySeed, seedSchema} from '../../../src/sandbox/seed.js'
import {makeSandboxScene, type SandboxScene} from '../../support/sandbox-scene.js'

const ACCOUNTS = 100

describe('a wrong client secret with 100 accounts (rule 4)', () => {
  let scene: SandboxScene

  before(async () => {
    scene = await makeSandboxScene()
    const {state, confidentialClient} = scene.sandbox
    const users = Array.from({length: ACCOUNTS}, (_, index) => ({
      id: String(50_000 + index),
      login: `bot_${String(index)}`,
    }))
    for (const user of applySeed(state, seedSchema.parse({users})).users) {
      const authorization = {
        clientId: confidentialClient.id,
        userId: user.id,
        scopes: ['chat:read'],
        claims: {idToken: [], userinfo: []},
      }
      const tokens = await issueUserTokens(state, confidentialClient, authorization)
      await scene.addAccount(scene.provider, {
        userId: user.id,
        login: user.login,
        credential: {
          accessToken: new Secret(tokens.access_token),
          refreshToken: new Secret(tokens.refresh_token ?? ''),
          scopes: ['chat:read'],
        },
      })
    }
    scene.clock.advance(5 * HOUR_MS)
  })
  after(() => scene.dispose())

  const pass = async () =>
    refreshAccounts(scene.deps, {accounts: await scene.store.accounts.list(), withinMs: 0, force: false})

  it('flags no account, reports once, and sends at most 16 requests', async () => {
    await scene.store.providers.put({...scene.provider, clientSecret: new Secret('a wrong made-up secret')})
    const {results, misconfigured} = await pass()
    assert.equal(results.filter(({outcome}) => outcome === 'misconfigured').length, ACCOUNTS)
    assert.deepEqual(
      misconfigured.map(({provider}) => provider),
      ['twitch'],
    )
    assert.ok(scene.refreshes().length <= 16, `${String(scene.refreshes().length)} requests`)
    const accounts = await scene.store.accounts.list()
    assert.ok(accounts.every(({state, doubt}) => state.kind === 'ok' && doubt === undefined))
  })

  it('is sent no more until the settings change', async () => {
    scene.sandbox.state.calls.clear()
    const {misconfigured} = await pass()
    assert.deepEqual([misconfigured.length, scene.refreshes().length], [1, 0])
  })

  it('is forgotten once they have changed', async () => {
    await scene.store.providers.put(scene.provider)
    const {results, misconfigured} = await pass()
    assert.equal(results.filter(({outcome}) => outcome === 'refreshed').length, ACCOUNTS)
    assert.deepEqual(misconfigured, [])
  })
})
