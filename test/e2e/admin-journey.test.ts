import assert from 'node:assert/strict'

import type {Browser, BrowserContext, Page} from 'playwright-core'

import {findFreePort} from '../../src/cli/demo-stage.js'
import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import {inChromium, launchChromium} from '../support/chromium.js'
import {findTabStops, hasFocus, keyboardOf, mouse, type Hands} from '../support/page-hands.js'
import type {ProgramHome} from '../support/program-home.js'
import {startServing} from '../support/serving.js'
import {stockHome} from '../support/stocked-home.js'
import {startWatchedSandbox} from '../support/watched-sandbox.js'

const BOT = 'techydrroid'

describe(inChromium('the admin page, from the link to the end'), function () {
  this.timeout(240_000)

  const toEnd: (() => Promise<unknown>)[] = []
  let browser: Browser
  let home: ProgramHome
  let sandbox: Sandbox
  let context: BrowserContext
  let page: Page

  before(async function () {
    browser = await launchChromium(this)
    toEnd.push(() => browser.close())
    sandbox = await startWatchedSandbox()
    toEnd.push(() => sandbox.stop())
    const port = await findFreePort()
    const callbackUrl = `http://localhost:${String(port)}/callback`
    sandbox.confidentialClient.redirectUris.push(callbackUrl)
    home = await stockHome(sandbox, [{login: 'streamer_sam', role: 'owner'}], {callbackUrl})
    toEnd.unshift(() => home.remove())
    await startServing(home, ['--listen', `127.0.0.1:${String(port)}`])
  })
  after(async () => {
    for (const end of toEnd) await end()
  })
  afterEach(() => context.close())

  async function openWindow(options: {javaScriptEnabled?: boolean} = {}): Promise<void> {
    context = await browser.newContext({viewport: {width: 1280, height: 900}, ...options})
    page = await context.newPage()
  }

  const link = (name: string | RegExp) => page.getByRole('link', {name, ...(typeof name === 'string' && {exact: true})})
  const button = (name: string | RegExp) => page.getByRole('button', {name})
  const see = (heading: string | RegExp) => page.getByRole('heading', {level: 1, name: heading}).waitFor()

  /** Signs in, adds a bot, issues an API token, uses it, sees the call, revokes it, sees it fail, signs out. */
  async function walk(hands: Hands, name: string): Promise<void> {
    await page.goto(await home.start(['admin', '--no-open']).address)
    await see('Sign in to behalf')
    await hands.press(button('Sign in'))
    await see('Accounts')

    await hands.press(link('Add a bot'))
    await see('Add a bot')
    await hands.press(button(/Begin the login/))
    await see(/Log the bot in/)
    await hands.press(link(/^Continue to/))
    await hands.press(page.locator(`button[name=login][value=${BOT}]`))
    await hands.press(button('Authorize'))
    await hands.press(link('Back to behalf'))
    await see('Logged in')
    assert.match(await page.locator('main').innerText(), /techydrroid (?:was added|has fresh tokens)/)

    await hands.press(link('API tokens'))
    await see('API tokens')
    await hands.press(link(/^Issue/))
    await see('Issue an API token')
    await hands.write(page.getByLabel('Name', {exact: true}), name)
    await hands.press(page.getByRole('checkbox', {name: 'Read from the Twitch API'}))
    await hands.press(page.getByRole('checkbox', {name: `twitch/${BOT}`}))
    await hands.press(button('Issue the token'))
    await see(`The API token ${name}`)
    const command = (await page.getByRole('region', {name: 'Try it in a terminal'}).textContent()) ?? ''
    assert.match(await runInShell(command), /"login":"techydrroid"/)

    await hands.press(link('Activity'))
    await see('Activity')
    const call = page.getByRole('row', {name: /\/api\/twitch\/helix\/users/}).filter({hasText: name})
    await call.waitFor()
    assert.match(await call.innerText(), /200/)

    await hands.press(link('API tokens'))
    await see('API tokens')
    await hands.press(link(name))
    await see(name)
    await hands.press(link(/^Revoke/))
    await see(/^Revoke/)
    await hands.press(page.locator('main').getByRole('button', {name: /^Revoke/}))
    await page
      .getByRole('status')
      .filter({hasText: /revoked/})
      .waitFor()
    assert.match(await runInShell(command), /You must be logged into access this endpoint\./)

    await hands.press(button('Sign out'))
    await see(/Sign in|Signed out/)
    await page.goto(new URL('/admin/accounts', page.url()).href)
    await see('Sign in to behalf')
  }

  /** The text comes in as a person's would: no process is started with it in its arguments. */
  async function runInShell(text: string): Promise<string> {
    return (await home.startHere('bash', [], {stdin: `${text}\n`}).ended).stdout
  }

  it('is walked with a mouse', async () => {
    await openWindow()
    await walk(mouse, 'overlay')
  })

  it('is walked without scripts', async () => {
    await openWindow({javaScriptEnabled: false})
    await walk(mouse, 'plain')
  })

  it('is walked with a keyboard alone, in the order in which it is read', async () => {
    await openWindow()
    await walk(keyboardOf(page), 'keys')

    await page.goto(await home.start(['admin', '--no-open']).address)
    await button('Sign in').click()
    await see('Accounts')
    for (const path of ['/admin/accounts', '/admin/accounts/add', '/admin/tokens/issue', '/admin/health']) {
      await page.goto(new URL(path, page.url()).href)
      const stops = await findTabStops(page)
      assert.ok(stops.length > 8, path)
      assert.deepEqual(
        stops,
        stops.toSorted((one, other) => one - other),
        path,
      )
    }
    await page.goto(new URL('/admin/accounts', page.url()).href)
    await page.keyboard.press('Tab')
    assert.ok(await link('Skip to the content').isVisible())
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    assert.ok(await hasFocus(link('Add a bot')))
  })
})
