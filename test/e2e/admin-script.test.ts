import assert from 'node:assert/strict'

import type {Browser, Page} from 'playwright-core'

import {startAdminStage, type AdminStage} from '../support/admin-browser.js'
import {inChromium, launchChromium} from '../support/chromium.js'
import {until} from '../support/until.js'

/** Without it the pages work as well: the journey is walked without scripts too. */
describe(inChromium('what the script of the admin page makes better'), function () {
  this.timeout(120_000)

  let browser: Browser
  let stage: AdminStage
  let page: Page

  before(async function () {
    browser = await launchChromium(this)
    stage = await startAdminStage()
  })
  after(async () => {
    await browser.close()
    await stage.stop()
  })
  beforeEach(async () => {
    page = await stage.openWindow(browser, {scheme: 'light', width: 1280, hasScripts: true})
  })
  afterEach(() => page.context().close())

  const open = (path: string) => page.goto(`${stage.scene.origin}${path}`)
  const button = (name: string | RegExp) => page.getByRole('button', {name})
  const main = () => page.locator('main')

  it('copies what is to be copied, and says so', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await open('/admin/tokens/issue')
    await page.getByLabel('Name', {exact: true}).fill('copied')
    await page.getByRole('checkbox', {name: 'See points'}).check()
    await button('Issue the token').click()
    const copy = button(/^Copy: /).first()
    await copy.click()
    await page.getByRole('status').filter({hasText: 'Copied.'}).waitFor({state: 'attached'})
    const shown = await page.locator('figure.copy pre').first().textContent()
    assert.match(shown ?? '', /^bhf_/)
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), shown)
    assert.equal(await copy.textContent(), 'Copied')
  })

  it('selects it where the browser keeps the clipboard to itself', async () => {
    await page.addInitScript('Object.defineProperty(navigator, "clipboard", {value: undefined})')
    await open('/admin/tokens/issue')
    await page.getByLabel('Name', {exact: true}).fill('selected')
    await page.getByRole('checkbox', {name: 'See points'}).check()
    await button('Issue the token').click()
    await button(/^Copy: /)
      .first()
      .click()
    await page.getByText('Press Ctrl+C').waitFor()
    assert.equal(
      await page.evaluate('getSelection().toString().trim()'),
      await page.locator('figure.copy pre').first().textContent(),
    )
  })

  it('moves times and bars as time goes by', async () => {
    await page.clock.install()
    await open('/admin/accounts')
    const bar = page.locator('.time-left', {hasText: /3 h left|2 h 59 min left/}).first()
    const widthOf = async () => Number(await bar.locator('.bar-left').getAttribute('width'))
    const text = await bar.innerText()
    const width = await widthOf()
    const moving = page.locator('.time-left').nth((await page.locator('.time-left').allInnerTexts()).indexOf(text))
    await page.clock.fastForward('01:30:00')
    await page.clock.runFor(1000)
    assert.match(await moving.innerText(), /1 h (?:30|29) min left/)
    const later = Number(await moving.locator('.bar-left').getAttribute('width'))
    assert.ok(later < width - 30, `${String(width)} %, then ${String(later)} %`)
  })

  it('finds in a long list what has all words, and hides nothing that is chosen', async () => {
    await open('/admin/tokens/issue')
    await page.getByText(/^Only single endpoints/).click()
    const endpoints = page.locator('#endpoints .choice')
    const all = await endpoints.count()
    await page.getByRole('checkbox', {name: 'Get Users'}).first().check()
    const box = page.getByRole('searchbox', {name: /^Find an endpoint/})
    await box.fill('chat MESSAGE')
    const shown = page.locator('#endpoints .choice:not([hidden])')
    const texts = await shown.allInnerTexts()
    const fitting = texts.filter((text) => /chat/i.test(text) && /message/i.test(text))
    assert.ok(fitting.length > 1 && fitting.length === texts.length - 1, texts.join(' | '))
    assert.ok(texts.some((text) => text.includes('Get Users')))
    const count = `${String(texts.length)} of ${String(all)}`
    await page.getByRole('status').filter({hasText: count}).waitFor()
    await box.press('Enter')
    assert.match(page.url(), /\/admin\/tokens\/issue$/)
    await box.fill('')
    assert.equal(await shown.count(), all)
  })

  it('says what a token will be able to do while the form is being filled in', async () => {
    await open('/admin/tokens/issue')
    await page.getByRole('checkbox', {name: 'See points'}).check()
    await main().getByText('It may see points').waitFor()
    await page.getByRole('checkbox', {name: 'See points'}).uncheck()
    await main().getByText('It may do nothing yet').waitFor()
  })

  it('follows calls as they are made, until someone pauses', async () => {
    await open('/admin/activity')
    await page.getByText('Follows the calls as they are made.').waitFor()
    const note = (path: string): void =>
      stage.activity.noteCall({
        apiToken: {id: 'abcdefgh', name: 'overlay'},
        method: 'GET',
        path,
        status: 200,
        durationMs: 5,
      })
    const row = (path: string) => page.getByRole('row').filter({hasText: path})
    const seen = (path: string) =>
      until(`${path} is there`, async () => {
        stage.pass(500)
        return (await row(path).count()) === 1
      })
    note('/api/v1/made-up-first')
    await seen('/api/v1/made-up-first')
    await button('Pause').click()
    await page.getByText('Paused.').waitFor()
    note('/api/v1/made-up-second')
    stage.pass(5000)
    assert.equal(await row('/api/v1/made-up-second').count(), 0)
    await button('Follow').click()
    await seen('/api/v1/made-up-second')
    assert.match(await page.locator('#calls tr').first().innerText(), /made-up-second/)
    assert.equal(await row('/api/v1/made-up-first').count(), 1)
  })

  it('empties the list of calls where somebody has signed out elsewhere, and leads back to it', async () => {
    await open('/admin/activity?status=2')
    await page.getByText('Follows the calls as they are made.').waitFor()
    assert.doesNotMatch(await main().innerText(), /Load again/)
    const other = await page.context().newPage()
    await other.goto(`${stage.scene.origin}/admin/sign-out`)
    await other.locator('main').getByRole('button', {name: 'Sign out', exact: true}).click()
    await other.getByText('You are signed out.').waitFor()
    const end = page.getByRole('status').filter({hasText: 'You are signed out. Sign in'})
    await until('the list has ended', async () => {
      stage.pass(10_000)
      return (await end.count()) === 1
    })
    assert.equal(await page.getByRole('table').count(), 0)
    const target = await end.getByRole('link').getAttribute('href')
    assert.equal(target, `/admin/sign-in?next=${encodeURIComponent('/admin/activity?status=2')}`)
    await stage.scene.signIn()
  })

  it('sends a form once, however often its button is pressed', async () => {
    await open('/admin/tokens/issue')
    await page.getByLabel('Name', {exact: true}).fill('pressed twice')
    await page.getByRole('checkbox', {name: 'See points'}).check()
    let posts = 0
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.isNavigationRequest()) posts += 1
    })
    await button('Issue the token').dblclick()
    await page.getByRole('heading', {level: 1, name: 'The API token pressed twice'}).waitFor()
    assert.equal(posts, 1)
  })

  it('has a chart that says in words what it shows', async () => {
    await open('/admin/health')
    const chart = main().getByRole('img').first()
    assert.ok(((await chart.getAttribute('aria-label')) ?? (await chart.locator('title').textContent()) ?? '') !== '')
  })
})
