import assert from 'node:assert/strict'

import {listAccounts} from '../../../src/broker/accounts.js'
import {getFreshToken} from '../../../src/broker/get-fresh-token.js'
import {importAccount, type ImportInput} from '../../../src/broker/import-account.js'
import {BehalfError} from '../../../src/model/behalf-error.js'
import type {Provider} from '../../../src/model/provider.js'
import {Secret} from '../../../src/model/secret.js'
import {HOUR_MS, SECOND_MS} from '../../../src/model/time.js'
import {createProviderClient} from '../../../src/providers/oauth-client.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'
import {dieAtStep} from '../../support/crash-at-step.js'
import {Crash} from '../../support/crashing-store.js'
import {createFakeClock} from '../../support/fake-clock.js'
import {makeProvider} from '../../support/make-provider.js'
import {startOidcServer, type OidcServer} from '../../support/oidc-server.js'

/** A server that ends the whole authorization when a refresh token is used twice. */
describe('importing a refresh token where each works once', () => {
  const clock = createFakeClock(Date.now(), {autoAdvance: true})
  const client = createProviderClient({clock})
  /** Another program's; the server goes by the time that it is. */
  const otherClient = createProviderClient({clock: createFakeClock(Date.now())})
  let server: OidcServer
  let provider: Provider
  let world: BrokerWorld

  before(async () => {
    server = await startOidcServer()
    const {pkce: _pkce, authMethods: _methods, ...endpoints} = await client.discover(server.issuer)
    provider = makeProvider({
      ...endpoints,
      name: 'oidc',
      clientId: server.client.id,
      clientSecret: new Secret(server.client.secret),
    })
  })
  after(() => server.stop())
  beforeEach(async () => {
    world = await makeBrokerWorld({client, clock})
    await world.store.providers.put(provider)
    server.grants.length = 0
  })
  afterEach(() => world.dispose())

  /** A refresh token that another program was granted. */
  async function grantElsewhere(): Promise<Secret> {
    const request = {
      redirectUri: 'http://localhost:8420/callback',
      state: new Secret('made-up-state'),
      scopes: ['openid', 'profile', 'offline_access'],
      codeVerifier: new Secret('made-up-verifier-'.repeat(3)),
      nonce: new Secret('made-up-nonce'),
      forceConsent: true,
    }
    const url = await otherClient.authorizationUrl(provider, request)
    const callback = new URL(await server.authorizeWithoutBrowser(url, 'Techydrroid')).searchParams
    const {refreshToken} = await otherClient.exchangeCode(provider, callback, request)
    assert.ok(refreshToken)
    return refreshToken
  }

  const inputOf = (refreshToken: Secret): ImportInput => ({
    provider: 'oidc',
    role: 'bot',
    refreshToken,
    scopes: [],
    replaceOwner: false,
  })
  const refreshes = () => server.grants.filter(({type}) => type === 'refresh_token')
  const states = async () => (await listAccounts(world.deps)).map(({login, state}) => `${login} ${state}`)

  it('ends the copy, says so, and does not send it again', async () => {
    const input = inputOf(await grantElsewhere())
    const first = await importAccount(world.deps, input)
    assert.deepEqual([first.account.login, first.copyEnded, first.alreadyImported], ['techydrroid', true, false])
    const again = await importAccount(world.deps, input)
    assert.deepEqual([again.copyEnded, again.alreadyImported], [true, true])
    assert.deepEqual(refreshes(), [{type: 'refresh_token'}])
    clock.advance(2 * HOUR_MS)
    assert.equal((await getFreshToken(world.deps, first.account.key, 0)).account.state, 'ok')
  })

  it('keeps what came in the place of the token when it cannot be asked whose it is', async () => {
    const input = inputOf(await grantElsewhere())
    const unavailable = new BehalfError('unavailable', 'Nobody answers.')
    const deps = {...world.deps, providerClient: {...client, identify: () => Promise.reject(unavailable)}}
    await assert.rejects(importAccount(deps, input), {code: 'unavailable', message: /is kept, and unfinished/})
    assert.deepEqual(await states(), ['unfinished-import unfinished'])
    assert.equal((await importAccount(world.deps, input)).account.login, 'techydrroid')
    assert.deepEqual(await states(), ['techydrroid ok'])
    assert.equal(refreshes().length, 1)
  })

  it('goes on from any step that it ended at, but for the lost answer', async () => {
    for (let step = 0; ; step += 1) {
      await world.dispose()
      world = await makeBrokerWorld({client, clock})
      await world.store.providers.put(provider)
      server.grants.length = 0
      const input = inputOf(await grantElsewhere())
      const store = dieAtStep(world.store, step)
      const end = await importAccount({...world.deps, store}, input).then(
        () => 'done',
        (error: unknown) => (error instanceof Crash ? 'crashed' : assert.fail(String(error))),
      )
      if (end === 'done') break
      const where = store.steps.join(', ')
      const lost = store.steps.at(-1) === 'before recordReply'
      clock.advance(31 * SECOND_MS)
      const again = await importAccount(await world.openAgain(), input).catch((error: unknown) => error)
      if (lost) {
        assert.ok(again instanceof BehalfError && again.code === 'login-failed', `${where}: ${String(again)}`)
        assert.deepEqual(await states(), [], where)
        continue
      }
      assert.ok(!(again instanceof Error), `${where}: ${String(again)}`)
      assert.deepEqual(await states(), ['techydrroid ok'], where)
      assert.deepEqual(
        refreshes().filter(({error}) => error !== undefined),
        [],
        where,
      )
    }
  })
})
