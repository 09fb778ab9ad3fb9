import assert from 'node:assert/strict'

import {removeAccount} from '../../../src/broker/accounts.js'
import type {BrokerDeps} from '../../../src/broker/broker-deps.js'
import type {ProviderInput} from '../../../src/broker/build-provider.js'
import {changeProvider} from '../../../src/broker/change-provider.js'
import {getFreshToken} from '../../../src/broker/get-fresh-token.js'
import {refreshAccount} from '../../../src/broker/refresh-account.js'
import {refreshAccounts} from '../../../src/broker/refresh-accounts.js'
import {HOUR_MS} from '../../../src/model/time.js'
import {startSandbox, type Sandbox} from '../../../src/sandbox/start-sandbox.js'
import {makeSandboxScene, type SandboxScene} from '../../support/sandbox-scene.js'

const KEY = 'twitch:2002'

const updateProvider = (deps: BrokerDeps, input: ProviderInput) => changeProvider(deps, input, {anew: false})

describe('a provider that has moved (rule 10)', () => {
  let scene: SandboxScene
  let elsewhere: Sandbox
  beforeEach(async () => {
    scene = await makeSandboxScene()
    elsewhere = await startSandbox()
    await scene.logIn('techydrroid')
    scene.sandbox.state.calls.clear()
  })
  afterEach(async () => {
    await elsewhere.stop()
    await scene.dispose()
  })

  const calls = () => [...scene.sandbox.state.calls.list(), ...elsewhere.state.calls.list()].map(({path}) => path)

  /** Everything that would send a token. */
  async function tryEverything(): Promise<string[]> {
    const {deps} = scene
    const forced = {accounts: await scene.store.accounts.list(), withinMs: 0, force: true}
    const attempts: (() => Promise<unknown>)[] = [
      () => getFreshToken(deps, KEY, 0),
      () => getFreshToken(deps, KEY, 5 * HOUR_MS),
      () => scene.helix({as: 'techydrroid'}),
      () => removeAccount(deps, {account: 'techydrroid', keepGrant: false}),
      async () => (await refreshAccounts(deps, forced)).results[0]?.outcome,
      async () => (await refreshAccounts(deps, {...forced, force: false})).results[0]?.outcome,
      async () => (await refreshAccount(deps, {key: KEY, cause: 'forced', urgency: 'demand'})).kind,
    ]
    const ends: string[] = []
    for (const hours of [1, 5]) {
      scene.clock.advance(hours * HOUR_MS)
      for (const attempt of attempts) {
        const end = await attempt().catch((error: unknown) => (error as {code: unknown}).code)
        ends.push(String(end))
      }
    }
    return [...new Set(ends)].sort()
  }

  for (const [what, change] of [
    ['its identity', () => ({identityUrl: `${elsewhere.url}/oauth2`})],
    ['its token endpoint', () => ({tokenUrl: `${elsewhere.url}/oauth2/token`})],
    ['its validation', () => ({validateUrl: `${elsewhere.url}/oauth2/validate`})],
    ['its revocation', () => ({revokeUrl: `${elsewhere.url}/oauth2/revoke`})],
    ['its API', () => ({apiUrl: `${elsewhere.url}/helix`})],
    ['its client id', () => ({clientId: 'anothermadeupclient'})],
  ] as const) {
    it(`by ${what}: the account needs a login, and nothing is sent anywhere`, async () => {
      const {loginNeeded} = await updateProvider(scene.deps, {name: 'twitch', ...change()})
      assert.equal(loginNeeded, 1)
      assert.deepEqual(await tryEverything(), ['configuration', 'login-needed'])
      assert.deepEqual(calls(), [])
      assert.ok(await scene.store.accounts.get(KEY), 'the account is lost')
    })
  }

  it('with --keep-accounts takes them along', async () => {
    const apiUrl = `${scene.sandbox.url.replace('localhost', '127.0.0.1')}/helix`
    await updateProvider(scene.deps, {name: 'twitch', apiUrl, keepAccounts: true})
    assert.equal((await scene.helix({as: 'techydrroid'})).answer.status, 200)
  })

  it('and comes back finds its accounts well', async () => {
    await updateProvider(scene.deps, {name: 'twitch', apiUrl: `${elsewhere.url}/helix`})
    await updateProvider(scene.deps, {name: 'twitch', apiUrl: `${scene.sandbox.url}/helix`})
    assert.equal((await scene.helix({as: 'techydrroid'})).answer.status, 200)
    assert.deepEqual(elsewhere.state.calls.list(), [])
  })

  it('has well accounts again after a login', async () => {
    await updateProvider(scene.deps, {
      name: 'twitch',
      apiUrl: `${scene.sandbox.url.replace('localhost', '127.0.0.1')}/helix`,
    })
    await assert.rejects(scene.helix({as: 'techydrroid'}), {code: 'login-needed'})
    await scene.logIn('techydrroid')
    assert.equal((await scene.helix({as: 'techydrroid'})).answer.status, 200)
  })
})
