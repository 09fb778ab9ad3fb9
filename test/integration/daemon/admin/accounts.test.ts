import assert from 'node:assert/strict'

import {pollDeviceFlows} from '../../../../src/broker/device-flow.js'
import {issueApiToken} from '../../../../src/broker/issue-api-token.js'
import {sessionStarter} from '../../../../src/model/flow.js'
import {approveDevice, findPendingDevice} from '../../../../src/sandbox/oauth/device-routes.js'
import {
  signInByLink,
  startAdmin,
  type AdminBrowser,
  type AdminPage,
  type AdminScene,
} from '../../../support/admin-scene.js'
import {makeTwitch} from '../../../support/make-twitch.js'
import {findAll, textOf} from '../../../support/parse-html.js'
import {makeSandboxScene, type SandboxScene} from '../../../support/sandbox-scene.js'

describe('the accounts of the admin page', () => {
  let scene: SandboxScene
  let admin: AdminScene

  before(async () => {
    scene = await makeSandboxScene()
    admin = await startAdmin(scene.deps)
    const callbackUrl = `${admin.origin}/callback`
    scene.sandbox.confidentialClient.redirectUris.push(callbackUrl)
    await scene.store.providers.put({...scene.provider, callbackUrl})
    await scene.store.providers.put({...makeTwitch(scene.sandbox.url, scene.sandbox.publicClient), name: 'open'})
    await admin.signIn()
  })

  after(async () => {
    await admin.stop()
    await scene.dispose()
  })

  /** Somebody who is signed in at the service as `login` allows it there. @returns the address of the callback. */
  async function allow(browser: AdminBrowser, page: AdminPage, login: string): Promise<string> {
    scene.sandbox.state.settings.auto = {kind: 'approve', login}
    const left = await browser.send('GET', hrefOf(page, 'Continue to Twitch'))
    assert.equal(left.status, 303)
    const response = await fetch(left.headers.get('location') ?? '', {redirect: 'manual'})
    return response.headers.get('location') ?? assert.fail(await response.text())
  }

  async function logIn(login: string, fields: Record<string, string | string[]> = {}): Promise<AdminPage> {
    const form = await admin.open('/admin/accounts/add?role=bot&provider=twitch')
    const page = await admin.submit(form, fields, {action: '/admin/accounts/add', button: 'Begin the login at twitch'})
    assert.equal(page.status, 200, page.text)
    const back = await admin.open(pathOf(await allow(admin.browser, page, login)))
    return admin.open(pathOf(hrefOf(back, 'Back to behalf')))
  }

  it('a bot is added: scopes are chosen, the person allows it, and the page says how it ended', async () => {
    const done = await logIn('techydrroid', {expect: 'TechyDrroid', scope: ['clips:edit', 'chat:read']})
    assert.match(done.text, /Logged in.*(?:was added|fresh tokens)/s)
    const {credential} = await scene.account('twitch:2002')
    assert.ok(['clips:edit', 'chat:read', 'user:bot'].every((scope) => credential.scopes.includes(scope)))
    const list = await admin.open('/admin/accounts')
    assert.match(list.text, /Bot at twitch: techydrroid/)
    assert.match(list.text, /In order/)
  })

  it('the scopes that bots are asked for anyway are ticked and cannot be unticked', async () => {
    const {document} = await admin.open('/admin/accounts/add?role=bot&provider=twitch')
    const boxes = findAll(document, ({attributes}) => attributes.name === 'scope')
    const ticked = boxes.filter(({attributes}) => attributes.checked !== undefined)
    const fixed = ticked.filter(({attributes}) => attributes.disabled !== undefined)
    assert.deepEqual(fixed.map(({attributes}) => attributes.value).sort(), [
      'user:bot',
      'user:read:chat',
      'user:write:chat',
    ])
    assert.deepEqual(
      ticked
        .filter((box) => !fixed.includes(box))
        .map(({attributes}) => attributes.value)
        .sort(),
      ['chat:edit', 'chat:read'],
    )
  })

  it('who is not expected is refused, nothing is stored, and the page says what to do', async () => {
    const page = await logIn('otherbot', {expect: 'techydrroid'})
    assert.match(page.text, /otherbot authorized, but techydrroid was expected/)
    assert.match(page.text, /private window/)
    assert.equal(await scene.store.accounts.get('twitch:2003'), undefined)
  })

  it('a login ends in the browser in which it was begun', async () => {
    const form = await admin.open('/admin/accounts/add?role=bot&provider=twitch')
    const page = await admin.submit(form, {}, {button: 'Begin the login at twitch'})
    const callback = pathOf(await allow(admin.browser, page, 'techydrroid'))
    const other = await admin.newBrowser().open(callback)
    assert.equal(other.status, 403)
    assert.match(other.text, /Not in this browser/)
    assert.match((await admin.open(callback)).text, /behalf may now act as/)
  })

  it('another browser goes on by the address that is shown, and then the first one no more', async () => {
    const form = await admin.open('/admin/accounts/add?role=bot&provider=twitch')
    const page = await admin.submit(form, {}, {button: 'Begin the login at twitch'})
    const address = /http\S+\/flows\/[\w-]+\/start/.exec(page.text)?.[0] ?? assert.fail(page.text)
    const other = admin.newBrowser()
    const start = await other.open(pathOf(address))
    assert.match(start.text, /Log the bot in at Twitch/)
    scene.sandbox.state.settings.auto = {kind: 'approve', login: 'techydrroid'}
    const left = await other.send(
      'POST',
      pathOf(address),
      {Origin: admin.origin, 'Sec-Fetch-Site': 'same-origin'},
      new URLSearchParams(),
    )
    const response = await fetch(left.headers.get('location') ?? '', {redirect: 'manual'})
    const callback = pathOf(response.headers.get('location') ?? '')
    assert.equal((await admin.open(callback)).status, 403)
    assert.equal((await other.open(callback)).status, 200)
    assert.match((await admin.open(page.url)).text, /Logged in/)
  })

  it('a login ends with the session that began it', async () => {
    const browser = admin.newBrowser()
    await signInByLink(scene.deps, browser)
    const form = await browser.open('/admin/accounts/add?role=bot&provider=twitch')
    const page = await browser.submit(form, {}, {button: 'Begin the login at twitch'})
    const callback = pathOf(await allow(browser, page, 'techydrroid'))
    await browser.submit(page, {}, {button: 'Sign out'})
    const end = await browser.open(callback)
    assert.equal(end.status, 400)
    assert.match(end.text, /may not do so any more/)
  })

  it('a login that another session began is not there', async () => {
    const form = await admin.open('/admin/accounts/add?role=bot&provider=twitch')
    const page = await admin.submit(form, {}, {button: 'Begin the login at twitch'})
    const browser = admin.newBrowser()
    await signInByLink(scene.deps, browser)
    assert.equal((await browser.open(page.url)).status, 404)
    assert.equal((await browser.open(page.url.replace('?', '/go?'))).status, 404)
  })

  it('a client without a secret gets a code to enter, and the page loads itself until somebody has', async () => {
    const form = await admin.open('/admin/accounts/add?role=bot&provider=open')
    const page = await admin.submit(form, {}, {button: 'Begin the login at open'})
    assert.match(page.html, /http-equiv="refresh"/)
    const [flow] = (await scene.store.flows.list()).filter(({device, outcome}) => device && !outcome)
    assert.ok(flow?.device && flow.startedBy?.startsWith(sessionStarter('')))
    assert.ok(page.text.includes(flow.device.userCode))
    const device = findPendingDevice(scene.sandbox.state, flow.device.userCode)
    const user = scene.sandbox.state.findUserByLogin('techydrroid')
    assert.ok(device && user)
    approveDevice(scene.sandbox.state, device, user)
    scene.clock.advance(flow.device.intervalMs + 1000)
    await pollDeviceFlows(scene.deps)
    assert.match((await admin.open(page.url)).text, /Logged in/)
  })

  it('an account that needs a login gets one from its page, and nobody else may come back', async () => {
    await scene.logIn('techydrroid')
    await scene.store.accounts.update('twitch:2002', (one) => ({
      ...one,
      state: {kind: 'login-needed', reason: 'rejected', since: scene.clock.now(), detail: 'Invalid <refresh> token'},
    }))
    const page = await admin.open('/admin/accounts/account?key=twitch%3A2002')
    assert.match(page.text, /This account needs a login.*The service refused to refresh it.*Invalid <refresh> token/s)
    assert.match((await admin.open('/admin/accounts?state=login-needed')).text, /techydrroid/)
    const waiting = await admin.submit(page, {}, {button: 'Log in again'})
    assert.match(waiting.text, /Must be\s*id:2002/)
    await admin.open(pathOf(await allow(admin.browser, waiting, 'techydrroid')))
    assert.equal((await scene.account('twitch:2002')).state.kind, 'ok')
    assert.doesNotMatch((await admin.open('/admin/accounts?state=login-needed')).text, /techydrroid/)
  })

  it('a chat user is logged in by an address for that person', async () => {
    await scene.addAccount(scene.provider, {userId: '3003', role: 'user', subject: 'slack:U02/AB', login: 'viewer'})
    const page = await admin.open(
      `/admin/accounts/account?${String(new URLSearchParams({key: 'twitch@slack:U02/AB'}))}`,
    )
    const waiting = await admin.submit(page, {}, {button: 'Log in again'})
    assert.match(waiting.text, /Send this address to slack:U02\/AB/)
    assert.doesNotMatch(waiting.text, /Continue to Twitch/)
  })

  it('an account is refreshed now', async () => {
    await scene.logIn('techydrroid')
    const before = await scene.account('twitch:2002')
    const count = scene.refreshes().length
    const page = await admin.submit(
      await admin.open('/admin/accounts/account?key=twitch%3A2002'),
      {},
      {button: 'Refresh now'},
    )
    assert.match(page.text, /has fresh tokens/)
    assert.equal(scene.refreshes().length, count + 1)
    assert.ok(!(await scene.account('twitch:2002')).credential.accessToken.equals(before.credential.accessToken))
  })

  it('removing asks first, says which API tokens name it, revokes, and is done once', async () => {
    await scene.logIn('techydrroid')
    await issueApiToken(scene.deps, {
      name: 'the <overlay>',
      scopes: ['helix:read'],
      as: ['twitch/techydrroid'],
      asAny: false,
    })
    const question = await admin.open('/admin/accounts/remove?key=twitch%3A2002')
    assert.match(question.text, /Remove .*\?.*the <overlay>/s)
    assert.ok(question.html.includes('the &lt;overlay&gt;'))
    const list = await admin.submit(question)
    assert.match(list.text, /twitch\/techydrroid is removed. Its tokens are revoked./)
    assert.equal(await scene.store.accounts.get('twitch:2002'), undefined)
    const again = await admin.submit(question)
    assert.equal(again.status, 404)
  })

  it('where the service cannot be reached nothing is removed, until the grant is to be kept', async () => {
    await scene.logIn('techydrroid')
    scene.fail('/oauth2/revoke', {kind: 'status', status: 503, count: 10})
    const question = await admin.open('/admin/accounts/remove?key=twitch%3A2002')
    const refused = await admin.submit(question)
    assert.equal(refused.status, 503)
    assert.match(refused.text, /Nothing was removed.*keep the grant/s)
    assert.ok(await scene.store.accounts.get('twitch:2002'))
    assert.match((await admin.submit(refused, {keep_grant: 'yes'})).text, /is removed. Its access was not taken away/)
    assert.equal(await scene.store.accounts.get('twitch:2002'), undefined)
  })

  it('who signed in with an API token sees, refreshes, logs in and removes what that may act as alone', async () => {
    await scene.logIn('techydrroid')
    await scene.addAccount(scene.provider, {userId: '4004', login: 'another_bot'})
    const token = await admin.issue(['admin'], {as: ['twitch/techydrroid'], asAny: false})
    const browser = admin.newBrowser()
    await browser.submit(await browser.open('/admin/sign-in'), {token})
    const list = await browser.open('/admin/accounts')
    assert.match(list.text, /techydrroid/)
    assert.doesNotMatch(list.text, /another_bot/)
    for (const page of ['account', 'remove']) {
      assert.equal((await browser.open(`/admin/accounts/${page}?key=twitch%3A4004`)).status, 403, page)
    }
    const own = await browser.open('/admin/accounts/account?key=twitch%3A2002')
    for (const [action, button] of [
      ['refresh', 'Refresh now'],
      ['log-in', 'Log in again'],
    ] as const) {
      const refused = await browser.submit(own, {key: 'twitch:4004'}, {button})
      assert.equal(refused.status, 403, action)
    }
    const removal = await browser.submit(await browser.open('/admin/accounts/remove?key=twitch%3A2002'), {
      key: 'twitch:4004',
    })
    assert.equal(removal.status, 403)
    assert.ok(await scene.store.accounts.get('twitch:4004'))
    await scene.store.accounts.lock('twitch:4004', {waitMs: 100}).then(async (lock) => {
      await lock.remove()
      await lock.release()
    })
  })

  it('an API token that may act as nobody is told so, and not that nobody is there', async () => {
    await scene.logIn('techydrroid')
    const token = await admin.issue(['admin'], {as: [], asAny: false})
    const browser = admin.newBrowser()
    await browser.submit(await browser.open('/admin/sign-in'), {token})
    const {text} = await browser.open('/admin/accounts')
    assert.match(text, /This API token may act as no account/)
    assert.doesNotMatch(text, /Nobody is logged in yet/)
  })

  it('what people chose as their names is a text, and turns nothing around', async () => {
    await scene.addAccount(scene.provider, {
      userId: '5005',
      login: 'hostile',
      displayName: `<script>alert(1)</script>\u202E${'x'.repeat(300)}`,
      lastFailure: {at: scene.clock.now(), count: 1, summary: '<img src=x onerror=alert(1)>', scheduleNotBefore: 0},
    })
    for (const path of ['', '/account?key=twitch%3A5005', '/remove?key=twitch%3A5005']) {
      const {html, status} = await admin.open(`/admin/accounts${path}`)
      assert.equal(status, 200)
      assert.doesNotMatch(html, /<script>alert|<img|\u202E|x{200}/, path)
    }
  })

  it('a form with something missing or foreign in it is refused, and says what', async () => {
    const form = await admin.open('/admin/accounts/add?role=bot&provider=twitch')
    const send = (fields: Record<string, string | string[]>) =>
      admin.submit(form, fields, {button: 'Begin the login at twitch'})
    const unknown = await send({more_scopes: 'chat:reed', expect: 'techydrroid'})
    assert.equal(unknown.status, 422)
    assert.match(unknown.text, /no scope “chat:reed”. Did you mean chat:read/)
    assert.match(unknown.html, /value="techydrroid"/)
    assert.equal((await send({role: 'user'})).status, 422)
    assert.equal((await send({provider: 'nowhere'})).status, 422)
    assert.equal((await send({expect: 'x'.repeat(300)})).status, 422)
    for (const page of ['account', 'remove', 'login']) {
      assert.equal((await admin.open(`/admin/accounts/${page}`)).status, 404, page)
    }
  })

  it('where logins come back to another place it says what to register', async () => {
    const {callbackUrl: _none, ...provider} = scene.provider
    await scene.store.providers.put({...provider, name: 'elsewhere'})
    const page = await admin.open('/admin/accounts/add?role=owner&provider=elsewhere')
    assert.match(page.text, /Logins may not come back here/)
    assert.ok(page.text.includes(`http://localhost:${String(admin.port)}/callback`))
    await scene.store.providers.remove('elsewhere')
  })
})

const pathOf = (url: string): string => {
  const {pathname, search} = new URL(url, 'http://made-up.test')
  return `${pathname}${search}`
}

/** Where a link of a page leads, by what it says. */
function hrefOf({document}: AdminPage, label: string): string {
  const links = findAll(document, ({name}) => name === 'a')
  const link = links.find((one) => textOf(one) === label)
  return link?.attributes.href ?? assert.fail(`no link ${label}`)
}
