import assert from 'node:assert/strict'
import {once} from 'node:events'
import {createServer, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'

import type {Browser, BrowserContext, Page} from 'playwright-core'

import {makeSignInLink} from '../../src/broker/admin-sessions.js'
import {startAdmin, type AdminScene} from '../support/admin-scene.js'
import {makeBrokerWorld, type BrokerWorld} from '../support/broker-world.js'
import {inChromium, launchChromium} from '../support/chromium.js'

const TITLE = inChromium('a real browser that is led to somebody else’s page while it is signed in')

describe(TITLE, function () {
  this.timeout(60_000)
  let world: BrokerWorld
  let scene: AdminScene
  let browser: Browser | undefined
  let context: BrowserContext
  let page: Page
  let evil: Server
  /** What the other server shows, by path. */
  const pages = new Map<string, string>()
  /** Of the other server: as the same host on another port, and as another site. */
  let otherPort: string
  let otherSite: string

  before(async function () {
    browser = await launchChromium(this)
    world = await makeBrokerWorld()
    scene = await startAdmin(world.deps)
    evil = createServer((request, response) => {
      response.setHeader('Content-Type', 'text/html')
      response.end(pages.get(request.url ?? '') ?? '')
    })
    evil.listen(0)
    await once(evil, 'listening')
    const {port} = evil.address() as AddressInfo
    otherPort = `http://127.0.0.1:${String(port)}`
    otherSite = `http://localhost:${String(port)}`
  })

  beforeEach(async () => {
    assert.ok(browser)
    context = await browser.newContext()
    page = await context.newPage()
    const {code} = await makeSignInLink(world.deps)
    await page.goto(`${scene.origin}/admin/sign-in?link=${code.reveal()}`)
    await page.getByRole('button', {name: 'Sign in'}).click()
    await page.getByRole('heading', {name: 'Accounts', level: 1}).waitFor()
  })

  afterEach(() => context.close())

  after(async () => {
    if (!browser) return
    await browser.close()
    evil.close()
    evil.closeAllConnections()
    await scene.stop()
    await world.dispose()
  })

  const isIn = async (): Promise<boolean> => {
    const other = await context.newPage()
    await other.goto(`${scene.origin}/admin/accounts`)
    const url = other.url()
    await other.close()
    return url.endsWith('/admin/accounts')
  }

  for (const where of ['another port of this host', 'another site'] as const) {
    const originOf = (): string => (where === 'another site' ? otherSite : otherPort)

    it(`does nothing for a form of ${where}, not even with the right token`, async () => {
      const csrf = (await page.locator('input[name=csrf]').first().getAttribute('value')) ?? ''
      const action = `${scene.origin}/admin/sign-out/everywhere`
      pages.set(
        '/form',
        `<form method="post" action="${action}"><input name="csrf" value="${csrf}"><button>Go</button></form>`,
      )
      await page.goto(`${originOf()}/form`)
      const answered = page.waitForResponse(action)
      await page.getByRole('button').click()
      assert.equal((await answered).status(), 403)
      assert.equal(await isIn(), true)
    })

    it(`shows nothing in a frame of ${where}`, async () => {
      pages.set('/frame', `<iframe src="${scene.origin}/admin/accounts"></iframe>`)
      await page.goto(`${originOf()}/frame`)
      const [, frame] = page.frames()
      assert.ok(frame)
      await frame.waitForLoadState()
      assert.match(frame.url(), /^chrome-error:/)
    })

    it(`tells scripts of ${where} nothing`, async () => {
      pages.set('/script', '<title>evil</title>')
      await page.goto(`${originOf()}/script`)
      const url = JSON.stringify(`${scene.origin}/admin/accounts`)
      const seen = await page.evaluate(`(async () => {
        const load = (resolve) => {
          const script = document.createElement('script')
          script.onload = () => resolve('loaded')
          script.onerror = () => resolve('refused')
          script.src = ${url}
          document.head.append(script)
        }
        const fetched = await fetch(${url}, {credentials: 'include'}).then((response) => response.text(), () => 'refused')
        return [fetched, await new Promise(load)]
      })()`)
      assert.deepEqual(seen, ['refused', 'refused'])
    })

    it(`lets go of a window that ${where} has opened`, async () => {
      pages.set('/opener', '<title>evil</title>')
      await page.goto(`${originOf()}/opener`)
      const opened = context.waitForEvent('page')
      await page.evaluate(`window.opened = window.open('${scene.origin}/admin/accounts'); undefined`)
      await (await opened).waitForLoadState()
      assert.equal(await page.evaluate('window.opened.closed'), true)
    })
  }

  it('comes in by a link on another site, though the cookie is kept back at first', async () => {
    pages.set('/link', `<a href="${scene.origin}/admin/accounts">Go</a>`)
    await page.goto(`${otherSite}/link`)
    await page.getByRole('link').click()
    await page.getByRole('heading', {name: 'Accounts', level: 1}).waitFor()
  })

  it('runs no script that stands in a page', async () => {
    const ran = await page.evaluate(`(() => {
      const script = document.createElement('script')
      script.textContent = 'window.ran = true'
      const button = document.createElement('div')
      button.setAttribute('onclick', 'window.ran = true')
      document.body.append(script, button)
      button.click()
      return 'ran' in window
    })()`)
    assert.equal(ran, false)
  })

  it('has a cookie that scripts do not see', async () => {
    assert.equal(await page.evaluate('document.cookie'), '')
  })
})
