import assert from 'node:assert/strict'

import {startSandbox, type Sandbox} from '../../../src/sandbox/start-sandbox.js'
import {formAction, SandboxBrowser} from '../../support/sandbox-browser.js'
import {SandboxCaller} from '../../support/sandbox-caller.js'

describe('sandbox pages', () => {
  let sandbox: Sandbox
  let caller: SandboxCaller
  let browser: SandboxBrowser

  beforeEach(async () => {
    sandbox = await startSandbox()
    caller = new SandboxCaller(sandbox)
    browser = new SandboxBrowser(caller)
  })
  afterEach(() => sandbox.stop())

  it('sends a stranger to log in first, with a button for each account and a field', async () => {
    const answer = await browser.open(caller.authorizePath())
    assert.equal(answer.status, 302)
    const page = await browser.open(answer.headers.get('location') ?? '')
    assert.equal(page.status, 200)
    for (const login of ['streamer_sam', 'techydrroid', 'otherbot']) {
      assert.match(page.text, new RegExp(`<button name="login" value="${login}">`))
    }
    assert.match(page.text, /<label for="login">/)
    assert.match(page.text, /<input\s+id="login"\s+name="login"/)
    assert.equal(page.text.match(/<h1>/g)?.length, 1)
  })

  it('asks again when the login is unknown', async () => {
    const answer = await browser.open('/login', {login: 'nobody'})
    assert.equal(answer.status, 404)
    assert.match(answer.text, /role="alert"/)
  })

  it('lists the app and its scopes and authorizes on a click', async () => {
    const page = await browser.logIn(caller.authorizePath({scope: 'chat:read user:read:email'}), 'Streamer_Sam')
    assert.match(page.text, /Sandbox app/)
    assert.match(page.text, /chat:read[\s\S]*user:read:email/)
    const done = await browser.open(formAction(page), {action: 'authorize'})
    assert.equal(done.status, 302)
    assert.match(done.headers.get('location') ?? '', /^http:\/\/localhost:8420\/callback\?code=/)
  })

  for (const [name, form] of Object.entries({cancel: {action: 'cancel'}, 'no button at all': {}})) {
    it(`denies on ${name}`, async () => {
      const page = await browser.logIn(caller.authorizePath(), 'streamer_sam')
      const done = await browser.open(formAction(page), form)
      assert.match(done.headers.get('location') ?? '', /error=access_denied/)
      assert.equal(sandbox.state.grants.size, 0)
    })
  }

  it('skips the page when the grant covers the scopes, and only then', async () => {
    const page = await browser.logIn(caller.authorizePath({scope: 'chat:read chat:edit'}), 'streamer_sam')
    await browser.open(formAction(page), {action: 'authorize'})
    const status = async (changes: Record<string, string>) => (await browser.open(caller.authorizePath(changes))).status
    assert.equal(await status({scope: 'chat:read'}), 302)
    assert.equal(await status({scope: ''}), 302)
    assert.equal(await status({scope: 'chat:read', force_verify: 'false'}), 302)
    assert.equal(await status({scope: 'chat:read', force_verify: 'true'}), 200)
    assert.equal(await status({scope: 'chat:read user:bot'}), 200)
  })

  it('lets someone else log in from the consent page', async () => {
    const page = await browser.logIn(caller.authorizePath({force_verify: 'true'}), 'streamer_sam')
    const switchUrl = /<a href="(\/login\?[^"]*)">Not you\?/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const back = await browser.open(switchUrl, {login: 'techydrroid'})
    const again = await browser.open(back.headers.get('location') ?? '')
    assert.match(again.text, /TechyDrroid/)
    await browser.open(formAction(again), {action: 'authorize'})
    assert.deepEqual(
      [...sandbox.state.grants.values()].map(({userId}) => userId),
      ['2002'],
    )
  })

  it('asks a stranger who posts a decision to log in', async () => {
    const answer = await browser.open(caller.authorizePath(), {action: 'authorize'})
    assert.equal(answer.status, 303)
    assert.match(answer.headers.get('location') ?? '', /^\/login\?/)
    assert.equal(sandbox.state.codes.size, 0)
  })

  it('leads nowhere but to its own pages', async () => {
    for (const path of [
      'https://evil.example.test',
      '//evil.example.test',
      '/oauth2/authorize@evil',
      '/_sandbox/state',
      '/activated',
    ]) {
      const answer = await browser.open(`/login?${new URLSearchParams({return: path}).toString()}`, {login: 'otherbot'})
      assert.equal(answer.headers.get('location'), '/', path)
    }
  })

  it('shows names and parameters as text, whatever is in them', async () => {
    const evil = `"><script>alert('1')</script><b x='`
    await caller.control('seed', {
      clients: [{clientId: 'evilclient', name: evil, redirectUris: ['http://localhost:8420/callback']}],
      users: [{login: 'evil_user', displayName: evil}],
    })
    const path = caller.authorizePath({client_id: 'evilclient', state: evil, nonce: evil})
    const login = await browser.open('/login', {login: evil})
    const consent = await browser.logIn(path, 'evil_user')
    const code = await browser.open(`/activate?${new URLSearchParams({'device-code': evil}).toString()}`)
    for (const page of [login, consent, code]) {
      assert.match(page.headers.get('content-type') ?? '', /^text\/html/)
      assert.doesNotMatch(page.text, /<script|<b x/)
      assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/)
    }
    assert.match(consent.text, /&lt;script&gt;/)
    const done = await browser.open(formAction(consent), {action: 'authorize'})
    assert.equal(new URL(done.headers.get('location') ?? '').searchParams.get('state'), evil)
  })

  it('offers the first fifty of many accounts, and any other by name', async () => {
    await caller.control('seed', {users: Array.from({length: 80}, (_, index) => ({login: `crowd_${String(index)}`}))})
    const page = await browser.open('/login')
    assert.equal(page.text.match(/name="login" value=/g)?.length, 50)
    assert.match((await browser.logIn(caller.authorizePath(), 'crowd_79')).text, /crowd_79/)
  })

  it('explains itself at /', async () => {
    const page = await browser.open('/')
    assert.equal(page.status, 200)
    assert.match(page.text, new RegExp(`${sandbox.url}/helix`))
  })
})
