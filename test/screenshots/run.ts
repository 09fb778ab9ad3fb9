/* Shows all pages of the admin page: `npm run screenshots -- FOLDER`. */
import {mkdir} from 'node:fs/promises'
import {join} from 'node:path'

import {chromium} from 'playwright-core'

import {SIGHTS, startAdminStage} from '../support/admin-browser.js'
import {pagesBehindForms} from '../support/pages-behind-forms.js'
import {findProgram} from '../support/skip-without.js'

const [folder] = process.argv.slice(2)
const executablePath = findProgram('chromium', 'chromium-browser', 'google-chrome')
if (folder === undefined) throw new Error('Name the folder that the screenshots go to.')
if (executablePath === undefined) throw new Error('There is no Chromium.')
await mkdir(folder, {recursive: true})

const browser = await chromium.launch({executablePath, chromiumSandbox: false})
for (const isEmpty of [false, true]) {
  const stage = await startAdminStage({isEmpty})
  for (const sight of SIGHTS.filter(({hasScripts}) => hasScripts)) {
    const page = await stage.openWindow(browser, sight)
    const shoot = async (what: string): Promise<void> => {
      const name = what.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 60)
      const file = `${isEmpty ? 'empty' : 'full'}-${name}-${sight.scheme}-${String(sight.width)}.png`
      await page.screenshot({path: join(folder, file), fullPage: true})
    }
    for (const path of stage.paths) {
      await page.goto(`${stage.scene.origin}${path}`)
      await shoot(path.replace(/^\/admin\//, ''))
    }
    if (!isEmpty) for await (const what of pagesBehindForms(page, stage.scene.origin)) await shoot(what)
    await page.context().close()
  }
  await stage.stop()
}
await browser.close()
