import assert from 'node:assert/strict'
import {mkdir, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import type {Browser, Page} from 'playwright-core'

import {inChromium, launchChromium} from '../support/chromium.js'
import {readDocBlocks} from '../support/doc-blocks.js'
import {watch} from '../support/e2e-run.js'
import {findFreePort} from '../support/free-port.js'
import {startOidcServer} from '../support/oidc-server.js'
import {makeHome} from '../support/program-home.js'
import {until} from '../support/until.js'

const SUBJECT = 'slack:U02AB'
const mounts = readDocBlocks('docs/library.md').filter(({mark}) => mark.startsWith('mount: '))

describe(inChromium('the pages of flows, mounted in a program as docs/library.md shows it'), function () {
  this.timeout(120_000)

  let browser: Browser
  before(async function () {
    browser = await launchChromium(this)
  })
  after(() => browser.close())

  it('are shown for Express, node:http and hono', () => {
    assert.deepEqual(
      mounts.map(({mark}) => mark),
      ['mount: express.mjs', 'mount: plain.mjs', 'mount: hono.mjs'],
    )
  })

  for (const {mark, code} of mounts) {
    const name = mark.slice('mount: '.length)

    describe(name, () => {
      let toEnd: (() => Promise<unknown>)[]
      let page: Page
      let url: string

      beforeEach(async () => {
        toEnd = []
        const port = String(await findFreePort())
        url = `http://localhost:${port}`
        const server = await startOidcServer({
          redirectUris: [`${url}/oauth/callback`],
          onSecret: (kind, value) => watch.keep(kind, value),
        })
        toEnd.push(() => server.stop())
        watch.keep('client secret', server.client.secret)
        const home = await makeHome()
        toEnd.push(() => home.remove())
        const added = await home.run(
          [
            ...['provider', 'add', 'github', '--issuer', server.issuer, '--api-url', server.issuer],
            ...['--dialect', 'rfc', '--scope', 'openid', '--scope', 'profile'],
            ...['--client-id', server.client.id, '--client-secret-file', '-'],
          ],
          {stdin: server.client.secret},
        )
        assert.equal(added.exitCode, 0, added.stderr)
        await mkdir(join(home.path, 'node_modules'))
        await symlink(join(import.meta.dirname, '../../node_modules/express'), join(home.path, 'node_modules/express'))
        await writeFile(join(home.path, name), code.replaceAll('3000', port))
        const program = home.startHere(process.execPath, [name])
        toEnd.push(async () => {
          program.child.kill('SIGTERM')
          const {exitCode, signal} = await program.ended
          assert.deepEqual([exitCode, signal], [0, null], 'it ends by itself once all is closed')
        })
        await until('it listens', () => isListening(url))
        page = await browser.newPage()
        toEnd.push(() => page.context().close())
      })
      afterEach(async () => {
        for (const end of toEnd.reverse()) await end()
      })

      async function logIn(login: string): Promise<void> {
        await page.goto(`${url}/connect`)
        assert.match(page.url(), /\/oauth\/flows\/[\w-]+\/start$/)
        assert.match(await page.locator('main').innerText(), new RegExp(SUBJECT))
        await page.getByRole('button', {name: /^Continue/}).click()
        await page.getByLabel('Login').fill(login)
        await page.getByRole('button', {name: 'Allow'}).click()
        await page.waitForURL((at) => at.href.startsWith(`${url}/oauth/callback`))
      }

      it('finish a flow, after which the program calls the service as that person', async () => {
        await logIn('jane')
        assert.equal((await fetch(`${url}/me`)).status, 500, 'nothing is kept before it is confirmed')
        await page.getByRole('button', {name: 'Connect', exact: true}).click()
        await page.getByText('You can close this window').first().waitFor()
        const me = (await (await fetch(`${url}/me`)).json()) as {sub?: string}
        assert.equal(me.sub, 'sub-jane')
      })

      it('keep nothing when the person declines to connect', async () => {
        await logIn('jane')
        await page.getByRole('button', {name: 'Do not connect'}).click()
        await page.getByText('Nothing was stored').first().waitFor()
        assert.equal((await fetch(`${url}/me`)).status, 500)
      })

      it('show what is no page of theirs as missing', async () => {
        assert.equal((await fetch(`${url}/oauth/elsewhere`)).status, 404)
        assert.equal((await fetch(`${url}/oauth/callback`)).status, 400)
      })
    })
  }
})

async function isListening(url: string): Promise<boolean> {
  try {
    await fetch(`${url}/oauth/elsewhere`)
    return true
  } catch {
    return false
  }
}
