import assert from 'node:assert/strict'

import {pollDeviceFlows} from '../../../../src/broker/device-flow.js'
import {startFlow} from '../../../../src/broker/start-flow.js'
import type {Provider} from '../../../../src/model/provider.js'
import {FlowBrowser} from '../../../support/flow-browser.js'
import {makeFlowScene, type FlowScene} from '../../../support/flow-scene.js'
import {makeSandboxScene} from '../../../support/sandbox-scene.js'

const SUBJECT = 'slack:U02AB'

/** The sandbox again, at an origin that codes and tokens would reach. */
const elsewhere = (url = ''): string => url.replace('localhost', '127.0.0.1')
const MOVES: [string, (provider: Provider) => Partial<Provider>][] = [
  ['another API', () => ({apiUrl: 'https://elsewhere.test/helix'})],
  ['another token endpoint', ({tokenUrl}) => ({tokenUrl: elsewhere(tokenUrl)})],
  ['another place to revoke', ({revokeUrl}) => ({revokeUrl: elsewhere(revokeUrl)})],
  ['another request for OAuth 1.0a', () => ({requestTokenUrl: 'https://elsewhere.test/request_token'})],
  ['another client', () => ({clientId: 'made-up-client'})],
  ['other words for who it was', () => ({identity: {userId: 'nickname'}})],
]

describe('a flow whose provider has moved since it began', () => {
  let scene: FlowScene
  let browser: FlowBrowser
  beforeEach(async () => {
    scene = await makeFlowScene()
    browser = new FlowBrowser()
  })
  afterEach(() => scene.dispose())

  async function move(change: (provider: Provider) => Partial<Provider>): Promise<void> {
    const provider = (await scene.store.providers.get('twitch')) ?? assert.fail()
    await scene.store.providers.put({...provider, ...change(provider)})
    scene.sandbox.state.calls.clear()
  }
  async function expectNothingSent(flowId: string): Promise<void> {
    const {state, reason} = await scene.read(flowId)
    assert.deepEqual(
      [await scene.keys(), state, reason, scene.calls('/oauth2')],
      [[], 'failed', 'The settings of twitch have changed since this login began.', []],
    )
  }

  for (const [title, change] of MOVES) {
    it(`is sent no code: ${title}`, async () => {
      const flow = await scene.start({subject: SUBJECT})
      const back = await scene.visit(browser, flow.authorization_url, 'techydrroid')
      await move(change)
      assert.equal((await browser.open(back)).status, 400)
      await expectNothingSent(flow.flow_id)
    })

    it(`keeps nothing that was held, and revokes it nowhere: ${title}`, async () => {
      const flow = await scene.start({subject: SUBJECT})
      const page = await scene.connect(browser, flow.authorization_url, 'techydrroid')
      await move(change)
      assert.equal((await browser.submit(page, 'connect')).status, 400)
      await expectNothingSent(flow.flow_id)
    })
  }

  it('is sent no token when the person declines', async () => {
    const flow = await scene.start({subject: SUBJECT})
    const page = await scene.connect(browser, flow.authorization_url, 'techydrroid')
    await move(({revokeUrl}) => ({revokeUrl: elsewhere(revokeUrl)}))
    assert.equal((await browser.submit(page, 'decline')).status, 200)
    assert.deepEqual(scene.calls('/oauth2'), [])
  })

  it('is sent no code that comes over the chat, and nobody from the start page', async () => {
    const flow = await scene.start({subject: SUBJECT, expect: '2002'})
    const waiting = await scene.start({subject: 'slack:U1'})
    const start = await browser.open(waiting.authorization_url)
    const code = await scene.authorize(flow.authorization_url, 'techydrroid')
    await move(({tokenUrl}) => ({tokenUrl: elsewhere(tokenUrl)}))
    const {status} = await scene.api.call('POST', `/api/v1/flows/${flow.flow_id}/code`, {
      token: scene.token,
      body: {code},
    })
    assert.equal(status, 409)
    await expectNothingSent(flow.flow_id)
    assert.equal((await browser.submit(start)).status, 400)
  })

  it('goes on once a provider is there again that was not when the browser came back', async () => {
    const flow = await scene.start({subject: SUBJECT})
    const back = await scene.visit(browser, flow.authorization_url, 'techydrroid')
    const provider = (await scene.store.providers.get('twitch')) ?? assert.fail()
    await scene.store.providers.remove('twitch')
    assert.equal((await browser.open(back)).status, 404)
    assert.equal((await scene.read(flow.flow_id)).state, 'pending')
    await scene.store.providers.put(provider)
    assert.equal((await browser.submit(await browser.open(back), 'connect')).status, 200)
  })

  it('goes on where what has changed leads nowhere', async () => {
    const flow = await scene.start({subject: SUBJECT})
    const page = await scene.connect(browser, flow.authorization_url, 'techydrroid')
    await move(() => ({scopes: {user: []}, registerUrl: 'https://elsewhere.test/'}))
    assert.equal((await browser.submit(page, 'connect')).status, 200)
  })
})

describe('a code that a person enters at a provider that has moved since', () => {
  it('is asked about nowhere', async () => {
    const scene = await makeSandboxScene('public')
    try {
      const flowPlace = {startPageOf: () => assert.fail('there is no page for it')}
      await startFlow({...scene.deps, flowPlace}, {provider: 'twitch', role: 'bot'})
      await scene.store.providers.put({...scene.provider, tokenUrl: elsewhere(scene.provider.tokenUrl)})
      scene.clock.advance(5000)
      assert.deepEqual(
        (await pollDeviceFlows(scene.deps)).map(({kind}) => kind),
        ['failed'],
      )
      assert.deepEqual(scene.calls('/oauth2/token'), [])
    } finally {
      await scene.dispose()
    }
  })
})
