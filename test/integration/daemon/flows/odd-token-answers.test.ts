import assert from 'node:assert/strict'

import {FlowBrowser} from '../../../support/flow-browser.js'
import {makeFlowScene, type FlowScene} from '../../../support/flow-scene.js'
import {startJsonServer, type JsonServer} from '../../../support/json-server.js'
import {makeProvider} from '../../../support/make-provider.js'

const SUBJECT = 'slack:U02AB'
const TOKENS = {access_token: 'made-up-access-token', token_type: 'bearer', refresh_token: 'made-up-refresh-token'}

describe('a flow whose code is answered with', () => {
  let scene: FlowScene
  let service: JsonServer
  before(async () => {
    scene = await makeFlowScene()
    service = await startJsonServer({'GET /me': {body: {sub: '77', preferred_username: 'ada'}}})
    const {origin} = service
    const urls = {authorizeUrl: `${origin}/authorize`, tokenUrl: `${origin}/token`, userinfoUrl: `${origin}/me`}
    await scene.store.providers.put({
      ...makeProvider({name: 'odd', ...urls, callbackUrl: scene.callbackUrl}),
      revokeUrl: `${origin}/revoke`,
    })
  })
  after(async () => {
    await service.stop()
    await scene.dispose()
  })

  /** The person authorizes, comes back and connects. */
  async function connect(token: {status?: number; body: unknown}) {
    service.answers['POST /token'] = token
    const browser = new FlowBrowser()
    const flow = await scene.start({provider: 'odd', subject: SUBJECT})
    const left = await browser.submit(await browser.open(flow.authorization_url))
    const state = new URL(left.headers.get('location') ?? '').searchParams.get('state') ?? ''
    const page = await browser.open(`${scene.callbackUrl}?${new URLSearchParams({code: 'made-up', state}).toString()}`)
    const done = page.status === 200 ? await browser.submit(page, 'connect') : page
    return {status: done.status, html: done.html, view: await scene.read(flow.flow_id)}
  }

  for (const [title, token] of [
    ['no access token', {body: {token_type: 'bearer', refresh_token: 'made-up-refresh-token'}}],
    ['an empty access token', {body: {...TOKENS, access_token: ''}}],
    ['no JSON', {body: 'access_token=made-up-access-token'}],
    ['an access token that is none', {body: {...TOKENS, access_token: {text: 'made-up-access-token'}}}],
    ['an error', {status: 400, body: {error: 'invalid_grant', error_description: '<b>made-up-code</b>'}}],
    ['a fault of the service', {status: 503, body: 'made-up-access-token'}],
  ] as const) {
    it(`${title} is refused, and nothing is stored`, async () => {
      const {status, html, view} = await connect(token)
      assert.ok(status >= 400)
      assert.deepEqual([await scene.keys(), view.state], [[], 'failed'])
      for (const secret of ['made-up-access-token', 'made-up-refresh-token']) {
        assert.ok(!`${html}${JSON.stringify(view)}`.includes(secret), secret)
      }
      assert.ok(!html.includes('<b>'))
    })
  }

  it('no expires_in and no refresh token makes an account that is never due, and is reported', async () => {
    const {status, view} = await connect({body: {access_token: 'made-up-access-token', token_type: 'bearer'}})
    assert.deepEqual([status, view.state, view.cannot_refresh], [200, 'done', true])
    const {credential} = await scene.account(`odd@${SUBJECT}`)
    assert.deepEqual([credential.expiresAt, credential.refreshToken], [undefined, undefined])
    assert.deepEqual(await scene.store.accounts.upcomingRefreshes('odd', 10), [])
  })

  it('a name that would turn the question around is shown without what does', async () => {
    service.answers['GET /me'] = {body: {sub: '77', preferred_username: 'ada', name: '\u202Eeve\u0000\u200B'}}
    service.answers['POST /token'] = {body: {...TOKENS, access_token: 'made-up-third-access-token'}}
    const browser = new FlowBrowser()
    const flow = await scene.start({provider: 'odd', subject: SUBJECT})
    const left = await browser.submit(await browser.open(flow.authorization_url))
    const state = new URL(left.headers.get('location') ?? '').searchParams.get('state') ?? ''
    const page = await browser.open(`${scene.callbackUrl}?${new URLSearchParams({code: 'made-up', state}).toString()}`)
    assert.equal(page.title, `Connect eve to ${SUBJECT}?`)
    assert.match(page.html, /eve \(ada\)/)
  })

  it('somebody else than before is refused, and the link stays as it was', async () => {
    service.answers['GET /me'] = {body: {sub: '78', preferred_username: 'eve'}}
    const {status, view} = await connect({body: {...TOKENS, access_token: 'made-up-second-access-token'}})
    assert.deepEqual([status, view.reason_code], [403, 'wrong-person'])
    assert.equal((await scene.account(`odd@${SUBJECT}`)).login, 'ada')
    assert.equal(service.requests.filter(({path}) => path === '/revoke').length, 1)
  })
})
