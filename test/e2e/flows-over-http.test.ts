import assert from 'node:assert/strict'

import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import {authorizeAs} from '../support/command-home.js'
import {watch} from '../support/e2e-run.js'
import {FlowBrowser} from '../support/flow-browser.js'
import {findFreePort} from '../support/free-port.js'
import type {ProgramHome} from '../support/program-home.js'
import {issueToken, startServing} from '../support/serving.js'
import {stockHome} from '../support/stocked-home.js'
import {startWatchedSandbox} from '../support/watched-sandbox.js'

const BOT = 'techydrroid'

/** All that is seen of it is searched for the secrets when every end-to-end test has run. */
describe('flows of a real daemon', function () {
  this.timeout(120_000)
  let sandbox: Sandbox
  let home: ProgramHome
  let url: string

  before(async () => {
    sandbox = await startWatchedSandbox()
    const port = await findFreePort()
    const callbackUrl = `http://localhost:${String(port)}/api/v1/oauth/callback`
    sandbox.confidentialClient.redirectUris.push(callbackUrl)
    home = await stockHome(sandbox, [{login: 'streamer_sam', role: 'owner'}], {callbackUrl})
    const options = ['--public-login', 'twitch', '--login-tokens', '--log-level', 'debug']
    await startServing(home, ['--listen', `127.0.0.1:${String(port)}`, ...options])
    url = `http://localhost:${String(port)}`
  })
  after(async () => {
    await home.remove()
    await sandbox.stop()
  })

  async function call(method: string, path: string, init: {token?: string; of?: string; body?: object} = {}) {
    const {token, of, body} = init
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(token !== undefined && {authorization: `Bearer ${token}`}),
        ...(of !== undefined && {'x-behalf-of': of}),
        ...(body && {'content-type': 'application/json'}),
      },
      ...(body && {body: JSON.stringify(body)}),
    })
    const text = await response.text()
    return {status: response.status, text, json: JSON.parse(text) as Record<string, unknown>}
  }

  /** A person opens the link, presses the button, authorizes, and comes back. Every page is shown to the watch. */
  async function connect(browser: FlowBrowser, address: unknown) {
    assert.equal(typeof address, 'string')
    const start = await browser.open(String(address))
    watch.see('the start page', start.html)
    const left = await browser.submit(start)
    assert.equal(left.status, 303, left.html)
    const page = await browser.open(await authorizeAs(BOT, left.headers.get('location') ?? ''))
    watch.see('the page that came of the callback', page.html)
    return page
  }

  it('connect a chat user, as whom the program calls from then on', async () => {
    const token = await issueToken(home, ['--scope', 'flow:start', '--scope', 'helix', '--as', 'subject:slack:*'])
    const begun = await call('POST', '/api/v1/oauth/login', {token, body: {provider: 'twitch', subject: 'slack:U1'}})
    assert.equal(begun.status, 200, begun.text)
    watch.see('the answer to a login', begun.text)
    const browser = new FlowBrowser()
    const question = await connect(browser, begun.json.authorization_url)
    assert.match(question.html, /slack:U1/)
    const done = await browser.submit(question, 'connect')
    watch.see('the last page', done.html)
    assert.equal(done.status, 200, done.html)

    const flow = await call('GET', `/api/v1/flows/${String(begun.json.flow_id)}`, {token})
    watch.see('what the starter is told', flow.text)
    assert.equal(flow.json.state, 'done', flow.text)
    const users = await call('GET', '/api/twitch/helix/users', {token, of: 'subject:slack:U1'})
    watch.see('the answer of Helix', users.text)
    assert.match(users.text, /techydrroid/)
  })

  it('log a visitor in, whose API token acts as that visitor alone', async () => {
    const token = await issueToken(home, ['--scope', 'flow:start', '--as', 'subject:slack:*'])
    const begun = await call('POST', '/api/v1/oauth/login', {token, body: {provider: 'twitch'}})
    assert.equal(begun.status, 200, begun.text)
    assert.equal((await connect(new FlowBrowser(), begun.json.authorization_url)).status, 200)
    const flow = await call('GET', `/api/v1/flows/${String(begun.json.flow_id)}`, {token})
    const own = String(flow.json.token)
    assert.match(own, /^bhf_/, 'once, and to who began it')
    watch.keep('API token of a visitor', own)
    const again = await call('GET', `/api/v1/flows/${String(begun.json.flow_id)}`, {token})
    watch.see('what the starter is told the second time', again.text)
    assert.equal((await call('GET', '/api/twitch/helix/users', {token: own})).status, 200)
    assert.equal((await call('GET', '/api/twitch/helix/users', {token: own, of: 'streamer_sam'})).status, 403)
  })

  it('leave nothing behind in which a secret could be read', async () => {
    const listed = await home.run(['flow', 'list', '--json'])
    assert.equal(listed.exitCode, 0, listed.stderr)
    assert.equal((await home.run(['flow', 'collect', '--force'])).exitCode, 0)
    await home.showFiles()
  })
})
