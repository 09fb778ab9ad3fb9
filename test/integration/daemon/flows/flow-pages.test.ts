import assert from 'node:assert/strict'

import {readFlowCookie, setFlowCookie} from '../../../../src/daemon/flows/flow-cookie.js'
import {Secret} from '../../../../src/model/secret.js'
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

  for (const body of [{subject: SUBJECT}, {subject: SUBJECT, confirm: 'code'}, {}]) {
    it(`let nobody hand in what a victim was talked into giving away, in a flow of ${JSON.stringify(body)}`, async () => {
      const flow = await scene.start(body)
      const back = await scene.visit(browser, flow.authorization_url, 'techydrroid')
      const page = await new FlowBrowser().open(back)
      assert.equal(page.status, 403)
      assert.match(page.html, /give its address to nobody/)
      for (const code of [back, new URL(back).searchParams.get('code')]) {
        const target = `/api/v1/flows/${flow.flow_id}/code`
        const {status} = await scene.api.call('POST', target, {token: scene.token, body: {code}})
        assert.equal(status, 400)
      }
      assert.deepEqual([await scene.keys(), scene.calls('/oauth2/token').length], [[], 0])
      assert.equal((await scene.read(flow.flow_id)).state, 'pending')
    })
  }

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

  it('send a code to the provider once, and keep an account once, however often a page is sent at the same time', async () => {
    const flow = await scene.start({subject: SUBJECT})
    const back = await scene.visit(browser, flow.authorization_url, 'techydrroid')
    const visits = await Promise.all(Array.from({length: 5}, () => browser.open(back)))
    assert.ok(visits.every(({status}) => status === 200 || status === 400))
    assert.equal(scene.calls('/oauth2/token').length, 1)

    const page = await browser.open(back)
    const pressed = await Promise.all(Array.from({length: 5}, () => browser.submit(page, 'connect')))
    assert.deepEqual(pressed.map(({status}) => status).sort(), [200, 400, 400, 400, 400])
    assert.deepEqual(await scene.keys(), [`twitch@${SUBJECT}`])
  })

  it('take forms of their own origin alone, from browsers that name no site, too', async () => {
    const flow = await scene.start({subject: SUBJECT})
    const start = await browser.open(flow.authorization_url)
    const {origin} = scene.api
    for (const foreign of ['null', 'https://evil.example', 'http://localhost:1', `${origin}.evil.example`, '']) {
      const left = await browser.open(flow.authorization_url, {form: {}, headers: {origin: foreign}})
      assert.deepEqual([left.status, left.headers.getSetCookie()], [403, []], foreign)
    }
    const left = await browser.open(flow.authorization_url, {form: {}, headers: {origin}})
    assert.deepEqual([left.status, left.headers.get('referrer-policy')], [303, 'no-referrer'])

    const question = await browser.open(await scene.authorize(left.headers.get('location') ?? '', 'techydrroid'))
    const confirm = `${origin}/flows/${flow.flow_id}/confirm`
    assert.match((await browser.open(confirm, {form: {}, headers: {origin: 'null'}})).html, /sent by another site/)
    const done = await browser.submit(question, 'connect')
    const policies = [start, question, done].map(({headers}) => headers.get('referrer-policy'))
    assert.deepEqual(policies, ['same-origin', 'same-origin', 'no-referrer'])
  })

  it('want the proof of the page that asked, beside the cookie', async () => {
    const flow = await scene.start({subject: SUBJECT})
    await scene.connect(browser, flow.authorization_url, 'techydrroid')
    const confirm = `${scene.api.origin}/flows/${flow.flow_id}/confirm`
    const proofless = [{decision: 'connect'}, {decision: 'connect', proof: 'x'}, {decision: 'decline', proof: ''}]
    for (const form of proofless) assert.equal((await browser.open(confirm, {form})).status, 403)
    assert.deepEqual([await scene.keys(), (await scene.read(flow.flow_id)).waits_for], [[], 'confirmation'])
  })

  it('let a button be pressed twenty times, and who pressed it last go on', async () => {
    const flow = await scene.start({subject: SUBJECT})
    const start = await browser.open(flow.authorization_url)
    for (let presses = 1; presses < 20; presses += 1) assert.equal((await browser.submit(start)).status, 303)
    const back = await scene.visit(browser, flow.authorization_url, 'techydrroid')
    const more = await Promise.all([new FlowBrowser().submit(start), new FlowBrowser().submit(start)])
    for (const {status, headers} of more) assert.deepEqual([status, headers.getSetCookie()], [400, []])
    assert.equal((await browser.open(back)).title, `Connect techydrroid to ${SUBJECT}?`)
  })

  it('take no callback, not as a form either, at the address of another provider', async () => {
    const own = `${scene.api.origin}/api/v1/oauth/callback`
    await scene.store.providers.put({...scene.provider, callbackUrl: own})
    scene.sandbox.confidentialClient.redirectUris.push(own)
    const flow = await scene.start({subject: SUBJECT, expect: '2002'})
    const {searchParams} = new URL(await scene.authorize(flow.authorization_url, 'techydrroid'))
    for (const path of ['/callback', '/redirect']) {
      const url = `${scene.api.origin}${path}`
      assert.equal((await browser.open(`${url}?${searchParams.toString()}`)).status, 400)
      assert.equal((await browser.open(url, {form: Object.fromEntries(searchParams)})).status, 400)
    }
    assert.deepEqual([await scene.keys(), scene.calls('/oauth2/token')], [[], []])
    assert.equal((await browser.open(own, {form: Object.fromEntries(searchParams)})).status, 200)
    assert.deepEqual(await scene.keys(), [`twitch@${SUBJECT}`])
  })

  it('show again what they asked, and how it ended, when they are loaded again', async () => {
    const flow = await scene.start({subject: SUBJECT})
    const confirm = `${scene.api.origin}/flows/${flow.flow_id}/confirm`
    const back = await scene.visit(browser, flow.authorization_url, 'techydrroid')
    assert.equal((await browser.open(confirm)).status, 400)
    const title = `Connect techydrroid to ${SUBJECT}?`
    for (const url of [back, back, confirm]) assert.equal((await browser.open(url)).title, title)
    await browser.submit(await browser.open(confirm), 'connect')
    assert.equal((await browser.open(confirm)).title, 'You can close this window')
    assert.equal((await new FlowBrowser().open(confirm)).status, 403)
    assert.equal((await browser.open(flow.authorization_url)).status, 400)
  })

  it('are found nowhere else', async () => {
    const {flow_id: id} = await scene.start({subject: SUBJECT, expect: '2002'})
    for (const path of [
      `/flows/${id}/start`,
      '/flows/nothing/start',
      '/flows/nothing/confirm',
      '/flows//start',
      '/flows/x',
    ]) {
      assert.equal((await browser.open(`${scene.api.origin}${path}`)).status, 404, path)
    }
  })

  it('set a cookie for this host alone, out of reach of scripts', async () => {
    const flow = await scene.start({subject: SUBJECT})
    const left = await browser.submit(await browser.open(flow.authorization_url))
    const [cookie = '', ...others] = left.headers.getSetCookie()
    assert.match(
      cookie,
      new RegExp(`^behalf-flow-${flow.flow_id}=[\\w-]{32}; Path=/; Max-Age=600; HttpOnly; SameSite=Lax$`),
    )
    assert.deepEqual(others, [])
    const tls = {id: 'a', redirectUri: 'https://behalf.example/callback'}
    assert.match(setFlowCookie(tls, new Secret('x')), /^__Host-behalf-flow-a=x; Path=\/; .*; SameSite=Lax; Secure$/)
    const read = (header: string) => readFlowCookie(tls, header)?.reveal()
    assert.equal(read('behalf-flow-a=x'), undefined)
    assert.equal(read('other=1; __Host-behalf-flow-a=x'), 'x')
    assert.equal(read('__Host-behalf-flow-a=x; __Host-behalf-flow-a=y'), undefined)
  })

  it('answer a program in JSON: with a POST, and where it asks for it', async () => {
    const flow = await scene.start({subject: SUBJECT})
    const back = new URL(await scene.visit(browser, flow.authorization_url, 'techydrroid'))
    const posted = await browser.open(scene.callbackUrl, {form: Object.fromEntries(back.searchParams)})
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
