import assert from 'node:assert/strict'
import {request} from 'node:http'

import {listSessions} from '../../../../src/broker/admin-sessions.js'
import {BehalfError} from '../../../../src/model/behalf-error.js'
import {signInByLink, startAdmin, type AdminScene} from '../../../support/admin-scene.js'
import {makeBrokerWorld, type BrokerWorld} from '../../../support/broker-world.js'

const PUBLIC = 'https://behalf.example'
const OUT = '/admin/sign-out'

describe('the guard of the admin page', () => {
  let world: BrokerWorld
  let scene: AdminScene
  let csrf: string
  let own: Record<string, string>

  before(async () => {
    world = await makeBrokerWorld()
    scene = await startAdmin(world.deps, {settings: {publicUrl: PUBLIC}})
  })

  beforeEach(async () => {
    const page = await scene.signIn()
    csrf = /name="csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? ''
    own = {Origin: scene.origin, 'Sec-Fetch-Site': 'same-origin'}
  })

  after(async () => {
    await scene.stop()
    await world.dispose()
  })

  const post = (path: string, headers: Record<string, string>, form: Record<string, string> | string = {csrf}) =>
    scene.browser.send('POST', path, headers, typeof form === 'string' ? form : new URLSearchParams(form))
  const isIn = async (): Promise<boolean> => (await scene.browser.send('GET', '/admin/sign-out')).status === 200

  for (const [what, headers] of [
    ['another site', {Origin: 'https://evil.example'}],
    ['another port of this host', {Origin: 'http://127.0.0.1:1', 'Sec-Fetch-Site': 'same-site'}],
    ['this host under another name', {Origin: 'http://localhost:1'}],
    ['a page that hides where it is', {Origin: 'null'}],
    ['no page at all', {}],
    ['a page that lies about one of the two', {Origin: 'own', 'Sec-Fetch-Site': 'cross-site'}],
    ['the public name without TLS', {Origin: 'http://behalf.example'}],
  ] as const) {
    it(`refuses a form of ${what}, with the right token in it`, async () => {
      const sent = {...headers, ...('Origin' in headers && headers.Origin === 'own' && {Origin: scene.origin})}
      const answer = await post(OUT, sent)
      assert.equal(answer.status, 403)
      assert.equal(await isIn(), true)
    })
  }

  for (const [what, form] of [
    ['without a token', {}],
    ['with another token', {csrf: 'x'}],
    ['with two tokens', 'csrf=TOKEN&csrf=TOKEN'],
    ['that is no form', 'json'],
  ] as const) {
    it(`refuses a form of its own origin ${what}`, async () => {
      const asJson = form === 'json' && {'Content-Type': 'application/json'}
      const asForm = typeof form === 'string' && !asJson && {'Content-Type': 'application/x-www-form-urlencoded'}
      const body = typeof form === 'string' ? form.replaceAll('TOKEN', csrf) : {...form}
      const answer = await post(OUT, {...own, ...asJson, ...asForm}, asJson ? JSON.stringify({csrf}) : body)
      assert.ok([400, 403].includes(answer.status), String(answer.status))
      assert.equal(await isIn(), true)
    })
  }

  it('refuses the token of another session', async () => {
    const other = scene.newBrowser()
    const page = await signInByLink(world.deps, other)
    const foreign = /name="csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? ''
    assert.notEqual(foreign, csrf)
    assert.equal((await post(OUT, own, {csrf: foreign})).status, 403)
    assert.equal((await post(OUT, own)).status, 303)
  })

  it('signs nobody in for another site', async () => {
    const token = await scene.issue(['admin'])
    const before = (await listSessions(world.deps)).length
    for (const headers of [{Origin: 'https://evil.example'}, {Origin: 'null'}, {}]) {
      assert.equal((await post('/admin/sign-in', headers, {token})).status, 403)
    }
    assert.equal((await listSessions(world.deps)).length, before)
  })

  it('takes two cookies of the same name for none of them', async () => {
    const [pair = ''] = scene.browser.cookieHeader.split('; ')
    for (const Cookie of [`${pair}; behalf-session=x`, `behalf-session=x; ${pair}`, `${pair}; ${pair}`]) {
      assert.equal((await scene.browser.send('GET', '/admin/accounts', {Cookie})).status, 403, Cookie)
    }
    assert.equal((await scene.browser.send('GET', '/admin/accounts', {Cookie: `other=1; ${pair}`})).status, 200)
  })

  it('believes no cookie at the public address that could be set without TLS', async () => {
    const [pair = ''] = scene.browser.cookieHeader.split('; ')
    const at = (Cookie: string): Promise<number | undefined> => getAt(scene.port, 'behalf.example', Cookie)
    assert.equal(await at(pair), 303)
    assert.equal(await at(`__Host-${pair}`), 200)
  })

  it('sets a cookie that only this host, its own pages and TLS get', async () => {
    const begin = async (origin: string): Promise<string> => {
      const browser = scene.newBrowser()
      const body = new URLSearchParams({token: await scene.issue(['admin'])})
      const answer = await browser.send(
        'POST',
        '/admin/sign-in',
        {Origin: origin, 'Sec-Fetch-Site': 'same-origin'},
        body,
      )
      return (answer.headers.get('set-cookie') ?? '').replace(/bhf_\w+/, 'TEXT')
    }
    assert.equal(
      await begin(PUBLIC),
      '__Host-behalf-session=TEXT; Path=/; Secure; Max-Age=28800; HttpOnly; SameSite=Strict',
    )
    assert.equal(
      await begin(scene.origin),
      'behalf-session=TEXT; Path=/admin; Max-Age=28800; HttpOnly; SameSite=Strict',
    )
  })

  for (const next of [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/admin/../../evil',
    '/admin/%2e%2e/evil',
    '/admin@evil.example',
    '/admin.evil.example',
    'javascript:alert(1)',
    '/admin/accounts\r\nSet-Cookie: a=b',
    '/admin/sign-out',
    '/api/v1/tokens',
  ]) {
    it(`leads to its own pages after signing in, and not to ${JSON.stringify(next)}`, async () => {
      const answer = await post('/admin/sign-in', own, {token: await scene.issue(['admin']), next})
      assert.equal(answer.status, 303)
      const location = answer.headers.get('location') ?? ''
      assert.equal(new URL(location, scene.origin).pathname, '/admin/accounts')
      assert.match(location, /^\/admin\//)
      assert.equal(answer.headers.get('a'), null)
    })
  }

  it('goes on where somebody wanted to go', async () => {
    const browser = scene.newBrowser()
    const page = await browser.open('/admin/accounts?x=1')
    assert.equal(page.url, `/admin/sign-in?next=${encodeURIComponent('/admin/accounts?x=1')}`)
    assert.equal((await browser.submit(page, {token: await scene.issue(['admin'])})).url, '/admin/accounts?x=1')
  })

  for (const page of [undefined, 'ORIGIN/admin/sign-out', 'ORIGIN/api/v1', 'https://evil.example/admin/health', 'x']) {
    it(`leads a form whose session is over back to a page of its own, and not to ${String(page)}`, async () => {
      const referrer = page?.replace('ORIGIN', scene.origin)
      const answer = await post(OUT, {...own, Cookie: '', ...(referrer !== undefined && {Referer: referrer})})
      assert.equal(answer.status, 403)
      assert.match(await answer.text(), /href="\/admin\/sign-in"/)
    })
  }

  it('sends who comes from another site with a page of its own, for browsers keep the cookie back then', async () => {
    const from = (site: string) =>
      scene.newBrowser().send('GET', '/admin/sign-in?next=/admin/health', {'Sec-Fetch-Site': site})
    assert.equal((await from('cross-site')).headers.get('refresh'), '0; url=/admin/health')
    assert.equal((await from('same-origin')).headers.get('refresh'), null)
  })

  for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
    it(`answers ${method} with 405`, async () => {
      const answer = await scene.browser.send(method, OUT, own)
      assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'GET, HEAD, POST'])
    })
  }

  it('refuses forms that are endless, no text, or have a thousand times the same', async () => {
    const type = {'Content-Type': 'application/x-www-form-urlencoded', ...own}
    assert.equal((await post(OUT, type, `csrf=${csrf}&x=${'a'.repeat(1 << 20)}`)).status, 413)
    assert.equal((await post(OUT, type, `csrf=${csrf}${'&a=b'.repeat(5000)}`)).status, 400)
    assert.equal((await post(OUT, type, `csrf=${csrf}&x=%ff%fe`)).status, 400)
    assert.equal((await post(OUT, {...type, 'Content-Encoding': 'gzip'}, `csrf=${csrf}`)).status, 400)
    assert.equal((await post(OUT, type, `__proto__=x&constructor=y&csrf=`)).status, 403)
    assert.equal(await isIn(), true)
  })

  it('protects every answer, the failures too', async () => {
    for (const path of ['/admin/accounts', '/admin/nowhere', '/admin/sign-in', '/admin/sign-in?link=x']) {
      const {headers} = await scene.browser.send('GET', path)
      const policy = headers.get('content-security-policy') ?? ''
      for (const part of [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "script-src 'self'",
      ]) {
        assert.ok(policy.includes(part), `${path}: ${part}`)
      }
      assert.doesNotMatch(policy, /unsafe|\*/)
      assert.equal(headers.get('x-frame-options'), 'DENY', path)
      assert.equal(headers.get('cache-control'), 'no-store', path)
      assert.equal(headers.get('referrer-policy'), 'same-origin', path)
      assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin', path)
      assert.equal(headers.get('x-content-type-options'), 'nosniff', path)
    }
  })

  it('is not there under a name that is not the daemon’s', async () => {
    assert.equal(await getAt(scene.port, 'rebound.example', scene.browser.cookieHeader), 421)
  })

  it('shows a failure without what went wrong inside, and what the store says while it is away', async () => {
    const sound = {...world.deps.store.adminSessions}
    try {
      Object.assign(world.deps.store.adminSessions, {get: () => Promise.reject(new Error('at /srv/inside'))})
      const fault = await scene.open('/admin/accounts')
      assert.equal(fault.status, 500)
      assert.doesNotMatch(fault.html, /inside/)
      const away = new BehalfError('store-unavailable', 'redis://inside is away')
      Object.assign(world.deps.store.adminSessions, {get: () => Promise.reject(away)})
      const page = await scene.open('/admin/accounts')
      assert.deepEqual([page.status, page.headers.get('retry-after')], [503, '2'])
      assert.doesNotMatch(page.html, /inside/)
    } finally {
      Object.assign(world.deps.store.adminSessions, sound)
    }
  })
})

/** The status of the accounts page as it is asked for under another name. */
function getAt(port: number, host: string, cookie: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = {Host: host, Cookie: cookie}
    const asked = request({port, host: '127.0.0.1', path: '/admin/accounts', headers}, (response) => {
      response.resume().once('end', () => resolve(response.statusCode))
    })
    asked.once('error', reject).end()
  })
}
