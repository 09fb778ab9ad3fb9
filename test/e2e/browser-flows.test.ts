import assert from 'node:assert/strict'
import {once} from 'node:events'
import {createServer, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'

import type {Browser, BrowserContext, Page} from 'playwright-core'

import {inChromium, launchChromium} from '../support/chromium.js'
import {FlowBrowser} from '../support/flow-browser.js'
import {makeFlowScene, type FlowScene} from '../support/flow-scene.js'

const VICTIM = 'slack:U02AB'
const MALLORY = 'slack:mallory'

describe(inChromium('flows of chat users, with a browser'), function () {
  this.timeout(120_000)
  let browser: Browser
  let scene: FlowScene
  let context: BrowserContext
  let page: Page

  before(async function () {
    browser = await launchChromium(this)
  })
  after(() => browser.close())
  beforeEach(async () => {
    scene = await makeFlowScene({hasDoor: true})
    scene.sandbox.state.settings.auto = null
    context = await browser.newContext()
    page = await context.newPage()
    page.setDefaultTimeout(10_000)
  })
  afterEach(async () => {
    await context.close()
    await scene.dispose()
  })

  /** In the browser: the start page, the provider's login, its consent. */
  async function authorizeIn(view: Page, authorizationUrl: string, login: string): Promise<void> {
    await view.goto(authorizationUrl)
    await view.getByRole('button', {name: 'Continue to Twitch'}).click()
    await consentIn(view, login)
  }

  async function consentIn(view: Page, login: string): Promise<void> {
    await view.locator(`button[name=login][value=${login}]`).click()
    await view.getByRole('button', {name: 'Authorize', exact: true}).click()
  }

  /** The attacker authorizes with their own account, and stops before the callback. */
  async function stopBeforeCallback(authorizationUrl: string): Promise<string> {
    const back = await scene.visit(new FlowBrowser(), authorizationUrl, 'viewer_vera')
    scene.sandbox.state.settings.auto = null
    return back
  }

  it('connect the person who presses both buttons', async () => {
    const flow = await scene.start({subject: VICTIM})
    await authorizeIn(page, flow.authorization_url, 'techydrroid')
    await page.getByRole('heading', {name: `Connect techydrroid to ${VICTIM}?`}).waitFor()
    assert.deepEqual(await scene.keys(), [])
    await page.getByRole('button', {name: 'Connect', exact: true}).click()
    await page.getByRole('heading', {name: 'You can close this window'}).waitFor()
    assert.deepEqual(await scene.keys(), [`twitch@${VICTIM}`])
  })

  describe('fixation: the attacker’s link, finished by the victim', () => {
    it('fails where the attacker pressed the button and hands on the provider’s own address', async () => {
      const flow = await scene.start({subject: MALLORY})
      const attacker = new FlowBrowser()
      const left = await attacker.submit(await attacker.open(flow.authorization_url))
      await page.goto(left.headers.get('location') ?? '')
      await consentIn(page, 'techydrroid')
      await page.getByRole('heading', {name: 'Not in this browser'}).waitFor()
      assert.deepEqual([await scene.keys(), (await scene.read(flow.flow_id)).state], [[], 'pending'])
    })

    it('fails where the victim presses the first button and then reads whose it would be', async () => {
      const flow = await scene.start({subject: MALLORY})
      await authorizeIn(page, flow.authorization_url, 'techydrroid')
      await page.getByRole('heading', {name: `Connect techydrroid to ${MALLORY}?`}).waitFor()
      const confirm = `${scene.api.origin}/flows/${flow.flow_id}/confirm`
      const stolen = await new FlowBrowser().open(confirm, {form: {decision: 'connect', proof: 'x'}})
      assert.deepEqual([stolen.status, await scene.keys()], [403, []])
      await page.getByRole('button', {name: 'Do not connect'}).click()
      await page.getByRole('heading', {name: 'Not connected'}).waitFor()
      assert.deepEqual([await scene.keys(), scene.calls('/oauth2/revoke').length], [[], 1])
    })

    it('fails where a code is to be sent back: the victim alone sees it', async () => {
      const flow = await scene.start({subject: MALLORY, confirm: 'code'})
      await authorizeIn(page, flow.authorization_url, 'techydrroid')
      await page.locator('output').waitFor()
      const told = JSON.stringify(await scene.read(flow.flow_id))
      const code = (await page.locator('output').innerText()).replace('-', '')
      assert.ok(!told.includes(code))
      const guess = {token: scene.token, body: {code: 'AAAAAAAA'}}
      assert.equal((await scene.api.call('POST', `/api/v1/flows/${flow.flow_id}/code`, guess)).status, 400)
      assert.deepEqual(await scene.keys(), [])
    })
  })

  describe('login CSRF: the attacker’s callback, opened by the victim', () => {
    it('fails in a browser that began nothing, and in one that has begun a flow of its own', async () => {
      const own = await scene.start({subject: VICTIM})
      for (const hasBegun of [false, true]) {
        const attack = await stopBeforeCallback((await scene.start({subject: VICTIM})).authorization_url)
        if (hasBegun) {
          await page.goto(own.authorization_url)
          await page.getByRole('button', {name: 'Continue to Twitch'}).click()
          await page.locator('button[name=login]').first().waitFor()
        }
        const answer = await page.goto(attack)
        assert.equal(answer?.status(), 403)
        await page.getByRole('heading', {name: 'Not in this browser'}).waitFor()
        assert.deepEqual(await scene.keys(), [])
      }
    })

    it('fails with the attacker’s code under the state of the victim’s own flow: it stops at the question', async () => {
      const attack = new URL(await stopBeforeCallback((await scene.start({subject: MALLORY})).authorization_url))
      const own = await scene.start({subject: VICTIM})
      await page.goto(own.authorization_url)
      await page.getByRole('button', {name: 'Continue to Twitch'}).click()
      await page.locator('button[name=login]').first().waitFor()
      // Whoever knows it: the state stands in an address that only the victim's browser has seen.
      attack.searchParams.set('state', (await scene.flow(own.flow_id)).state.reveal())
      await page.goto(attack.href)
      await page.getByRole('heading', {name: `Connect viewer_vera to ${VICTIM}?`}).waitFor()
      assert.deepEqual(await scene.keys(), [])
    })
  })

  describe('a page of another site', () => {
    let site: Server
    let form = ''
    beforeEach(async () => {
      site = createServer((_request, response) => {
        response.setHeader('Content-Type', 'text/html').end(form)
      })
      site.listen(0, 'localhost')
      await once(site, 'listening')
    })
    afterEach(() => {
      site.close()
      site.closeAllConnections()
    })

    for (const policy of ['no-referrer', 'unsafe-url']) {
      it(`can neither begin nor confirm a flow in somebody’s browser (${policy})`, async () => {
        const flow = await scene.start({subject: VICTIM})
        await authorizeIn(page, flow.authorization_url, 'techydrroid')
        await page.getByRole('heading', {name: /^Connect/}).waitFor()
        for (const target of ['confirm', 'start']) {
          const action = `${scene.api.origin}/flows/${flow.flow_id}/${target}`
          form = `<meta name="referrer" content="${policy}"><form method="post" action="${action}"><input name="decision" value="connect"></form><script>document.forms[0].submit()</script>`
          const other = await context.newPage()
          const answered = other.waitForResponse((answer) => answer.url() === action)
          await other.goto(`http://localhost:${String((site.address() as AddressInfo).port)}/`)
          assert.equal((await answered).status(), 403)
          await other.close()
        }
        assert.deepEqual(await scene.keys(), [])
      })
    }
  })

  it('show what others wrote as text, and nothing of theirs runs', async () => {
    const script = '<script>alert(1)</script><img/src=x/onerror=alert(2)>'
    const token = await scene.api.issue(['flow:start'], {name: script, as: ['subject:slack:*']})
    const flow = await scene.start({subject: `slack:${script}`}, token)
    const dialogs: string[] = []
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message())
      void dialog.dismiss()
    })
    await authorizeIn(page, flow.authorization_url, 'techydrroid')
    await page.getByRole('heading', {name: /^Connect/}).waitFor()
    assert.ok((await page.locator('main').innerText()).includes(script))
    assert.deepEqual([await page.locator('main img, main script').count(), dialogs], [0, []])
  })
})
