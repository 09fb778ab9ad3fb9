import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'

import {FlowBrowser} from '../../../support/flow-browser.js'
import {makeFlowScene, type FlowScene} from '../../../support/flow-scene.js'

const SUBJECT = 'slack:U02AB'
const SETTINGS = 'client_id=made-up&client_secret=made-up&token_grabber_base_url=https%3A%2F%2Felsewhere.test&issuer=x'

describe('the record of a provider', () => {
  let scene: FlowScene
  beforeEach(async () => {
    scene = await makeFlowScene()
  })
  afterEach(() => scene.dispose())

  /** As it stands in the store: what is written again is sealed anew, and so another text. */
  async function read(): Promise<string> {
    const {providers} = JSON.parse(await readFile(scene.store.location, 'utf8')) as {providers: object}
    return JSON.stringify(providers)
  }

  it('is written by no flow and no callback, however they end', async () => {
    const before = await read()
    const browser = new FlowBrowser()
    const done = await scene.start({subject: SUBJECT})
    await browser.submit(await scene.connect(browser, done.authorization_url, 'techydrroid'), 'connect')
    assert.deepEqual(await scene.keys(), [`twitch@${SUBJECT}`])

    const other = new FlowBrowser()
    const declined = await scene.start({subject: 'slack:U1'})
    await other.submit(await scene.connect(other, declined.authorization_url, 'otherbot'), 'decline')

    const fresh = new FlowBrowser()
    const cut = await scene.start({subject: 'slack:U2'})
    const callback = new URL(await scene.visit(fresh, cut.authorization_url, 'otherbot'))
    for (const query of [`${callback.search.slice(1)}&${SETTINGS}`, SETTINGS, `error=access_denied&${SETTINGS}`, '']) {
      for (const method of ['GET', 'POST']) await fetch(`${scene.callbackUrl}?${query}`, {method})
    }
    const body = {subject: SUBJECT, client_secret: 'made-up', token_grabber_base_url: 'https://elsewhere.test'}
    const refused = await scene.api.call('POST', '/api/v1/oauth/login', {token: scene.token, body})
    assert.equal(refused.status, 400)
    assert.equal(await read(), before)
  })
})
