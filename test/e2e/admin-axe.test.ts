import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {createRequire} from 'node:module'

import type {AxeResults} from 'axe-core'
import type {Browser, Page} from 'playwright-core'

import {SIGHTS, startAdminStage, type AdminStage, type Sight} from '../support/admin-browser.js'
import {inChromium, launchChromium} from '../support/chromium.js'

const isLong = process.env.BEHALF_TEST_LONG === '1'
/** Each scheme, each width, scripts on and off are seen once; together, only in the long run. */
const CHOSEN: readonly Sight[] = isLong
  ? SIGHTS
  : [
      {scheme: 'light', width: 1280, hasScripts: true},
      {scheme: 'dark', width: 390, hasScripts: false},
    ]
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

describe(inChromium('every page of the admin page'), function () {
  this.timeout(600_000)

  let browser: Browser
  let stages: AdminStage[]

  before(async function () {
    browser = await launchChromium(this)
    stages = [await startAdminStage(), await startAdminStage({isEmpty: true})]
  })
  after(async () => {
    await browser.close()
    await Promise.all(stages.map((stage) => stage.stop()))
  })

  it('is there where a link leads to it', () => {
    for (const {broken, paths} of stages) {
      assert.deepEqual(broken, [])
      assert.ok(paths.length > 5, paths.join())
    }
  })

  for (const sight of CHOSEN) {
    const {scheme, width, hasScripts} = sight
    it(`has no fault, ${String(width)} wide, ${scheme}, scripts ${hasScripts ? 'on' : 'off'}`, async () => {
      for (const stage of stages) {
        const page = await stage.openWindow(browser, sight)
        const trouble: string[] = []
        page.on('pageerror', ({message}) => trouble.push(message))
        page.on('console', (message) => message.type() === 'error' && trouble.push(message.text()))
        for (const path of stage.paths) {
          trouble.splice(0)
          await page.goto(`${stage.scene.origin}${path}`)
          assert.deepEqual([...(await findFaults(page)), ...(path.endsWith('/not-here') ? [] : trouble)], [], path)
        }
        if (stage === stages[0] && (isLong || sight === CHOSEN[0])) {
          for await (const what of behindForms(page, stage.scene.origin)) {
            assert.deepEqual(await findFaults(page), [], what)
          }
        }
        await page.context().close()
      }
    })
  }
})

/** Pages that no link leads to. */
async function* behindForms(page: Page, origin: string): AsyncGenerator<string> {
  const button = (name: string | RegExp) => page.locator('main').getByRole('button', {name}).first()
  // As a browser that checks nothing itself.
  const send = async (name: string | RegExp): Promise<void> => {
    await page.evaluate('for (const form of document.forms) form.noValidate = true')
    await button(name).click()
  }
  await page.goto(`${origin}/admin/tokens/issue`)
  await send('Issue the token')
  await page.locator('[data-errors]').waitFor()
  yield 'the form of an API token with its errors'
  await page.getByLabel('Name', {exact: true}).fill('made up')
  await page.getByRole('checkbox', {name: 'See points'}).check()
  await button('Issue the token').click()
  await page.getByRole('heading', {level: 1, name: 'The API token made up'}).waitFor()
  yield 'a new API token'
  await page.goto(`${origin}/admin/providers/add?other=yes`)
  await send(/^Set up/)
  await page.locator('[data-errors]').waitFor()
  yield 'the form of a provider with its errors'
  await page.context().clearCookies()
  await page.goto(`${origin}/admin/sign-in`)
  yield 'signing in'
  await page.getByLabel(/API token/).fill('made-up')
  await send('Sign in')
  await page.locator('[aria-invalid=true]').waitFor()
  yield 'signing in with what is no API token'
  await page.goto(`${origin}/admin/sign-in?link=made-up`)
  yield 'a link that signs nobody in'
}

/** What axe-core finds, and what is wider than the window. */
async function findFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const {violations} = await page.evaluate<AxeResults>('axe.run()')
  const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
  const found = violations.map(({id, nodes}) => `${id}: ${nodes.map(({html}) => html.slice(0, 300)).join(' | ')}`)
  return overflow > 0 ? [...found, `${String(overflow)} pixels too wide`] : found
}
