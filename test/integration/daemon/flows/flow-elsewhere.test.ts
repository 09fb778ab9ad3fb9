import assert from 'node:assert/strict'

import {beginLogin} from '../../../../src/broker/begin-login.js'
import type {Provider} from '../../../../src/model/provider.js'
import {Secret} from '../../../../src/model/secret.js'
import {createProviderClient} from '../../../../src/providers/oauth-client.js'
import {startApi, type ApiScene} from '../../../support/api-scene.js'
import {makeBrokerWorld, type BrokerWorld} from '../../../support/broker-world.js'
import {createFakeClock} from '../../../support/fake-clock.js'
import {FlowBrowser} from '../../../support/flow-browser.js'
import {makeFlowScene, type FlowScene} from '../../../support/flow-scene.js'
import {makeProvider} from '../../../support/make-provider.js'
import {startOidcServer, type OidcServer} from '../../../support/oidc-server.js'

const SUBJECT = 'slack:U02AB'

describe('a flow over the ends of daemons', () => {
  let scene: FlowScene
  const apis: ApiScene[] = []
  beforeEach(async () => {
    scene = await makeFlowScene()
  })
  afterEach(async () => {
    await Promise.all(apis.splice(0).map((api) => api.stop()))
    await scene.dispose()
  })

  it('goes on in the next one, before the callback and before the confirmation', async () => {
    const browser = new FlowBrowser()
    const flow = await scene.start({subject: SUBJECT})
    const back = new URL(await scene.visit(browser, flow.authorization_url, 'techydrroid'))
    const startNext = async () => {
      const api = await startApi(await scene.openAgain())
      apis.push(api)
      return api.origin
    }
    const page = await browser.open(`${await startNext()}${back.pathname}${back.search}`)
    assert.equal(page.title, `Connect techydrroid to ${SUBJECT}?`)
    const next = await startNext()
    const done = await browser.submit({...page, url: next}, 'connect')
    assert.equal(done.status, 200)
    assert.deepEqual([await scene.keys(), (await scene.read(flow.flow_id)).state], [[`twitch@${SUBJECT}`], 'done'])
  })
})

describe('a login that a command began', () => {
  it('ends at the daemon’s callback, without a page before it, and tells the command', async () => {
    const scene = await makeFlowScene()
    try {
      const {deps} = scene
      const pending = await beginLogin(deps, {provider: 'twitch', role: 'bot', scopes: [], method: 'browser'})
      assert.ok(pending.kind === 'redirect')
      const page = await new FlowBrowser().open(await scene.authorize(pending.authorizationUrl, 'techydrroid'))
      assert.deepEqual([page.status, page.title], [200, 'You can close this window'])
      const {account, created} = await pending.awaitEnd(new AbortController().signal)
      assert.deepEqual([account.key, created, await scene.store.flows.list()], ['twitch:2002', true, []])

      const other = await beginLogin(deps, {role: 'bot', scopes: [], method: 'browser', expect: 'otherbot'})
      assert.ok(other.kind === 'redirect')
      const refused = await new FlowBrowser().open(await scene.authorize(other.authorizationUrl, 'techydrroid'))
      assert.deepEqual([refused.status, refused.title], [403, 'This is someone else'])
      await assert.rejects(other.awaitEnd(new AbortController().signal), {code: 'wrong-person'})
    } finally {
      await scene.dispose()
    }
  })
})

describe('a flow at a certified OpenID provider', () => {
  const clock = createFakeClock(Date.now())
  const client = createProviderClient({clock})
  let server: OidcServer
  let world: BrokerWorld
  let api: ApiScene
  let provider: Provider
  let token: string

  before(async () => {
    world = await makeBrokerWorld({clock, client})
    api = await startApi(world.deps)
    const callbackUrl = `${api.origin}/callback`
    server = await startOidcServer({redirectUris: [callbackUrl]})
    const {pkce: _pkce, authMethods: _methods, ...endpoints} = await client.discover(server.issuer)
    provider = makeProvider({
      ...endpoints,
      name: 'oidc',
      callbackUrl,
      clientId: server.client.id,
      clientSecret: new Secret(server.client.secret),
      scopes: {user: ['openid', 'profile']},
    })
    await world.store.providers.put(provider)
    token = await api.issue(['flow:start'], {as: ['subject:slack:*']})
  })
  after(async () => {
    await server.stop()
    await api.stop()
    await world.dispose()
  })

  async function goThere(browser: FlowBrowser, action: 'allow' | 'deny' = 'allow') {
    const body = {provider: 'oidc', subject: SUBJECT}
    const {json} = await api.call('POST', '/api/v1/oauth/login', {token, body})
    const flow = json as {authorization_url: string; flow_id: string}
    const left = await browser.submit(await browser.open(flow.authorization_url))
    const back = new URL(
      await server.authorizeWithoutBrowser(left.headers.get('location') ?? '', 'techydrroid', action),
    )
    return {back, flowId: flow.flow_id}
  }
  const keys = async () => (await world.store.accounts.list()).map(({key}) => key)

  it('checks who sent the callback, before it redeems the code', async () => {
    for (const iss of [undefined, 'https://evil.example']) {
      const browser = new FlowBrowser()
      const {back} = await goThere(browser)
      if (iss === undefined) back.searchParams.delete('iss')
      else back.searchParams.set('iss', iss)
      const grants = server.grants.length
      assert.equal((await browser.open(back.href)).status, 400)
      assert.deepEqual([await keys(), server.grants.length], [[], grants])
    }
  })

  it('ends well, and reports an account that cannot be refreshed', async () => {
    const browser = new FlowBrowser()
    const {back, flowId} = await goThere(browser)
    const page = await browser.open(back.href)
    assert.equal(page.title, `Connect techydrroid the made-up to ${SUBJECT}?`)
    assert.equal((await browser.submit(page, 'connect')).status, 200)
    const {json} = await api.call('GET', `/api/v1/flows/${flowId}`, {token})
    const {state, cannot_refresh: cannotRefresh} = json as {state: string; cannot_refresh: boolean}
    const account = await world.store.accounts.get(`oidc@${SUBJECT}`)
    assert.ok(account?.credential.kind === 'oauth2')
    assert.deepEqual([state, cannotRefresh], ['done', account.credential.refreshToken === undefined])
  })

  it('says that the person declined', async () => {
    const browser = new FlowBrowser()
    const {back, flowId} = await goThere(browser, 'deny')
    const page = await browser.open(back.href)
    assert.deepEqual([page.status, page.title], [400, 'The login failed'])
    const {json} = await api.call('GET', `/api/v1/flows/${flowId}`, {token})
    assert.equal((json as {reason_code: string}).reason_code, 'login-failed')
  })
})
