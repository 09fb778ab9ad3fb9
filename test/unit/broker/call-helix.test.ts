import assert from 'node:assert/strict'

import type {HelixPort} from '../../../src/broker/broker-deps.js'
import {callHelix} from '../../../src/broker/call-helix.js'
import type {HelixInput} from '../../../src/broker/plan-helix-call.js'
import type {HelixRequest} from '../../../src/model/helix-call.js'
import type {Provider} from '../../../src/model/provider.js'
import {Secret} from '../../../src/model/secret.js'
import {helixMap} from '../../../src/helix/helix-map.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'
import {makeProvider} from '../../support/make-provider.js'

const APP_ONLY = 'eventsub/conduits'
const TWITCH = makeProvider({name: 'twitch', dialect: 'twitch', apiUrl: 'https://api.example.test/helix'})

interface Call {
  request: HelixRequest
  token: string
  clientId: string
}

describe('callHelix', () => {
  let world: BrokerWorld
  let calls: Call[]
  let appTokens: number
  /** Tokens that the API refuses. */
  let refuses: string[]

  beforeEach(async () => {
    calls = []
    refuses = []
    appTokens = 0
    world = await makeBrokerWorld({
      client: {
        requestAppToken() {
          appTokens += 1
          const accessToken = new Secret(`made-up-app-token-${String(appTokens)}`)
          return Promise.resolve({accessToken, tokenType: 'bearer', issuedAt: world.clock.now()})
        },
      },
    })
    await world.store.providers.put(TWITCH)
    await world.addAccount(TWITCH, {userId: '1001', login: 'streamer_sam', role: 'owner'})
    await world.addAccount(TWITCH, {userId: '2002', login: 'techydrroid'})
  })
  afterEach(() => world.dispose())

  const helix: HelixPort = {
    ...helixMap,
    send(request, {accessToken, clientId}) {
      const token = accessToken.reveal()
      calls.push({request, token, clientId})
      const tokenRefused = refuses.includes(token)
      return Promise.resolve({status: tokenRefused ? 401 : 200, statusText: '', headers: [], body: '', tokenRefused})
    },
  }
  const call = (parts: Partial<HelixInput> = {}) =>
    callHelix({...world.deps, helix}, {method: 'GET', path: 'users', query: [], ...parts})
  const tokens = () => calls.map(({token}) => token)

  it('sends what was typed below the provider’s API URL', async () => {
    await call({
      method: 'POST',
      path: '/helix/chat/newest?a=1',
      query: [['b', 'x y+z']],
      body: '{}',
      as: 'techydrroid',
    })
    assert.deepEqual(calls[0]?.request, {
      apiUrl: 'https://api.example.test/helix',
      method: 'POST',
      path: '/chat/newest',
      query: 'a=1&b=x%20y%2Bz',
      body: '{}',
    })
    assert.equal(calls[0].clientId, 'made-up-client')
  })

  describe('who acts', () => {
    it('is the named account', async () => {
      await call({as: 'TechyDrroid'})
      assert.deepEqual(tokens(), ['made-up-access-token-of-2002'])
    })

    it('is the owner without a name', async () => {
      await call()
      assert.deepEqual(tokens(), ['made-up-access-token-of-1001'])
    })

    for (const as of ['techydroid', 'github/techydrroid', 'id:9', '']) {
      it(`is nobody instead of ${JSON.stringify(as)} (rule 9)`, async () => {
        await assert.rejects(call({as}), {code: as === '' ? 'invalid-input' : 'account-not-found'})
        assert.deepEqual(calls, [])
      })
    }

    it('is nobody instead of an owner who is not there (rule 9)', async () => {
      await world.store.accounts.update('twitch:1001', (account) => ({...account, role: 'bot'}))
      await assert.rejects(call(), {code: 'login-needed', hint: 'behalf login'})
      assert.deepEqual(calls, [])
    })

    it('is nobody instead of an account that needs a login and has no living token (rule 9)', async () => {
      const state = {kind: 'login-needed', reason: 'rejected', since: 0} as const
      await world.store.accounts.update('twitch:2002', (account) => ({...account, state}))
      world.clock.advance(5 * 3_600_000)
      await assert.rejects(call({as: 'techydrroid'}), {code: 'login-needed'})
      assert.deepEqual(calls, [])
    })
  })

  describe('the provider', () => {
    const STAND_IN: Provider = {...TWITCH, name: 'sandbox', apiUrl: 'http://localhost:8421/helix'}

    it('is that of the account', async () => {
      await world.store.providers.put(STAND_IN)
      await world.addAccount(STAND_IN, {userId: '5', login: 'local'})
      await call({as: 'local'})
      assert.equal(calls[0]?.request.apiUrl, 'http://localhost:8421/helix')
    })

    it('is the only one of the Twitch dialect, else twitch, else the one that is named', async () => {
      await world.store.providers.put(STAND_IN)
      await world.addAccount(STAND_IN, {userId: '5', login: 'local', role: 'owner'})
      await call()
      assert.equal(calls.at(-1)?.token, 'made-up-access-token-of-1001')
      await call({provider: 'sandbox'})
      assert.equal(calls.at(-1)?.token, 'made-up-access-token-of-5')
      await world.store.providers.remove('twitch')
      await call()
      assert.equal(calls.at(-1)?.token, 'made-up-access-token-of-5')
    })

    it('is never one that is not Twitch: its tokens stay where they belong', async () => {
      const forge = makeProvider({name: 'forge', apiUrl: 'https://forge.test'})
      await world.store.providers.put(forge)
      await world.addAccount(forge, {userId: '5', login: 'builder'})
      await assert.rejects(call({as: 'builder'}), {code: 'account-not-found'})
      await assert.rejects(call({as: 'builder', provider: 'forge'}), {code: 'usage'})
      assert.deepEqual(calls, [])
    })

    it('needs an API URL', async () => {
      const {apiUrl: _none, ...rest} = TWITCH
      await world.store.providers.put(rest)
      await world.addAccount(rest, {userId: '2002', login: 'techydrroid'})
      await assert.rejects(call({as: 'techydrroid'}), {code: 'configuration', hint: /--api-url/})
    })

    it('is not sent a token that was granted under another API origin (rule 10)', async () => {
      await world.store.providers.put({...TWITCH, apiUrl: 'https://evil.test/helix'})
      await assert.rejects(call({as: 'techydrroid'}), {code: 'login-needed'})
      assert.deepEqual(calls, [])
    })
  })

  describe('the application’s own token', () => {
    it('is used when that is said', async () => {
      await call({app: true})
      assert.deepEqual(tokens(), ['made-up-app-token-1'])
    })

    it('is used by itself for what takes nothing else', async () => {
      await call({path: APP_ONLY})
      assert.deepEqual(tokens(), ['made-up-app-token-1'])
    })

    it('is not used instead of an account that is named: that is refused', async () => {
      await assert.rejects(call({path: APP_ONLY, as: 'techydrroid'}), {code: 'refused'})
      assert.deepEqual(calls, [])
    })

    it('is replaced once when it is refused, and not twice', async () => {
      await call({app: true})
      refuses = ['made-up-app-token-1', 'made-up-app-token-2']
      const {answer} = await call({app: true})
      assert.equal(answer.status, 401)
      assert.deepEqual(tokens().slice(1), ['made-up-app-token-1', 'made-up-app-token-2'])
    })
  })

  it('refuses what takes an extension’s JWT alone, by name', async () => {
    await assert.rejects(call({method: 'POST', path: 'extensions/chat'}), {
      code: 'refused',
      message: /^POST \/extensions\/chat takes only an extension’s signed JWT/,
    })
    assert.deepEqual(calls, [])
  })

  for (const path of ['//evil.test', 'https://evil.test/users', '../users', 'users/%2e%2e/x', 'users/..%2fx', '']) {
    it(`sends nothing for ${JSON.stringify(path)}`, async () => {
      await assert.rejects(call({path}), {code: 'invalid-input'})
      assert.deepEqual(calls, [])
    })
  }
})
