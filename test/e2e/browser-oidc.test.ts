import assert from 'node:assert/strict'

import type {Browser, Page} from 'playwright-core'

import {findFreePort} from '../../src/cli/demo-stage.js'
import {visitCallback} from '../support/callback-visit.js'
import {inChromium, launchChromium} from '../support/chromium.js'
import {watch} from '../support/e2e-run.js'
import {startOidcServer, type OidcServer} from '../support/oidc-server.js'
import {makeHome, type ProgramHome} from '../support/program-home.js'
import {tokensOf} from '../support/tokens-of.js'

const OWNER = 'boss'
const BOT = 'helper'

describe(inChromium('logging in with a browser, at oidc-provider (code and PKCE)'), function () {
  this.timeout(120_000)

  const toEnd: (() => Promise<void>)[] = []
  let browser: Browser
  let server: OidcServer
  let callbackUrl: string
  let home: ProgramHome
  let page: Page

  before(async function () {
    browser = await launchChromium(this)
    toEnd.push(() => browser.close())
    callbackUrl = `http://localhost:${String(await findFreePort())}/callback`
    server = await startOidcServer({redirectUris: [callbackUrl], onSecret: (kind, value) => watch.keep(kind, value)})
    toEnd.push(() => server.stop())
    watch.keep('client secret', server.client.secret)
  })
  after(() => Promise.all(toEnd.map((end) => end())))
  beforeEach(async () => {
    await openPrivateWindow()
    home = await makeHome()
    const added = await home.run(
      [
        ...['provider', 'add', 'work', '--issuer', server.issuer, '--scope', 'openid', '--scope', 'profile'],
        ...['--client-id', server.client.id, '--client-secret-file', '-', '--callback-url', callbackUrl],
      ],
      {stdin: server.client.secret},
    )
    assert.equal(added.exitCode, 0, added.stderr)
  })
  afterEach(async () => {
    await closeWindows()
    await home.remove()
  })

  async function openPrivateWindow(): Promise<void> {
    page = await browser.newPage()
  }

  const closeWindows = () => Promise.all(browser.contexts().map((context) => context.close()))

  /** Signs in, or as someone else than before, and decides. */
  async function decide(login: string, button: 'Allow' | 'Deny') {
    await page.getByLabel('Login').fill(login)
    return visitCallback(page, callbackUrl, () => page.getByRole('button', {name: button}).click())
  }

  async function listAccounts() {
    const store = await home.openStore()
    try {
      return await store.accounts.list()
    } finally {
      await store.close()
    }
  }

  it('adds the owner and a bot, and refreshes both with rotation', async () => {
    const login = home.start(['login', '--no-open'])
    const address = new URL(await login.address)
    assert.equal(address.searchParams.get('code_challenge_method'), 'S256')
    await page.goto(address.href)
    const welcome = await decide(OWNER, 'Allow')
    assert.deepEqual([welcome.status, welcome.title], [200, 'You can close this window'])
    assert.match(welcome.text, new RegExp(`act as ${OWNER}.* at work`))
    assert.equal((await login.ended).exitCode, 0)

    const add = home.start(['bot', 'add', '--no-open', '--expect', BOT])
    await page.goto(await add.address)
    assert.equal(await page.getByLabel('Login').inputValue(), OWNER, 'the browser is asked, not taken')
    // In a private window: this provider ends what it gave to the one who signs out.
    await openPrivateWindow()
    await page.goto(await add.address)
    assert.equal((await decide(BOT, 'Allow')).status, 200)
    const end = await add.ended
    assert.equal(end.exitCode, 0, end.stderr)

    const before = await listAccounts()
    for (let round = 0; round < 2; round += 1) {
      const refresh = await home.run(['refresh', '--all', '--force'])
      assert.deepEqual([refresh.exitCode, refresh.stdout, refresh.stderr], [0, '', ''])
    }
    const after = await listAccounts()
    assert.deepEqual(after.map(({login, role}) => [login, role]).sort(), [
      [OWNER, 'owner'],
      [BOT, 'bot'],
    ])
    for (const account of after) {
      const old = tokensOf(before.find(({key}) => key === account.key)).refreshToken
      const now = tokensOf(account).refreshToken
      assert.ok(old && now && !now.equals(old))
    }
    assert.deepEqual(
      server.grants.filter(({error}) => error !== undefined),
      [],
    )
  })

  it('stores nothing after a denied consent, exit 4', async () => {
    const login = home.start(['login', '--no-open'])
    await page.goto(await login.address)
    const seen = await decide(OWNER, 'Deny')
    assert.deepEqual([seen.status, seen.title], [400, 'The login failed'])
    assert.match(seen.text, /declined.* Nothing was stored\./s)
    assert.equal((await login.ended).exitCode, 4)
    assert.deepEqual(await listAccounts(), [])
  })

  it('stores nothing when someone else authorized than was expected, exit 4', async () => {
    const add = home.start(['bot', 'add', '--no-open', '--expect', BOT])
    await page.goto(await add.address)
    const seen = await decide('stranger', 'Allow')
    assert.deepEqual([seen.status, seen.title], [400, 'This is someone else'])
    assert.match(seen.text, /stranger authorized, but helper was expected\./)
    assert.equal((await add.ended).exitCode, 4)
    assert.deepEqual(await listAccounts(), [])
  })
})
