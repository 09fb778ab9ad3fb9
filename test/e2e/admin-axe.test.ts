import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {createRequire} from 'node:module'

import type {AxeResults} from 'axe-core'
import type {Browser, Page} from 'playwright-core'

import {SIGHTS, startAdminStage, type AdminStage, type Sight} from '../support/admin-browser.js'
import {inChromium, launchChromium} from '../support/chromium.js'
import {pagesBehindForms} from '../support/pages-behind-forms.js'

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
          for await (const what of pagesBehindForms(page, stage.scene.origin)) {
            assert.deepEqual(await findFaults(page), [], what)
          }
        }
        await page.context().close()
      }
    })
  }
})

/** What axe-core finds, and what is wider than the window. */
async function findFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const {violations} = await page.evaluate<AxeResults>('axe.run()')
  const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
  const found = violations.map(({id, nodes}) => `${id}: ${nodes.map(({html}) => html.slice(0, 300)).join(' | ')}`)
  return overflow > 0 ? [...found, `${String(overflow)} pixels too wide`] : found
}
