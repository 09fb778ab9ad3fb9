import assert from 'node:assert/strict'
import {createServer, type Server} from 'node:http'
import {once} from 'node:events'
import type {AddressInfo} from 'node:net'

import type {Browser, Page} from 'playwright-core'

import {inChromium, launchChromium} from '../support/chromium.js'
import {makeDoorScene, type DoorScene} from '../support/door-scene.js'

const BASE = '/api/twitch/helix'

describe(inChromium('a web page from elsewhere'), function () {
  this.timeout(60_000)

  const toEnd: (() => unknown)[] = []
  let browser: Browser
  let scene: DoorScene
  let foreign: Server
  let page: Page

  before(async function () {
    foreign = createServer((_request, response) => {
      response.setHeader('Content-Type', 'text/html')
      response.end('<!doctype html><title>elsewhere</title><body></body>')
    }).listen(0, '127.0.0.1')
    await once(foreign, 'listening')
    toEnd.push(() => foreign.close())
    scene = await makeDoorScene({corsOrigins: ['http://panel.example']})
    toEnd.push(() => scene.dispose())
    // Names that lead to this machine, as an attacker's own name server may say.
    const rules = `MAP evil.example 127.0.0.1:${port(foreign)},MAP panel.example 127.0.0.1:${port(foreign)},MAP rebound.example 127.0.0.1`
    browser = await launchChromium(this, [`--host-resolver-rules=${rules}`])
    toEnd.push(() => browser.close())
  })
  after(async () => {
    for (const end of toEnd.reverse()) await end()
    foreign.closeAllConnections()
  })
  beforeEach(async () => {
    scene.seen.length = 0
    page = await browser.newPage()
  })
  afterEach(() => page.context().close())

  const port = (server: Server): string => String((server.address() as AddressInfo).port)
  const here = (): string => `http://localhost:${String(scene.port)}`

  /** What the page is told of a fetch: a status, `opaque`, or that it failed. */
  const fetchFrom = (origin: string, url: string, init: Record<string, unknown>): Promise<string> =>
    page.goto(origin).then(() =>
      page.evaluate(
        async ([target, options]) => {
          try {
            const response = await fetch(target, options)
            return response.type === 'opaque' ? 'opaque' : String(response.status)
          } catch {
            return 'failed'
          }
        },
        [url, init] as const,
      ),
    )

  const TRICKS: Record<string, Record<string, unknown>> = {
    'a text/plain post': {method: 'POST', headers: {'Content-Type': 'text/plain'}, body: '{"role":"bot"}'},
    'a form post': {method: 'POST', headers: {'Content-Type': 'application/x-www-form-urlencoded'}, body: 'a=b'},
    'a post without reading': {method: 'POST', mode: 'no-cors', body: 'a=b'},
    'a post with credentials': {method: 'POST', credentials: 'include', body: 'a=b'},
    'JSON, which needs a preflight': {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{}'},
    'a header, which needs a preflight': {method: 'GET', headers: {'X-Behalf-Of': 'streamer_sam'}},
    'an API token, which needs a preflight': {headers: {Authorization: 'Bearer made-up'}},
    PUT: {method: 'PUT', body: 'a'},
    DELETE: {method: 'DELETE'},
  }
  for (const [name, init] of Object.entries(TRICKS)) {
    it(`gets nothing in with ${name}`, async () => {
      for (const path of [`${BASE}/users`, '/api/v1/tokens']) {
        const told = await fetchFrom('http://evil.example/', here() + path, init)
        assert.ok(['failed', 'opaque'].includes(told), told)
      }
      assert.deepEqual(scene.seen, [])
    })
  }

  it('gets nothing in with a form that it sends', async () => {
    for (const enctype of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      await page.goto('http://evil.example/')
      const fields = `<input name='{"role":"bot","x":"' value='"}'><button>Send</button>`
      const action = `${here()}/api/v1/oauth/login`
      await page.setContent(`<form action="${action}" method="post" enctype="${enctype}">${fields}</form>`)
      const [answer] = await Promise.all([
        page.waitForResponse((response) => response.url().startsWith(here())),
        page.waitForURL((url) => url.href.startsWith(here())),
        page.getByRole('button').click(),
      ])
      assert.equal(answer.status(), 403)
    }
    // Browsers ask for an icon by themselves.
    assert.deepEqual(
      scene.seen.filter(({method}) => method !== 'GET'),
      [],
    )
  })

  it('may ask with GET, and is not let read the answer', async () => {
    assert.equal(await fetchFrom('http://evil.example/', `${here()}${BASE}/users`, {}), 'failed')
    assert.equal(await fetchFrom('http://evil.example/', `${here()}${BASE}/users`, {mode: 'no-cors'}), 'opaque')
  })

  it('does not become one of this machine by giving its own name this address', async () => {
    const rebound = `http://rebound.example:${String(scene.port)}`
    const answer = await page.goto(`${rebound}/`)
    assert.equal(answer?.status(), 421)
    for (const init of [{}, {method: 'POST', body: 'a'}, {headers: {Authorization: 'Bearer made-up'}}]) {
      assert.equal(await fetchFrom(`${rebound}/`, `${rebound}${BASE}/users`, init), '421')
    }
    assert.deepEqual(scene.seen, [])
  })

  it('cannot open a WebSocket', async () => {
    await page.goto('http://evil.example/')
    const told = await page.evaluate(
      (url) =>
        new Promise<string>((resolve) => {
          const socket = new WebSocket(url)
          socket.onopen = () => resolve('open')
          socket.onerror = () => resolve('failed')
        }),
      here().replace('http:', 'ws:') + BASE,
    )
    assert.equal(told, 'failed')
  })

  it('is served, preflight and all, where its origin was named', async () => {
    const init = {method: 'POST', headers: {Authorization: 'Bearer made-up', 'X-Behalf-Of': 'x'}, body: 'a'}
    assert.equal(await fetchFrom('http://panel.example/', `${here()}${BASE}/users`, init), '200')
    assert.deepEqual(
      scene.seen.map(({method}) => method),
      ['POST'],
    )
  })
})
