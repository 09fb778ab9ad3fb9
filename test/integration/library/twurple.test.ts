import assert from 'node:assert/strict'

import {ApiClient} from '@twurple/api'

import type {AuthProviderOptions, BehalfAuthProvider} from '../../../src/library/twurple/index.js'
import {accountKey} from '../../../src/model/account.js'
import {HOUR_MS, MINUTE_MS} from '../../../src/model/time.js'
import {makeLibraryScene, type LibraryScene} from '../../support/library-scene.js'
import {makeTwitch} from '../../support/make-twitch.js'
import {logIn, type StockedAccount} from '../../support/stocked-home.js'

const PORT = 'TWURPLE_MOCK_API_PORT'
const SAM = '1001'
const BOT = '2002'
const STRANGER = '3001'

describe('Twurple with tokens of the store', () => {
  let scene: LibraryScene
  let provider: BehalfAuthProvider
  let opened: BehalfAuthProvider[]
  let portBefore: string | undefined
  before(() => {
    portBefore = process.env[PORT]
  })
  after(() => {
    if (portBefore === undefined) Reflect.deleteProperty(process.env, PORT)
    else process.env[PORT] = portBefore
  })

  beforeEach(async () => {
    scene = await makeLibraryScene()
    process.env[PORT] = String(scene.sandbox.port)
    opened = []
    await addAccounts({login: 'streamer_sam', role: 'owner'}, {login: 'techydrroid', scopes: ['chat:read']})
    provider = await open()
  })
  afterEach(async () => {
    for (const one of opened) await one.close()
    await scene.dispose()
  })

  async function addAccounts(...accounts: StockedAccount[]): Promise<void> {
    const {sandbox} = scene
    const settings = makeTwitch(sandbox.url, sandbox.confidentialClient)
    await scene.withStore(async (store) => {
      for (const account of accounts) {
        await store.accounts.put(await logIn(sandbox, sandbox.confidentialClient, settings, account))
      }
    })
  }

  async function removeAccount(userId: string): Promise<void> {
    await scene.withStore(async (store) => {
      const lock = await store.accounts.lock(accountKey('twitch', userId), {waitMs: 1000})
      await lock.remove()
      await lock.release()
    })
  }

  async function open(options: AuthProviderOptions = {}): Promise<BehalfAuthProvider> {
    const {createAuthProvider} = await import('../../../src/library/twurple/index.js')
    const {storePath: store, clock} = scene
    const one = await createAuthProvider({store, clock, secret: 'A'.repeat(43), ...options})
    opened.push(one)
    return one
  }

  const api = (authProvider = provider): ApiClient => new ApiClient({authProvider, logger: {minLevel: 'CRITICAL'}})
  /** Who called the API, one for each call that got there. */
  const callers = (): (string | undefined)[] => apiCalls().map(({user}) => user)
  const apiCalls = () => scene.sandbox.state.calls.list().filter(({path}) => path.startsWith('/mock/'))
  const refreshes = () => scene.sandbox.state.calls.list().filter(({grantType}) => grantType === 'refresh_token')
  /** The service forgets the tokens that this user has. */
  function revokeTokensOf(userId: string): void {
    const {accessTokens} = scene.sandbox.state
    for (const [value, token] of accessTokens) if (token.userId === userId) accessTokens.delete(value)
  }

  it('calls as the users that Twurple names, each with their own token', async () => {
    const client = api()
    const names = [await asUser(client, SAM), await asUser(client, BOT)]
    assert.deepEqual(names, ['streamer_sam', 'techydrroid'])
    assert.deepEqual(callers(), ['streamer_sam', 'techydrroid'])
    assert.deepEqual(refreshes(), [])
  })

  const asUser = (client: ApiClient, userId: string) =>
    client.asUser(userId, async (context) => (await context.users.getUserById(userId))?.name)

  it('refreshes an expired token once, whoever asks, and gives no refresh token away', async () => {
    scene.clock.advance(5 * HOUR_MS)
    const other = await open()
    const names = await Promise.all([api(), api(other), api(), api(other)].map((client) => asUser(client, BOT)))
    assert.deepEqual(names, Array(4).fill('techydrroid'))
    assert.equal(refreshes().length, 1)
    const token = await provider.getAccessTokenForUser(BOT)
    assert.equal(token?.refreshToken, null)
    assert.equal(token.userId, BOT)
    assert.equal(refreshes().length, 1)
  })

  it('tells Twurple of a life that has it refresh nothing by itself, even of a token that lives for seconds', async () => {
    scene.sandbox.state.settings.accessTokenSeconds = 30
    await addAccounts({login: 'otherbot', lifeMs: -1})
    for (let call = 0; call < 3; call += 1) assert.equal(await asUser(api(), '2003'), 'otherbot')
    assert.equal(refreshes().length, 1)
    assert.equal(
      scene.sandbox.state.calls.list().some(({path}) => path.endsWith('/validate')),
      false,
      'Twurple has nothing asked for again',
    )
    const token = await provider.getAccessTokenForUser(SAM)
    assert.ok(token?.expiresIn && Math.abs(token.expiresIn - (4 * HOUR_MS) / 1000) < 60, String(token?.expiresIn))
  })

  it('refreshes once where Twitch refuses a token, and repeats the call', async () => {
    scene.clock.advance(2 * MINUTE_MS)
    revokeTokensOf(BOT)
    assert.equal(await asUser(api(), BOT), 'techydrroid')
    assert.deepEqual(
      apiCalls().map(({status}) => status),
      [401, 200],
    )
    assert.equal(refreshes().length, 1)
  })

  it('refreshes nothing for a 401 that is about something else', async () => {
    scene.clock.advance(2 * MINUTE_MS)
    const body = {error: 'Unauthorized', status: 401, message: 'Missing scope: made:up'}
    const rest = {match: {}, after: 0, process: false, headers: {}, delayMs: 0}
    scene.sandbox.state.faults.add({kind: 'status', path: '/mock/users', status: 401, count: 2, body, ...rest})
    await assert.rejects(asUser(api(), BOT), /Missing scope: made:up/)
    assert.equal(apiCalls().length, 2)
    assert.deepEqual(refreshes(), [])
  })

  it('says which login adds a scope that is missing, and asks Twitch nothing', async () => {
    await assert.rejects(
      api().asUser(BOT, (context) => context.moderation.getBannedUsers(BOT).then(() => undefined)),
      (error: Error & {code?: string; hint?: string}) => {
        assert.equal(error.code, 'missing-scope')
        assert.match(error.message, /moderation:read.*twitch\/techydrroid/)
        assert.match(error.hint ?? '', /^behalf bot add --expect techydrroid --scope moder/)
        return true
      },
    )
    assert.deepEqual(apiCalls(), [])
    assert.deepEqual(provider.getCurrentScopesForUser(BOT), ['chat:read'])
  })

  it('says who has to log in, where nothing can be refreshed', async () => {
    scene.clock.advance(2 * MINUTE_MS)
    revokeTokensOf(BOT)
    scene.sandbox.state.refreshTokens.clear()
    await assert.rejects(asUser(api(), BOT), {code: 'login-needed', hint: 'behalf bot add --expect techydrroid'})
  })

  it('lends nothing of an account that has been removed', async () => {
    assert.equal(await asUser(api(), BOT), 'techydrroid')
    await removeAccount(BOT)
    assert.equal(await provider.getAccessTokenForUser(BOT), null)
    const scoped = api().callApi({url: 'users', userId: BOT, forceType: 'user'})
    await assert.rejects(scoped, /no token was found/)
    await assert.rejects(provider.refreshAccessTokenForUser(BOT), {code: 'account-not-found'})
  })

  it('has the owner act where no user is named, and the application for users without an account', async () => {
    await api().users.getUserByName('viewer_vera')
    await api().channels.getChannelInfoById(STRANGER)
    assert.deepEqual(callers(), ['streamer_sam', undefined])
    assert.equal((await provider.getAnyAccessToken(STRANGER)).userId, undefined)
    assert.equal((await provider.getAnyAccessToken()).userId, SAM)
    for (const user of ['', 'techydrroid', '../2002', 'id:2002']) {
      assert.equal(await provider.getAccessTokenForUser(user), null, user)
    }
  })

  it('has the application act where nobody is the owner', async () => {
    await removeAccount(SAM)
    await api().users.getUserByName('viewer_vera')
    assert.deepEqual(callers(), [undefined])
  })

  it('renews an app token that is dead, and none that lives', async () => {
    const {accessTokens} = scene.sandbox.state
    const {accessToken} = await provider.getAppAccessToken()
    assert.equal((await provider.getAppAccessToken(true)).accessToken, accessToken)
    accessTokens.delete(accessToken)
    assert.notEqual((await provider.getAppAccessToken(true)).accessToken, accessToken)
  })

  it('never acts as another where there is no app token either', async () => {
    await scene.addProvider(makeTwitch(scene.sandbox.url, {id: scene.sandbox.confidentialClient.id, secret: null}))
    const one = await open()
    assert.equal(one.hasClientSecret, false)
    await assert.rejects(api(one).channels.getChannelInfoById(STRANGER), {code: 'account-not-found'})
    await assert.rejects(one.getAppAccessToken(), {code: 'configuration'})
    await removeAccount(SAM)
    await assert.rejects(one.getAnyAccessToken(), {code: 'login-needed', hint: 'behalf login'})
    assert.deepEqual(apiCalls(), [])
  })

  it('finds by intent who was named for it, chat users among them', async () => {
    await addAccounts({login: 'viewer_vera', subject: 'slack:U02AB'})
    const one = await open({intents: {chat: 'TechyDrroid', vera: 'subject:slack:U02AB', gone: 'nobody'}})
    assert.equal((await one.getAccessTokenForIntent('chat', ['chat:read']))?.userId, BOT)
    await assert.rejects(one.getAccessTokenForIntent('chat', ['chat:edit']), {code: 'missing-scope'})
    assert.equal(
      await api(one).asIntent(['vera'], async (context) => (await context.users.getUserById('3001'))?.name),
      'viewer_vera',
    )
    assert.deepEqual(callers(), ['viewer_vera'])
    await assert.rejects(one.getAccessTokenForIntent('gone'), {code: 'account-not-found'})
    assert.equal(await one.getAccessTokenForIntent('other'), null)
    await assert.rejects(one.refreshAccessTokenForIntent('other'), {name: 'UnknownIntentError'})
    one.addIntent('other', 'id:1001')
    assert.equal((await one.refreshAccessTokenForIntent('other')).userId, SAM)
    assert.deepEqual(refreshes(), [])
  })

  it('lends no token that Twurple would send elsewhere than where it was granted', async () => {
    const fitting = await open()
    Reflect.deleteProperty(process.env, PORT)
    const other = await open()
    for (const ask of [
      () => other.getAccessTokenForUser(BOT),
      () => other.getAnyAccessToken(STRANGER),
      () => other.refreshAccessTokenForUser(BOT),
    ]) {
      await assert.rejects(ask, {
        code: 'configuration',
        hint: `Set TWURPLE_MOCK_API_PORT=${String(scene.sandbox.port)}.`,
      })
    }
    assert.equal((await fitting.getAccessTokenForUser(BOT))?.userId, BOT)
  })

  it('is refused for a provider that is none of Twitch, and for options that nobody knows', async () => {
    const twitch = makeTwitch(scene.sandbox.url, scene.sandbox.confidentialClient)
    await scene.addProvider({...twitch, name: 'other', dialect: 'rfc'})
    await assert.rejects(open({provider: 'other'}), {code: 'usage'})
    await assert.rejects(open({provider: 'nobody'}), {code: 'provider-not-found'})
    await assert.rejects(open({intent: {chat: 'x'}} as AuthProviderOptions), {code: 'invalid-input'})
  })
})
