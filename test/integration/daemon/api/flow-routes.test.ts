import assert from 'node:assert/strict'

import {Secret} from '../../../../src/model/secret.js'
import {FlowBrowser} from '../../../support/flow-browser.js'
import {makeFlowScene, type FlowScene} from '../../../support/flow-scene.js'
import {makeProvider} from '../../../support/make-provider.js'

const SUBJECT = 'slack:U02AB'

describe('POST /api/v1/oauth/login', () => {
  let scene: FlowScene
  before(async () => {
    scene = await makeFlowScene({returnOrigins: ['https://panel.example']})
    await scene.store.providers.put(makeProvider({name: 'keys', credentialKinds: ['api-key']}))
  })
  after(() => scene.dispose())

  const start = async (body: unknown, token?: string) => {
    const answer = await scene.api.call('POST', '/api/v1/oauth/login', {
      ...(token !== undefined && {token}),
      headers: {'content-type': 'application/json'},
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    return {status: answer.status, ...(answer.json as {message?: string; code?: string})}
  }
  const bot = {provider: 'twitch', role: 'bot'}
  const user = {provider: 'twitch', subject: SUBJECT}

  it('wants flow:start for a subject, and admin for a role', async () => {
    const admin = await scene.api.issue(['admin'], {as: [], asAny: false})
    const reader = await scene.api.issue(['account:read'])
    assert.deepEqual(
      [
        await start(user),
        await start(user, 'bhf_AAAAAAAA_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_AAAAAA'),
        await start(user, reader),
        await start(user, admin),
        await start(user, scene.token),
        await start(bot, scene.token),
        await start(bot, admin),
      ].map(({status}) => status),
      [401, 401, 403, 403, 200, 403, 200],
    )
  })

  it('serves the subjects alone that the token may act as', async () => {
    const one = await scene.api.issue(['flow:start'], {as: [`subject:${SUBJECT}`]})
    const any = await scene.api.issue(['flow:start'])
    const other = {provider: 'twitch', subject: 'slack:U02AB2'}
    assert.deepEqual(
      [await start(user, one), await start(other, one), await start(user, any), await start(other, scene.token)].map(
        ({status}) => status,
      ),
      [200, 403, 403, 200],
    )
    assert.equal((await start({...user, subject: 'webex:Y2lz'}, scene.token)).status, 403)
  })

  for (const [title, body, status] of [
    ['no body', '', 400],
    ['no JSON', '{"provider"', 400],
    ['a list', '[]', 400],
    ['no provider', {subject: SUBJECT}, 400],
    ['a provider at which nobody logs in', {provider: 'keys', subject: SUBJECT}, 400],
    ['a provider that is not there', {provider: 'nowhere', subject: SUBJECT}, 404],
    ['a role beside a subject, which wants admin', {...user, role: 'bot'}, 403],
    ['a role that is none', {provider: 'twitch', role: 'user'}, 403],
    ['a subject with a space', {...user, subject: 'slack:U 2'}, 400],
    ['a confirmation that is none', {...user, confirm: 'mail'}, 400],
    ['a return to elsewhere', {...user, return_to: 'https://evil.example/x'}, 400],
    ['a return that only begins alike', {...user, return_to: 'https://panel.example.evil.example/'}, 400],
    ['a return with a name in it', {...user, return_to: 'https://panel.example@evil.example/'}, 400],
    ['a return to a script', {...user, return_to: 'javascript:alert(1)//https://panel.example'}, 400],
    ['a member that nobody knows', {...user, redirect_uri: 'https://evil.example'}, 400],
    ['a scope that Twitch does not have', {...user, scopes: ['chat:reed']}, 400],
  ] as const) {
    it(`answers ${String(status)} for ${title}, and begins nothing`, async () => {
      const flows = (await scene.store.flows.list()).length
      const answer = await start(body, scene.token)
      assert.equal(answer.status, status, answer.message)
      assert.equal((await scene.store.flows.list()).length, flows)
    })
  }

  it('answers 429 where five hundred flows of the token wait, and goes on when they have expired', async () => {
    const busy = await scene.api.issue(['flow:start'], {as: ['subject:slack:*']})
    const flow = await scene.flow((await scene.start({subject: SUBJECT}, busy)).flow_id)
    const more = Array.from({length: 498}, (_, at) => {
      const id = `made-up-${String(at)}`
      return scene.store.flows.put({...flow, id, state: new Secret(`made-up-state-${id}`)})
    })
    await Promise.all(more)
    assert.deepEqual(
      [await start(user, busy), await start(user, busy)].map(({status}) => status),
      [200, 429],
    )
    assert.equal((await start(user, scene.token)).status, 200)
    scene.clock.advance(600_000)
    assert.equal((await start(user, busy)).status, 200)
  })

  it('sends the browser back to an origin that was named, with the flow’s id and nothing else', async () => {
    for (const decision of ['connect', 'decline']) {
      const browser = new FlowBrowser()
      const flow = await scene.start({subject: SUBJECT, return_to: 'https://panel.example/in?tab=2'})
      const page = await scene.connect(browser, flow.authorization_url, 'techydrroid')
      const left = await browser.submit(page, decision)
      const to = `https://panel.example/in?tab=2&flow=${flow.flow_id}`
      assert.deepEqual([left.status, left.headers.get('location')], [303, to])
    }
  })

  it('gives out no secret of the provider, and no state', async () => {
    const flow = await scene.start({subject: SUBJECT})
    const {state, codeVerifier} = await scene.flow(flow.flow_id)
    const texts = JSON.stringify([flow, await scene.read(flow.flow_id)])
    for (const secret of [state, codeVerifier].map((one) => one?.reveal() ?? 'none')) assert.ok(!texts.includes(secret))
    assert.ok(!texts.includes(scene.sandbox.confidentialClient.secret ?? 'none'))
  })
})

describe('GET /api/v1/flows/<id>', () => {
  let scene: FlowScene
  before(async () => {
    scene = await makeFlowScene()
  })
  after(() => scene.dispose())

  it('is for the token that started it alone', async () => {
    const flow = await scene.start({subject: SUBJECT})
    const other = await scene.api.issue(['flow:start'], {as: ['subject:slack:*']})
    const get = async (token?: string, id = flow.flow_id) =>
      (await scene.api.call('GET', `/api/v1/flows/${id}`, token === undefined ? {} : {token})).status
    const send = async (token: string) =>
      (await scene.api.call('POST', `/api/v1/flows/${flow.flow_id}/code`, {token, body: {code: 'x'}})).status
    assert.deepEqual(
      [await get(scene.token), await get(other), await get(), await get(scene.token, 'nothing'), await send(other)],
      [200, 404, 401, 404, 404],
    )
    const hidden = await scene.api.call('GET', `/api/v1/flows/${flow.flow_id}`, {token: other})
    assert.equal(hidden.headers.get('x-behalf-error'), 'flow-not-found')
    assert.equal((await scene.read(flow.flow_id)).state, 'pending')
  })

  for (const [title, end] of [
    ['was revoked', {revokedAt: 1}],
    ['has expired', {expiresAt: 1}],
    ['may not act as the chat user any more', {as: ['subject:webex:*']}],
  ] as const) {
    it(`ends with the token that started it, when that ${title}`, async () => {
      const token = await scene.api.issue(['flow:start'], {as: ['subject:slack:*']})
      const begin = () => scene.start({subject: SUBJECT}, token)
      const [before, asked, held] = [await begin(), await begin(), await begin()]
      const browser = new FlowBrowser()
      const start = await browser.open(before.authorization_url)
      const back = await scene.visit(browser, asked.authorization_url, 'techydrroid')
      const page = await scene.connect(browser, held.authorization_url, 'techydrroid')
      const {startedBy} = await scene.flow(held.flow_id)
      scene.sandbox.state.calls.clear()
      await scene.store.apiTokens.update(startedBy ?? '', (current) => ({...current, ...end}) as typeof current)

      assert.equal((await browser.submit(start)).status, 400)
      assert.equal((await browser.open(back)).status, 400)
      assert.deepEqual(scene.calls('/oauth2'), [])
      assert.equal((await browser.submit(page, 'connect')).status, 400)
      assert.deepEqual([await scene.keys(), scene.calls('/oauth2/revoke').length], [[], 1])
      assert.equal((await scene.flow(held.flow_id)).outcome?.kind, 'failed')
    })
  }

  it('says of an expired flow that nobody finished it', async () => {
    const flow = await scene.start({subject: SUBJECT})
    scene.clock.advance(600_000)
    const {state, reason, reason_code: code} = await scene.read(flow.flow_id)
    assert.deepEqual([state, reason, code], ['failed', 'Nobody finished it in time.', 'login-failed'])
  })

  it('takes the code of the callback, or its whole address, that a person sent in the chat', async () => {
    for (const whole of [false, true]) {
      const flow = await scene.start({subject: SUBJECT, expect: '2002'})
      const back = await scene.authorize(flow.authorization_url, 'techydrroid')
      const code = whole ? back : (new URL(back).searchParams.get('code') ?? '')
      const send = (text: string) =>
        scene.api.call('POST', `/api/v1/flows/${flow.flow_id}/code`, {token: scene.token, body: {code: text}})
      assert.equal((await send('two words')).status, 400)
      assert.equal((await send('https://evil.example/?code=x')).status, 400)
      const {status, json} = await send(code)
      assert.deepEqual([status, (json as {state: string}).state], [200, 'done'])
      assert.equal((await send(code)).status, 409)
    }
  })
})

describe('a web login', () => {
  let scene: FlowScene
  let browser: FlowBrowser
  beforeEach(async () => {
    scene = await makeFlowScene({publicLogins: ['twitch'], loginTokens: true})
    browser = new FlowBrowser()
  })
  afterEach(() => scene.dispose())

  const startPublic = async () => {
    const answer = await scene.api.call('POST', '/api/v1/oauth/login', {body: {provider: 'twitch'}})
    return {status: answer.status, headers: answer.headers, flow: answer.json as {authorization_url: string}}
  }

  it('gives its starter, once, an API token for that account alone and two hours', async () => {
    const flow = await scene.start({})
    assert.equal((await scene.read(flow.flow_id)).token, undefined)
    const page = await scene.connect(browser, flow.authorization_url, 'viewer_vera')
    assert.deepEqual([page.status, page.html.includes('bhf_')], [200, false])
    const {token, token_scope: scope} = await scene.read(flow.flow_id)
    assert.deepEqual([scope, (await scene.read(flow.flow_id)).token], ['helix', undefined])

    const [issued] = (await scene.store.apiTokens.list()).filter(({name}) => name.startsWith('web login'))
    const [key = ''] = await scene.keys()
    assert.match(key, /^twitch@twitch:\d+$/)
    assert.deepEqual(
      [
        issued?.scopes,
        issued?.as,
        issued?.asAny,
        issued?.issuedTo,
        Number(issued?.expiresAt) - Number(issued?.issuedAt),
      ],
      [['helix'], [key], false, key, 7_200_000],
    )
    assert.ok(String(token).includes(String(issued?.id)))
  })

  it('gives a POST of the callback with the cookie a token, and a GET none', async () => {
    for (const method of ['POST', 'GET']) {
      const {flow} = await startPublic()
      const back = new URL(await scene.visit(browser, flow.authorization_url, 'viewer_vera'))
      const answer =
        method === 'POST'
          ? await browser.open(scene.callbackUrl, {form: Object.fromEntries(back.searchParams)})
          : await browser.open(back.href, {headers: {accept: 'application/json'}})
      const {state, token} = JSON.parse(answer.html) as Record<string, string>
      assert.deepEqual([answer.status, state, typeof token], [200, 'done', method === 'POST' ? 'string' : 'undefined'])
    }
  })

  it('is refused without its cookie, also as a POST', async () => {
    const {flow} = await startPublic()
    const back = new URL(await scene.visit(browser, flow.authorization_url, 'viewer_vera'))
    const stranger = await new FlowBrowser().open(scene.callbackUrl, {form: Object.fromEntries(back.searchParams)})
    assert.deepEqual([stranger.status, await scene.keys()], [403, []])
  })

  it('needs no token where serve --public-login names the provider, so many a minute', async () => {
    const statuses: number[] = []
    for (let count = 0; count < 11; count += 1) statuses.push((await startPublic()).status)
    assert.deepEqual(statuses, [...Array<number>(10).fill(200), 429])
    assert.equal((await startPublic()).headers.get('retry-after'), '60')
    scene.clock.advance(60_000)
    assert.equal((await startPublic()).status, 200)
    const call = (body: object) => scene.api.call('POST', '/api/v1/oauth/login', {body})
    for (const body of [
      {provider: 'other'},
      {provider: 'twitch', subject: SUBJECT},
      {provider: 'twitch', role: 'bot'},
      {provider: 'twitch', expect: '2002'},
      {provider: 'twitch', scopes: ['chat:read']},
      {provider: 'twitch', pin: true},
      {provider: 'twitch', confirm: 'code'},
    ]) {
      assert.equal((await call(body)).status, 401)
    }
  })

  it('begins at our page and needs its cookie, whoever is expected', async () => {
    const flow = await scene.start({expect: '2002'})
    assert.equal(flow.authorization_url, `${scene.api.origin}/flows/${flow.flow_id}/start`)
    const back = new URL(await scene.visit(browser, flow.authorization_url, 'techydrroid'))
    const form = Object.fromEntries(back.searchParams)
    assert.equal((await new FlowBrowser().open(scene.callbackUrl, {form})).status, 403)
    const answer = await browser.open(scene.callbackUrl, {form})
    assert.equal(typeof (JSON.parse(answer.html) as {token?: string}).token, 'string')
  })

  it('gives no token for a flow that no start page was before', async () => {
    const flow = await scene.start({})
    await scene.connect(browser, flow.authorization_url, 'viewer_vera')
    await scene.store.flows.update(flow.flow_id, ({startPage: _page, ...rest}) => rest)
    const {state, token} = await scene.read(flow.flow_id)
    assert.deepEqual([state, token], ['done', undefined])
  })

  it('gives no token where serve was not told to', async () => {
    const plain = await makeFlowScene()
    try {
      const flow = await plain.start({})
      await plain.connect(browser, flow.authorization_url, 'viewer_vera')
      const {state, token} = await plain.read(flow.flow_id)
      assert.deepEqual([state, token], ['done', undefined])
    } finally {
      await plain.dispose()
    }
  })
})
