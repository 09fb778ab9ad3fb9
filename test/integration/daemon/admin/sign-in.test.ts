import assert from 'node:assert/strict'

import {
  beginSessionByLink,
  endAllSessions,
  listSessions,
  makeSignInLink,
} from '../../../../src/broker/admin-sessions.js'
import {findApiTokenId} from '../../../../src/broker/find-api-token.js'
import {listApiTokens, revokeApiToken} from '../../../../src/broker/api-tokens.js'
import {rotateApiToken} from '../../../../src/broker/issue-api-token.js'
import {HOUR_MS, MINUTE_MS, SECOND_MS} from '../../../../src/model/time.js'
import {
  signInByLink,
  startAdmin,
  type AdminBrowser,
  type AdminPage,
  type AdminScene,
} from '../../../support/admin-scene.js'
import {makeBrokerWorld, type BrokerWorld} from '../../../support/broker-world.js'

const HOME = '/admin/accounts'

describe('signing in to the admin page', () => {
  let world: BrokerWorld
  let scene: AdminScene

  beforeEach(async () => {
    world = await makeBrokerWorld()
    scene = await startAdmin(world.deps)
  })

  afterEach(async () => {
    await scene.stop()
    await world.dispose()
  })

  const isIn = async (browser: AdminBrowser): Promise<boolean> => (await browser.open(HOME)).url === HOME
  const openLink = async (browser: AdminBrowser): Promise<AdminPage> => {
    const {code} = await makeSignInLink(world.deps)
    return browser.open(`/admin/sign-in?link=${code.reveal()}`)
  }
  const signInByToken = async (browser: AdminBrowser, token: string, next = HOME): Promise<AdminPage> => {
    const page = await browser.open(`/admin/sign-in?next=${encodeURIComponent(next)}`)
    return browser.submit(page, {token})
  }

  describe('by a link', () => {
    it('signs in who presses the button, and not who only opens it', async () => {
      const page = await openLink(scene.browser)
      assert.equal(await isIn(scene.browser), false)
      assert.deepEqual((await listSessions(world.deps)).length, 0)
      const end = await scene.submit(page)
      assert.deepEqual([end.status, end.url], [200, HOME])
    })

    it('lets one of twenty in who press it at the same moment, on two daemons', async () => {
      const elsewhere = await startAdmin(await world.openAgain())
      try {
        const page = await openLink(scene.browser)
        const browsers = Array.from({length: 20}, (_, index) => (index % 2 ? scene : elsewhere).newBrowser())
        const ends = await Promise.all(browsers.map((browser) => browser.submit(page)))
        assert.equal(ends.filter(({url}) => url === HOME).length, 1)
        assert.equal(ends.filter(({status}) => status === 403).length, 19)
        assert.equal((await listSessions(world.deps)).length, 1)
      } finally {
        await elsewhere.stop()
      }
    })

    it('refuses it a second time, after a minute, from another store, and as an API token', async () => {
      const used = await openLink(scene.browser)
      await scene.submit(used)
      assert.equal((await scene.newBrowser().submit(used)).status, 403)

      const late = await openLink(scene.newBrowser())
      world.clock.advance(MINUTE_MS)
      assert.equal((await scene.newBrowser().submit(late)).status, 403)

      const other = await makeBrokerWorld()
      try {
        const {code} = await makeSignInLink(other.deps)
        const foreign = await scene.newBrowser().open(`/admin/sign-in?link=${code.reveal()}`)
        assert.equal((await scene.newBrowser().submit(foreign)).status, 403)
      } finally {
        await other.dispose()
      }

      const {code} = await makeSignInLink(world.deps)
      assert.equal((await signInByToken(scene.newBrowser(), code.reveal())).status, 403)
      assert.equal(
        (await scene.browser.send('GET', '/api/v1/tokens', {Authorization: `Bearer ${code.reveal()}`})).status,
        401,
      )
    })
  })

  describe('by an API token', () => {
    it('wants the scope admin, and shows what was sent nowhere', async () => {
      const weak = await scene.issue(['helix'])
      const page = await signInByToken(scene.browser, weak)
      assert.equal(page.status, 403)
      assert.ok(!page.html.includes(weak))
      assert.equal(await isIn(scene.browser), false)
      assert.equal((await signInByToken(scene.browser, await scene.issue(['admin']))).url, HOME)
    })

    for (const [how, end] of [
      ['is revoked', (id: string) => revokeApiToken(world.deps, id)],
      ['gets a new secret', (id: string) => rotateApiToken(world.deps, id)],
      ['loses the scope', (id: string) => world.store.apiTokens.update(id, (token) => ({...token, scopes: ['helix']}))],
    ] as const) {
      it(`ends with the next request when the API token ${how}, on every daemon`, async () => {
        const elsewhere = await startAdmin(await world.openAgain())
        try {
          await signInByToken(scene.browser, await scene.issue(['admin']))
          const copy = elsewhere.newBrowser()
          for (const [name, value] of scene.browser.cookies) copy.cookies.set(name, value)
          assert.deepEqual([await isIn(scene.browser), await isIn(copy)], [true, true])
          // In the same millisecond: a clock would not tell which came first.
          await end(await findApiTokenId(world.deps, 'made up'))
          assert.deepEqual([await isIn(scene.browser), await isIn(copy)], [false, false])
        } finally {
          await elsewhere.stop()
        }
      })
    }

    it('ends when the API token does', async () => {
      await signInByToken(scene.browser, await scene.issue(['admin'], {expiresInMs: 10 * MINUTE_MS}))
      world.clock.advance(10 * MINUTE_MS - 1)
      assert.equal(await isIn(scene.browser), true)
      world.clock.advance(1)
      assert.equal(await isIn(scene.browser), false)
    })

    it('counts failures of both ways apart, and lets nobody in meanwhile', async () => {
      const token = await scene.issue(['admin'])
      const page = await scene.open('/admin/sign-in')
      for (let count = 0; count < 30; count += 1) assert.equal((await scene.submit(page, {token: 'x'})).status, 403)
      const refused = await scene.submit(page, {token})
      assert.equal(refused.status, 429)
      assert.equal(refused.headers.get('retry-after'), '60')
      assert.equal((await scene.submit(await openLink(scene.browser))).url, HOME)
      world.clock.advance(MINUTE_MS)
      assert.equal((await signInByToken(scene.newBrowser(), token)).url, HOME)
    })
  })

  describe('the session', () => {
    it('ends half an hour after it was used last, and eight hours after it began', async () => {
      await scene.signIn()
      world.clock.advance(30 * MINUTE_MS - 1)
      assert.equal(await isIn(scene.browser), true)
      world.clock.advance(30 * MINUTE_MS)
      assert.equal(await isIn(scene.browser), false)

      await scene.signIn()
      for (let passed = 0; passed < 8 * HOUR_MS - 20 * MINUTE_MS; passed += 20 * MINUTE_MS) {
        assert.equal(await isIn(scene.browser), true, String(passed))
        world.clock.advance(20 * MINUTE_MS)
      }
      assert.equal(await isIn(scene.browser), true)
      world.clock.advance(20 * MINUTE_MS - 1)
      assert.equal(await isIn(scene.browser), true)
      world.clock.advance(1)
      assert.equal(await isIn(scene.browser), false)
    })

    it('has a new secret at every sign-in: one that somebody else has put there is no session', async () => {
      const planted = scene.newBrowser()
      await signInByLink(world.deps, planted)
      const victim = scene.newBrowser()
      for (const [name, value] of planted.cookies) victim.cookies.set(name, value)
      await signInByLink(world.deps, victim)
      assert.notEqual(victim.cookieHeader, planted.cookieHeader)
      assert.deepEqual([await isIn(victim), await isIn(planted)], [true, false])

      const made = scene.newBrowser()
      made.cookies.set('behalf-session', 'bhf_AAAAAAAA_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_000000')
      assert.equal(await isIn(made), false)
    })

    it('is over in this browser after signing out, and in all after signing out everywhere', async () => {
      const [one, two, three] = [scene.newBrowser(), scene.newBrowser(), scene.newBrowser()]
      for (const browser of [one, two, three]) await signInByLink(world.deps, browser)
      const stolen = one.cookieHeader
      assert.match(
        (await one.submit(await one.open('/admin/sign-out'), {}, {button: 'Sign out'})).text,
        /You are signed out\./,
      )
      assert.equal((await one.send('GET', HOME, {Cookie: stolen})).status, 303)
      assert.deepEqual([await isIn(one), await isIn(two)], [false, true])
      await two.submit(await two.open('/admin/sign-out'), {}, {button: 'Sign out everywhere'})
      assert.deepEqual([await isIn(two), await isIn(three)], [false, false])
      assert.deepEqual(await listSessions(world.deps), [])
    })

    it('leads a form that came too late back to its page, and never to the way out', async () => {
      const form = await scene.signIn().then(() => scene.open('/admin/tokens/issue'))
      await endAllSessions(world.deps)
      const late = await scene.submit(form, {name: 'made up'}, {button: 'Issue the token'})
      assert.match(late.text, /You are signed out.*Nothing was done/s)
      assert.match(late.html, /href="\/admin\/sign-in\?next=%2Fadmin%2Ftokens%2Fissue"/)
      assert.equal((await scene.open('/admin/sign-out')).url, '/admin/sign-in')
    })

    it('is one of twenty at most: the one that was used the longest time ago makes room', async () => {
      const first = scene.newBrowser()
      const second = scene.newBrowser()
      for (const browser of [first, second]) {
        await signInByLink(world.deps, browser)
        world.clock.advance(SECOND_MS)
      }
      world.clock.advance(2 * MINUTE_MS)
      assert.equal(await isIn(first), true)
      for (let count = 0; count < 19; count += 1) {
        const {code} = await makeSignInLink(world.deps)
        await beginSessionByLink(world.deps, code, 'made up')
      }
      assert.equal((await listSessions(world.deps)).length, 20)
      assert.deepEqual([await isIn(first), await isIn(second)], [true, false])
    })

    it('opens nothing but the page, and is in no list of API tokens', async () => {
      const token = await scene.issue(['admin'])
      await scene.signIn()
      const [text = ''] = [...scene.browser.cookies.values()]
      assert.match(text, /^bhf_/)
      const asBearer = await scene.browser.send('GET', '/api/v1/tokens', {Cookie: '', Authorization: `Bearer ${text}`})
      assert.equal(asBearer.status, 401)
      const answer = await scene.call('GET', '/api/v1/tokens', {token})
      assert.equal((JSON.parse(answer.text) as {tokens: unknown[]}).tokens.length, 1)
      assert.equal((await listApiTokens(world.deps)).length, 1)
      const id = text.slice(4, 12)
      for (const [method, path] of [
        ['GET', ''],
        ['DELETE', ''],
        ['POST', '/rotate'],
      ] as const) {
        const refused = await scene.browser.send(method, `/api/v1/tokens/${id}${path}`, {
          Authorization: `Bearer ${token}`,
        })
        assert.equal(refused.status, 404, method)
      }
      assert.equal(await isIn(scene.browser), true)
      assert.equal((await signInByToken(scene.newBrowser(), text)).status, 403)
    })
  })
})
