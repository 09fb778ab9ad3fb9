import assert from 'node:assert/strict'

import {FlowBrowser} from '../../../support/flow-browser.js'
import {makeFlowScene, type FlowScene} from '../../../support/flow-scene.js'

const SUBJECT = 'slack:U02AB'

describe('the pages of a flow', () => {
  let scene: FlowScene
  let browser: FlowBrowser

  beforeEach(async () => {
    scene = await makeFlowScene()
    browser = new FlowBrowser()
  })
  afterEach(() => scene.dispose())

  it('connect a chat user once they have pressed both buttons, and not before', async () => {
    const flow = await scene.start({subject: SUBJECT})
    assert.equal(flow.authorization_url, `${scene.api.origin}/flows/${flow.flow_id}/start`)

    const start = await browser.open(flow.authorization_url)
    assert.equal(start.status, 200)
    assert.deepEqual([start.headers.getSetCookie(), (await scene.read(flow.flow_id)).waits_for], [[], 'callback'])
    for (const named of [SUBJECT, 'made up', 'Twitch']) assert.ok(start.html.includes(named), named)

    const page = await scene.connect(browser, flow.authorization_url, 'techydrroid')
    assert.deepEqual([page.status, page.title], [200, `Connect techydrroid to ${SUBJECT}?`])
    assert.deepEqual(await scene.keys(), [])
    assert.deepEqual((await scene.read(flow.flow_id)).waits_for, 'confirmation')

    const done = await browser.submit(page, 'connect')
    assert.deepEqual([done.status, done.title], [200, 'You can close this window'])
    assert.deepEqual(await scene.keys(), [`twitch@${SUBJECT}`])
    const {state, account, created} = await scene.read(flow.flow_id)
    assert.deepEqual([state, (account as {login: string}).login, created], ['done', 'techydrroid', true])
  })

  it('keep nothing and revoke when the person does not connect', async () => {
    const flow = await scene.start({subject: SUBJECT})
    const page = await scene.connect(browser, flow.authorization_url, 'techydrroid')
    const declined = await browser.submit(page, 'decline')
    assert.deepEqual([declined.status, declined.title], [200, 'Not connected'])
    assert.deepEqual([await scene.keys(), (await scene.read(flow.flow_id)).state], [[], 'failed'])
    assert.equal(scene.calls('/oauth2/revoke').length, 1)
    assert.equal((await browser.submit(page, 'connect')).status, 400)
    assert.deepEqual(await scene.keys(), [])
  })

  it('show a code to send back in the chat', async () => {
    const flow = await scene.start({subject: SUBJECT, confirm: 'code'})
    const page = await scene.connect(browser, flow.authorization_url, 'techydrroid')
    const code = /<output>(.*?)<\/output>/.exec(page.html)?.[1] ?? ''
    assert.match(code, /^[A-Z0-9]{4}-[A-Z0-9]{4}$/)
    assert.equal(page.html.includes('<form'), false)
    assert.deepEqual([await scene.keys(), (await scene.read(flow.flow_id)).waits_for], [[], 'code'])

    const send = (text: string) =>
      scene.api.call('POST', `/api/v1/flows/${flow.flow_id}/code`, {token: scene.token, body: {code: text}})
    assert.equal((await send('AAAA-AAAA')).status, 400)
    const {status, json} = await send(` ${code.toLowerCase()}`)
    assert.deepEqual([status, (json as {state: string}).state], [200, 'done'])
    assert.deepEqual(await scene.keys(), [`twitch@${SUBJECT}`])
  })

  it('end a flow whose code was wrong five times, and revoke', async () => {
    const flow = await scene.start({subject: SUBJECT, confirm: 'code'})
    await scene.connect(browser, flow.authorization_url, 'techydrroid')
    const send = () =>
      scene.api.call('POST', `/api/v1/flows/${flow.flow_id}/code`, {token: scene.token, body: {code: 'AAAA-AAAA'}})
    const statuses = [await send(), await send(), await send(), await send(), await send(), await send()]
    assert.deepEqual(
      statuses.map(({status}) => status),
      [400, 400, 400, 400, 409, 409],
    )
    assert.deepEqual([await scene.keys(), (await scene.read(flow.flow_id)).state], [[], 'failed'])
    assert.equal(scene.calls('/oauth2/revoke').length, 1)
  })

  it('are not needed where the provider’s user id is expected: rule 8 decides', async () => {
    const expected = await scene.start({subject: SUBJECT, expect: '2002'})
    assert.ok(expected.authorization_url.startsWith(`${scene.sandbox.url}/oauth2/authorize`))
    const back = await scene.authorize(expected.authorization_url, 'techydrroid')
    assert.equal((await browser.open(back)).status, 200)
    assert.deepEqual(await scene.keys(), [`twitch@${SUBJECT}`])

    const other = await scene.start({subject: 'slack:U03', expect: '2002'})
    const refused = await browser.open(await scene.authorize(other.authorization_url, 'viewer_vera'))
    assert.deepEqual([refused.status, refused.title], [403, 'This is someone else'])
    assert.deepEqual(await scene.keys(), [`twitch@${SUBJECT}`])
    assert.equal(scene.calls('/oauth2/revoke').length, 1)
  })

  it('save the bot, with its id and both tokens, for a flow with the role of one', async () => {
    const admin = await scene.api.issue(['admin'], {as: [], asAny: false})
    for (const created of [true, false]) {
      const flow = await scene.start({role: 'bot'}, admin)
      const page = await browser.open(await scene.authorize(flow.authorization_url, 'techydrroid'))
      assert.equal(page.status, 200)
      assert.deepEqual((await scene.read(flow.flow_id, admin)).created, created)
    }
    const bot = await scene.account('twitch:2002')
    const {login, userId, role, credential} = bot
    assert.deepEqual([login, userId, role], ['techydrroid', '2002', 'bot'])
    assert.ok(credential.refreshToken)
  })

  it('let parallel flows of one person end each for itself, in one browser', async () => {
    const flows = [await scene.start({subject: SUBJECT}), await scene.start({subject: SUBJECT})]
    const backs: string[] = []
    for (const {authorization_url: url} of flows) backs.push(await scene.visit(browser, url, 'techydrroid'))
    const pages = [await browser.open(backs[1] ?? ''), await browser.open(backs[0] ?? '')]
    for (const page of pages) assert.equal((await browser.submit(page, 'connect')).status, 200)
    for (const {flow_id: id} of flows) assert.equal((await scene.read(id)).state, 'done')
  })

  it('answer a program in JSON: with a POST, and where it asks for it', async () => {
    const flow = await scene.start({subject: SUBJECT})
    const back = new URL(await scene.visit(browser, flow.authorization_url, 'techydrroid'))
    const posted = await browser.open(`${scene.api.origin}/api/v1/oauth/callback`, {
      form: Object.fromEntries(back.searchParams),
    })
    const asked = JSON.parse(posted.html) as Record<string, string>
    assert.deepEqual([posted.status, asked.waits_for, asked.login], [200, 'confirmation', 'techydrroid'])
    const confirmed = await browser.open(asked.confirm_url ?? '', {
      form: {proof: asked.proof ?? '', decision: 'connect'},
      headers: {accept: 'application/json'},
    })
    assert.equal((JSON.parse(confirmed.html) as {state: string}).state, 'done')
    assert.deepEqual(await scene.keys(), [`twitch@${SUBJECT}`])

    const refused = await browser.open(`${scene.callbackUrl}?code=x&state=y`, {headers: {accept: 'application/json'}})
    assert.deepEqual(JSON.parse(refused.html), {
      code: '400',
      message: 'This callback does not belong to the login that waits for one.',
      error: 'true',
      hint: 'It may be old, used already, or not yours. Start the login again.',
    })
  })
})
