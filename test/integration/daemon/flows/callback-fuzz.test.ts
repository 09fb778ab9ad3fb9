import assert from 'node:assert/strict'

import fc from 'fast-check'

import {MINUTE_MS} from '../../../../src/model/time.js'
import {FlowBrowser} from '../../../support/flow-browser.js'
import {makeFlowScene, type FlowScene} from '../../../support/flow-scene.js'

const SUBJECT = 'slack:U02AB'
const RUNS = process.env.BEHALF_TEST_LONG === undefined ? 25 : 2000
const PATHS = ['/callback', '/api/v1/oauth/callback', '/redirect', '/twitch-callback/', '/twitch-bot-callback/']

/** What is done to the callback of a person who authorized, so that it must not be accepted. */
type Spoiling =
  | {kind: 'state'; text: string}
  | {kind: 'none'; left: 'state' | 'code' | 'both'}
  | {kind: 'repeated'; name: string; value: string}
  | {kind: 'huge'; name: string}
  | {kind: 'no-cookie'}
  | {kind: 'other-browser'}
  | {kind: 'forged-cookie'; value: string}
  | {kind: 'other-path'; path: string}

const spoilings: fc.Arbitrary<Spoiling> = fc.oneof(
  fc.record({kind: fc.constant('state' as const), text: fc.string({unit: 'binary', maxLength: 100})}),
  fc.record({
    kind: fc.constant('none' as const),
    left: fc.constantFrom('state' as const, 'code' as const, 'both' as const),
  }),
  fc.record({
    kind: fc.constant('repeated' as const),
    name: fc.constantFrom('state', 'code', 'error', 'iss'),
    value: fc.string({maxLength: 20}),
  }),
  fc.record({kind: fc.constant('huge' as const), name: fc.constantFrom('state', 'code', 'error_description', 'x')}),
  fc.constant({kind: 'no-cookie' as const}),
  fc.constant({kind: 'other-browser' as const}),
  fc.record({kind: fc.constant('forged-cookie' as const), value: fc.stringMatching(/^[\w-]{0,40}$/)}),
  fc.record({kind: fc.constant('other-path' as const), path: fc.constantFrom('/redirect', '/twitch-callback/')}),
)

describe('a callback that must not be accepted', function () {
  this.timeout(600_000)
  let scene: FlowScene
  before(async () => {
    scene = await makeFlowScene()
  })
  after(() => scene.dispose())

  /** Where a browser is after its person has authorized, in front of the callback. */
  async function goThere(): Promise<{browser: FlowBrowser; back: URL; flowId: string}> {
    const browser = new FlowBrowser()
    const flow = await scene.start({subject: SUBJECT})
    const back = new URL(await scene.visit(browser, flow.authorization_url, 'techydrroid'))
    return {browser, back, flowId: flow.flow_id}
  }

  function spoil(back: URL, spoiling: Spoiling): void {
    const {searchParams: query} = back
    if (spoiling.kind === 'state') query.set('state', spoiling.text)
    if (spoiling.kind === 'none')
      for (const name of spoiling.left === 'both' ? ['state', 'code'] : [spoiling.left]) query.delete(name)
    if (spoiling.kind === 'repeated') {
      if (!query.has(spoiling.name)) query.append(spoiling.name, 'made-up')
      query.append(spoiling.name, spoiling.value)
    }
    if (spoiling.kind === 'huge') query.set(spoiling.name, 'x'.repeat(10_240))
    if (spoiling.kind === 'other-path') back.pathname = spoiling.path
  }

  it('is answered with a page or JSON that says so, stores nothing, and ends nothing', async () => {
    await fc.assert(
      fc.asyncProperty(spoilings, fc.boolean(), async (spoiling, asJson) => {
        const {browser, back, flowId} = await goThere()
        const right = new URL(back)
        const exchanges = scene.calls('/oauth2/token').length
        spoil(back, spoiling)
        const visitor = ['no-cookie', 'other-browser', 'forged-cookie'].includes(spoiling.kind)
          ? new FlowBrowser()
          : browser
        if (spoiling.kind === 'other-browser') {
          await scene.visit(visitor, (await scene.start({subject: 'slack:mallory'})).authorization_url, 'viewer_vera')
        }
        const headers = {
          ...(asJson && {accept: 'application/json'}),
          ...(spoiling.kind === 'forged-cookie' && {cookie: `behalf-flow-${flowId}=${spoiling.value}`}),
        }
        const answer = await visitor.open(back.href, {headers})
        const isForeign = visitor !== browser
        assert.equal(answer.status, isForeign ? 403 : 400, answer.html)
        if (asJson) {
          const {code, error, message} = JSON.parse(answer.html) as Record<string, string>
          assert.deepEqual([code, error, typeof message], [String(answer.status), 'true', 'string'])
        } else {
          assert.notEqual(answer.title, '')
          assert.match(
            answer.headers.get('content-security-policy') ?? '',
            /^default-src 'none'; .*frame-ancestors 'none'/,
          )
          assert.equal(answer.headers.get('referrer-policy'), 'no-referrer')
        }
        assert.equal(answer.headers.get('cache-control'), 'no-store')
        const secret = scene.sandbox.confidentialClient.secret ?? assert.fail()
        for (const hidden of [secret, right.searchParams.get('code') ?? '']) assert.ok(!answer.html.includes(hidden))
        assert.deepEqual([await scene.keys(), scene.calls('/oauth2/token').length], [[], exchanges])
        // The right person in the right browser is not kept from going on.
        assert.equal((await browser.open(right.href)).status, 200)
        // No more than so many logins of an API token may wait.
        for (const {id} of await scene.store.flows.list()) await scene.store.flows.remove(id)
      }),
      {numRuns: RUNS},
    )
  })

  it('is refused once it has been used, and what it did stands', async () => {
    const {browser, back} = await goThere()
    assert.equal((await browser.submit(await browser.open(back.href), 'connect')).status, 200)
    const before = await scene.keys()
    for (const visitor of [browser, new FlowBrowser()]) {
      const answer = await visitor.open(back.href)
      assert.equal(answer.status, visitor === browser ? 400 : 403)
    }
    assert.deepEqual(await scene.keys(), before)
    for (const key of before) {
      const lock = await scene.store.accounts.lock(key, {waitMs: 100})
      await lock.remove()
      await lock.release()
    }
  })

  it('is refused when its flow has expired, before and after the callback', async () => {
    const late = await goThere()
    scene.clock.advance(10 * MINUTE_MS)
    const answer = await late.browser.open(late.back.href)
    assert.deepEqual([answer.status, await scene.keys()], [400, []])
    assert.match(answer.html, /expired/)

    const hesitant = await goThere()
    const page = await hesitant.browser.open(hesitant.back.href)
    scene.clock.advance(10 * MINUTE_MS)
    assert.equal((await hesitant.browser.submit(page, 'connect')).status, 400)
    assert.deepEqual(await scene.keys(), [])
  })

  it('ends its flow when the person declined at the provider', async () => {
    const {browser, back, flowId} = await goThere()
    back.searchParams.delete('code')
    back.searchParams.set('error', 'access_denied')
    back.searchParams.set('error_description', '<script>alert(1)</script> not today')
    const answer = await browser.open(back.href)
    assert.deepEqual([answer.status, answer.title], [400, 'The login failed'])
    assert.ok(!answer.html.includes('<script'))
    assert.deepEqual([await scene.keys(), (await scene.read(flowId)).state], [[], 'failed'])
  })

  for (const path of PATHS) {
    it(`is answered at ${path} by every method that is taken, and by no other`, async () => {
      const visit = (method: string) => fetch(`${scene.api.origin}${path}`, {method})
      for (const method of ['GET', 'POST']) assert.equal((await visit(method)).status, 400)
      for (const method of ['HEAD', 'PUT', 'DELETE']) {
        const answer = await visit(method)
        assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'GET, POST'])
      }
    })
  }
})
