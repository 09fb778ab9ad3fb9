import assert from 'node:assert/strict'

import type {Browser, Page} from 'playwright-core'

import {findFreePort} from '../../src/cli/demo-stage.js'
import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import {visitCallback} from '../support/callback-visit.js'
import {inChromium, launchChromium} from '../support/chromium.js'
import {makeHome, type ProgramHome} from '../support/program-home.js'
import {stockHome, type StockedAccount} from '../support/stocked-home.js'
import {startWatchedSandbox} from '../support/watched-sandbox.js'

const OWNER: StockedAccount = {login: 'streamer_sam', role: 'owner'}
const BOT = 'techydrroid'

describe(inChromium('logging in with a browser, at the sandbox'), function () {
  this.timeout(120_000)

  const toEnd: (() => Promise<void>)[] = []
  let browser: Browser
  let sandbox: Sandbox
  let callbackUrl: string
  let home: ProgramHome
  let page: Page

  before(async function () {
    browser = await launchChromium(this)
    toEnd.push(() => browser.close())
    sandbox = await startWatchedSandbox()
    toEnd.push(() => sandbox.stop())
    callbackUrl = `http://localhost:${String(await findFreePort())}/callback`
    sandbox.confidentialClient.redirectUris.push(callbackUrl)
  })
  after(() => Promise.all(toEnd.map((end) => end())))
  beforeEach(async () => {
    page = await browser.newPage()
  })
  afterEach(async () => {
    await page.context().close()
    await home.remove()
  })

  const logInAs = (login: string) => page.locator(`button[name=login][value=${login}]`).click()
  const comeBack = (act: () => Promise<unknown>) => visitCallback(page, callbackUrl, act)
  const press = (name: string) => () => page.getByRole('button', {name, exact: true}).click()

  async function readStore() {
    const store = await home.openStore()
    try {
      return {accounts: await store.accounts.list(), flows: await store.flows.list()}
    } finally {
      await store.close()
    }
  }

  it('adds the provider, the owner and a bot, and calls Helix as the bot', async () => {
    const {url, confidentialClient: client} = sandbox
    home = await makeHome()
    const added = await home.run(
      [
        ...['provider', 'add', 'twitch', '--preset', 'twitch', '--client-id', client.id, '--client-secret-file', '-'],
        ...['--identity-url', `${url}/oauth2`, '--api-url', `${url}/helix`, '--callback-url', callbackUrl],
      ],
      {stdin: `${client.secret ?? ''}\n`},
    )
    assert.equal(added.exitCode, 0, added.stderr)

    const login = home.start(['login', '--no-open'])
    await page.goto(await login.address)
    await logInAs('streamer_sam')
    const welcome = await comeBack(press('Authorize'))
    assert.deepEqual(welcome, {
      status: 200,
      title: 'You can close this window',
      text: 'behalf may now act as streamer_sam at twitch.',
    })
    assert.equal((await login.ended).exitCode, 0)

    const add = home.start(['bot', 'add', '--no-open', '--expect', BOT])
    await page.goto(await add.address)
    assert.match(await page.locator('main').innerText(), /logged in as Streamer_Sam/, 'the browser is asked, not taken')
    await page.getByRole('link', {name: 'Not you?'}).click()
    await logInAs(BOT)
    assert.equal((await comeBack(press('Authorize'))).text, 'behalf may now act as techydrroid at twitch.')
    const addEnd = await add.ended
    assert.deepEqual([addEnd.exitCode, addEnd.stdout], [0, ''])

    const call = await home.run(['helix', 'get', 'users', '--as', BOT])
    assert.match(call.stdout, /"display_name":"TechyDrroid"/)
    const status = await home.run(['status', '--json'])
    const {accounts} = JSON.parse(status.stdout) as {accounts: {login: string; role: string; state: string}[]}
    assert.deepEqual(
      accounts.map(({login, role, state}) => ({login, role, state})),
      [
        {login: 'streamer_sam', role: 'owner', state: 'ok'},
        {login: BOT, role: 'bot', state: 'ok'},
      ],
    )
  })

  describe('stores nothing and exits with 4', () => {
    beforeEach(async () => {
      home = await stockHome(sandbox, [OWNER], {callbackUrl})
    })

    /** Runs `bot add`, lets a person do something in the browser, and compares what the page and the terminal say. */
    async function assertRefused(
      args: string[],
      visit: (address: string) => Promise<unknown>,
      expected: {title: string; text: RegExp},
    ): Promise<void> {
      const before = await readStore()
      const add = home.start(['bot', 'add', '--no-open', ...args])
      const address = await add.address
      const seen = await comeBack(() => visit(address))
      const end = await add.ended
      assert.deepEqual([end.exitCode, end.stdout], [4, ''])
      assert.deepEqual([seen.status, seen.title], [400, expected.title])
      assert.match(seen.text, expected.text)
      assert.match(end.stderr, expected.text, 'the terminal says the same')
      assert.equal(seen.text.split('Nothing was stored.').length, 2, 'the page says once that nothing was stored')
      assert.deepEqual(await readStore(), before)
    }

    /** Consents as someone; the last step is the one that leads back. */
    async function consent(address: string, login: string, button = 'Authorize'): Promise<void> {
      await page.goto(address)
      await logInAs(login)
      await press(button)()
    }

    it('after a denied consent', async () => {
      await assertRefused([], (address) => consent(address, BOT, 'Cancel'), {
        title: 'The login failed',
        text: /declined/,
      })
    })

    it('when someone else authorized than was expected', async () => {
      await assertRefused(['--expect', 'otherbot'], (address) => consent(address, BOT), {
        title: 'This is someone else',
        text: /techydrroid authorized, but otherbot was expected\./,
      })
    })

    it('when the owner authorized as the bot', async () => {
      await assertRefused([], (address) => consent(address, OWNER.login), {
        title: 'This is someone else',
        text: /streamer_sam is the owner’s own account/,
      })
    })

    it('when the state is not the one that was sent', async () => {
      const forge = async (address: string) => {
        const url = new URL(address)
        url.searchParams.set('state', 'made-up-by-somebody-else')
        await consent(url.href, BOT)
      }
      await assertRefused([], forge, {title: 'The login failed', text: /does not belong to the login that waits/})
    })

    it('when an earlier callback comes again', async () => {
      const first = home.start(['bot', 'add', '--no-open'])
      const address = await first.address
      await comeBack(() => consent(address, BOT))
      assert.equal((await first.ended).exitCode, 0)
      const old = page.url()
      await assertRefused([], () => page.goto(old), {
        title: 'The login failed',
        text: /does not belong to the login that waits/,
      })
    })

    it('when the callback comes after the login has expired', async () => {
      await assertRefused([], expireFlowAndConsent, {title: 'The login failed', text: /expired/})
    })

    async function expireFlowAndConsent(address: string): Promise<void> {
      const store = await home.openStore()
      try {
        for (const flow of await store.flows.list()) await store.flows.put({...flow, expiresAt: Date.now() - 1})
      } finally {
        await store.close()
      }
      await consent(address, BOT)
    }

    it('when the provider’s code has expired', async () => {
      const {settings} = sandbox.state
      const {codeSeconds} = settings
      settings.codeSeconds = 0
      try {
        await assertRefused([], (address) => consent(address, BOT), {title: 'The login failed', text: /code/})
      } finally {
        settings.codeSeconds = codeSeconds
      }
    })
  })

  it('logs a client without a secret in with a code for a device', async () => {
    sandbox.state.settings.deviceIntervalSeconds = 1
    home = await stockHome(sandbox, [], {client: sandbox.publicClient})
    const login = home.start(['login', '--no-open'])
    await page.goto(await login.address)
    await logInAs('streamer_sam')
    const code = /enter the code (\S+):/.exec(login.soFar.stderr)?.[1] ?? ''
    assert.ok((await page.locator('main').innerText()).includes(code), 'the page shows the code of the terminal')
    await press('Authorize')()
    assert.equal(await page.locator('h1').innerText(), 'Device connected')
    const end = await login.ended
    assert.equal(end.exitCode, 0, end.stderr)
    assert.match(end.stderr, /Logged in as twitch\/streamer_sam\./)
  })
})
