import assert from 'node:assert/strict'

import {FlowBrowser} from '../../../support/flow-browser.js'
import {makeFlowScene, type FlowScene} from '../../../support/flow-scene.js'
import {makeProvider} from '../../../support/make-provider.js'
import {startOAuth1Server, type OAuth1Server} from '../../../support/oauth1-server.js'

const SUBJECT = 'slack:U02AB'

describe('a flow of OAuth 1.0a', () => {
  let scene: FlowScene
  let server: OAuth1Server
  let browser: FlowBrowser

  beforeEach(async () => {
    scene = await makeFlowScene()
    server = await startOAuth1Server(() => scene.clock.now())
    const {callbackUrl} = scene
    await scene.store.providers.put({...makeProvider({name: 'chirper', ...server.provider}), callbackUrl})
    browser = new FlowBrowser()
  })
  afterEach(async () => {
    await server.stop()
    await scene.dispose()
  })

  const decide = (url: string, decision: 'approve' | 'deny' = 'approve') => server.decide(url, 'ada', decision)
  const send = (flowId: string, code: string) =>
    scene.api.call('POST', `/api/v1/flows/${flowId}/code`, {token: scene.token, body: {code}})

  it('ends with the PIN that the person sends back, and takes it once', async () => {
    const flow = await scene.start({provider: 'chirper', subject: SUBJECT, pin: true})
    assert.ok(flow.authorization_url.startsWith(server.origin))
    assert.equal((await scene.read(flow.flow_id)).waits_for, 'code')
    const decided = await decide(flow.authorization_url)
    assert.ok(decided.kind === 'pin')
    const {status, json} = await send(flow.flow_id, decided.pin)
    assert.deepEqual([status, (json as {state: string}).state], [200, 'done'])
    assert.deepEqual(await scene.keys(), [`chirper@${SUBJECT}`])
    assert.equal((await send(flow.flow_id, decided.pin)).status, 409)
  })

  it('keeps nothing for a wrong PIN', async () => {
    const flow = await scene.start({provider: 'chirper', subject: SUBJECT, pin: true})
    await decide(flow.authorization_url)
    assert.equal((await send(flow.flow_id, '0000000')).status, 409)
    assert.deepEqual([await scene.keys(), (await scene.read(flow.flow_id)).state], [[], 'failed'])
  })

  it('comes back to the callback, and asks there like any other', async () => {
    const flow = await scene.start({provider: 'chirper', subject: SUBJECT})
    const left = await browser.submit(await browser.open(flow.authorization_url))
    const decided = await decide(left.headers.get('location') ?? '')
    assert.ok(decided.kind === 'redirect')
    assert.equal((await new FlowBrowser().open(decided.url)).status, 403)
    const page = await browser.open(decided.url)
    assert.equal(page.title, `Connect ada to ${SUBJECT}?`)
    assert.deepEqual(await scene.keys(), [])
    assert.equal((await browser.submit(page, 'connect')).status, 200)
    assert.deepEqual(await scene.keys(), [`chirper@${SUBJECT}`])
  })
})
