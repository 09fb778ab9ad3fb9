import assert from 'node:assert/strict'
import {mock} from 'node:test'

import {approveDevice, findPendingDevice} from '../../../src/sandbox/oauth/device-routes.js'
import {makeLibraryScene, type LibraryScene} from '../../support/library-scene.js'
import {makeTwitch} from '../../support/make-twitch.js'
import {until} from '../../support/until.js'

const SAM = 'slack:U01SAM'
const CALLBACK = 'https://bot.example.test/oauth/callback'

describe('flows of a program', () => {
  let scene: LibraryScene

  beforeEach(async () => {
    scene = await makeLibraryScene({callbackUrl: CALLBACK, appName: 'Made-up Bot'})
    scene.sandbox.confidentialClient.redirectUris.push(CALLBACK)
    scene.sandbox.state.settings.auto = {kind: 'approve', login: 'streamer_sam'}
  })
  afterEach(() => scene.dispose())

  const userIdOf = (login: string): string => scene.sandbox.state.findUserByLogin(login)?.id ?? ''

  /** What the service sends the browser back to. */
  async function authorize(url: string): Promise<string> {
    const response = await fetch(url, {redirect: 'manual'})
    return response.headers.get('location') ?? ''
  }

  /** A request as a proxy or an adapter hands it on: by another host. */
  const ask = (path: string, init?: RequestInit): Promise<Response> =>
    scene.behalf.handleRedirect(new Request(new URL(path, 'http://inside.test:8080'), init))

  /** Presses a button of a page of ours. */
  async function press(page: Response, name: string, cookie?: string): Promise<Response> {
    const html = await page.text()
    const action = /<form method="post" action="([^"]+)"/.exec(html)?.[1] ?? assert.fail(html)
    const fields = [...html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)]
    const [, attributes] = new RegExp(`<button([^>]*)>${name}`).exec(html) ?? assert.fail(html)
    const [, field, value = ''] = /name="(\w+)" value="(\w+)"/.exec(attributes ?? '') ?? []
    const body = new URLSearchParams(fields.map(([, hidden = '', content = '']): [string, string] => [hidden, content]))
    if (field !== undefined) body.set(field, value)
    return ask(action, {
      method: 'POST',
      body,
      headers: {Origin: new URL(CALLBACK).origin, ...(cookie !== undefined && {Cookie: cookie})},
    })
  }

  it('begin at a page below the folder of the callback, and are kept when the person says so', async () => {
    const {authorizationUrl, expiresAt} = await scene.behalf.startFlow({provider: 'twitch', subject: SAM})
    assert.match(authorizationUrl, /^https:\/\/bot\.example\.test\/oauth\/flows\/[\w-]+\/start$/)
    assert.equal(expiresAt, scene.clock.now() + 600_000)
    const start = await ask(new URL(authorizationUrl).pathname)
    assert.equal(start.status, 200)
    assert.match(await start.clone().text(), /Made-up Bot/)
    const away = await press(start, 'Continue')
    const [cookie = ''] = away.headers.getSetCookie().map((text) => text.split(';', 1)[0] ?? '')
    const back = new URL(await authorize(away.headers.get('location') ?? ''))
    assert.equal(`${back.origin}${back.pathname}`, CALLBACK)

    const elsewhere = await ask(`${back.pathname}${back.search}`)
    assert.equal(elsewhere.status, 403, 'not in another browser')
    const question = await ask(`${back.pathname}${back.search}`, {headers: {Cookie: cookie}})
    assert.equal(await scene.behalf.getUserContext({subject: SAM}), undefined)
    assert.equal((await press(question, 'Connect', cookie)).status, 200)
    const context = await scene.behalf.getUserContext({subject: SAM})
    assert.equal(context?.userId, userIdOf('streamer_sam'))
    await until('the person is told', () => scene.notices.length > 0)
    assert.deepEqual(scene.notices, [
      {subject: SAM, text: 'You have authenticated: behalf may now act as streamer_sam at twitch.'},
    ])
  })

  it('take no host out of a path: another site’s form counts as its own nowhere', async () => {
    const {authorizationUrl} = await scene.behalf.startFlow({provider: 'twitch', subject: SAM})
    const {pathname} = new URL(authorizationUrl)
    const headers = {Origin: 'https://evil.example'}
    const request = new Request(`http://inside.test//evil.example${pathname}`, {method: 'POST', headers})
    const answer = await scene.behalf.handleRedirect(request)
    assert.deepEqual([answer.status, answer.headers.getSetCookie()], [404, []])
    assert.equal((await ask(pathname, {method: 'POST', headers})).status, 403)
  })

  it('need no page where the person is known, and refuse anybody else', async () => {
    const expect = userIdOf('otherbot')
    const {authorizationUrl, flowId} = await scene.behalf.startFlow({provider: 'twitch', subject: SAM, expect})
    assert.ok(authorizationUrl.startsWith(`${scene.sandbox.url}/oauth2/authorize?`))
    const back = new URL(await authorize(authorizationUrl))
    const page = await ask(`${back.pathname}${back.search}`)
    assert.equal(page.status, 403)
    assert.equal(await scene.behalf.getUserContext({subject: SAM}), undefined)
    await until('the person is told', () => scene.notices.length > 0)
    assert.match(scene.notices[0]?.text ?? '', /^Your login at twitch failed\. streamer_sam .*authorized/)
    await assert.rejects(scene.behalf.processRedirect({flowId, code: 'made-up'}), {code: 'login-failed'})
  })

  it('end with what the person brings back to the chat', async () => {
    const expect = userIdOf('streamer_sam')
    const {authorizationUrl, flowId} = await scene.behalf.startFlow({provider: 'twitch', subject: SAM, expect})
    const code = await authorize(authorizationUrl)
    const text = await scene.behalf.processRedirect({flowId, code})
    assert.equal(text, 'You have authenticated: behalf may now act as streamer_sam at twitch.')
    assert.equal((await scene.behalf.getUserContext({subject: SAM}))?.userId, expect)
    await assert.rejects(scene.behalf.processRedirect({flowId, code}), {code: 'login-failed'})
  })

  it('are none of another’s: an unknown id, or what is no code', async () => {
    const {flowId} = await scene.behalf.startFlow({provider: 'twitch', subject: SAM})
    await assert.rejects(scene.behalf.processRedirect({flowId: 'made-up', code: '123'}), {code: 'flow-not-found'})
    await assert.rejects(scene.behalf.processRedirect({flowId, code: ' '}), {code: 'invalid-input'})
    await assert.rejects(scene.behalf.startFlow({provider: 'twitch', subject: 'two words'}), {code: 'invalid-input'})
    await assert.rejects(scene.behalf.startFlow({provider: 'nobody', subject: SAM}), {code: 'provider-not-found'})
  })

  it('are collected when they have expired, with a line each, and by force before', async () => {
    assert.equal(await scene.behalf.flowMaintenanceNeeded({force: true}), false)
    const {flowId} = await scene.behalf.startFlow({provider: 'twitch', subject: SAM})
    assert.equal(await scene.behalf.flowMaintenanceNeeded(), false)
    assert.equal(await scene.behalf.flowMaintenanceNeeded({force: true}), true)
    scene.clock.advance(16 * 60_000)
    assert.equal(await scene.behalf.flowMaintenanceNeeded(), true)
    await scene.behalf.startFlow({provider: 'twitch', subject: SAM})
    const lines: string[] = []
    const output = (line: string) => lines.push(line)
    assert.equal(await scene.behalf.flowMaintenance({output}), 1)
    assert.deepEqual(lines, [`Collected the flow ${flowId} of ${SAM} at twitch, which had failed or expired.`])
    assert.equal(await scene.behalf.flowMaintenance({output}), 0)
    assert.equal(await scene.behalf.flowMaintenance({force: true}), 1)
    assert.equal(await scene.behalf.flowMaintenanceNeeded({force: true}), false)
  })

  it('show a code to enter where the client has no secret, and go on when it was entered', async () => {
    await scene.addProvider(makeTwitch(scene.sandbox.url, scene.sandbox.publicClient))
    const {state} = scene.sandbox
    const expect = userIdOf('streamer_sam')
    mock.timers.enable({apis: ['setTimeout']})
    try {
      const {userCode = '', authorizationUrl} = await scene.behalf.startFlow({provider: 'twitch', subject: SAM, expect})
      assert.ok(authorizationUrl.startsWith(scene.sandbox.url))
      const device = findPendingDevice(state, userCode)
      const user = state.findUserByLogin('streamer_sam')
      assert.ok(device && user)
      approveDevice(state, device, user)
      scene.clock.advance(10_000)
      mock.timers.tick(5000)
    } finally {
      mock.timers.reset()
    }
    await until('the person is told', () => scene.notices.length > 0)
    assert.equal((await scene.behalf.getUserContext({subject: SAM}))?.userId, expect)
  })

  it('leave what is no page of theirs to nobody', async () => {
    for (const path of ['/', '/oauth', '/oauth/flows/x/other', '/callback', '/oauth/../oauth/x']) {
      const page = await ask(path)
      assert.equal(page.status, 404, path)
      assert.equal(page.headers.get('x-content-type-options'), 'nosniff')
    }
  })
})
