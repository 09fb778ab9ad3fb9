import assert from 'node:assert/strict'

import {endSession, listSessions} from '../../../../src/broker/admin-sessions.js'
import {createActivity, type Activity} from '../../../../src/daemon/observe/activity.js'
import {MINUTE_MS} from '../../../../src/model/time.js'
import {makeAccount} from '../../../support/make-account.js'
import {makeProvider} from '../../../support/make-provider.js'
import {startAdmin, type AdminPage, type AdminScene} from '../../../support/admin-scene.js'
import {makeBrokerWorld, type BrokerWorld} from '../../../support/broker-world.js'
import {findAll, textOf} from '../../../support/parse-html.js'
import {readEvents, type EventReader} from '../../../support/read-events.js'
import {until} from '../../../support/until.js'

const HOSTILE = '<img src=x onerror=alert(1)>\u202e"\'&'

describe('the page Activity', () => {
  let world: BrokerWorld
  let scene: AdminScene
  let activity: Activity
  let token: string
  before(async () => {
    world = await makeBrokerWorld()
    await world.store.providers.put(makeProvider())
    await world.store.accounts.put(makeAccount({login: 'seen_bot', role: 'bot'}))
  })
  after(() => world.dispose())
  beforeEach(async () => {
    activity = createActivity(world)
    scene = await startAdmin(world.deps, {activity})
    await scene.signIn()
    token = await scene.issue(['account:read', 'token:read'], {name: HOSTILE})
  })
  afterEach(() => scene.stop())

  const call = async (path: string, headers: Record<string, string> = {}): Promise<number> => {
    const response = await fetch(`${scene.origin}${path}`, {headers})
    await response.text()
    return response.status
  }
  const callKnown = (path: string, headers: Record<string, string> = {}): Promise<number> =>
    call(path, {authorization: `Bearer ${token}`, ...headers})
  const rowsOf = ({document}: AdminPage): string[] => {
    const [body] = findAll(document, ({attributes}) => attributes.id === 'calls')
    return body === undefined ? [] : findAll(body, ({name}) => name === 'tr').map(textOf)
  }

  it('says that there is nothing yet', async () => {
    const page = await scene.open('/admin/activity')
    assert.equal(page.status, 200)
    assert.match(page.text, /Nobody has called yet/)
  })

  it('shows calls, the latest first, with their outcome, and strangers that were refused', async () => {
    assert.equal(await callKnown('/api/v1/bots?secret=never'), 200)
    assert.equal(await callKnown('/api/v1/tokens'), 403)
    assert.equal(await call('/api/v1/bots'), 401)
    assert.equal(await call('/healthz'), 200)
    const page = await scene.open('/admin/activity')
    const rows = rowsOf(page)
    assert.equal(rows.length, 3)
    assert.match(rows[0] ?? '', /GET \/api\/v1\/bots.*401 not known.*unauthenticated.*none or unknown/s)
    assert.match(rows[1] ?? '', /GET \/api\/v1\/tokens.*403 refused/s)
    assert.match(rows[2] ?? '', /GET \/api\/v1\/bots.*200 done/s)
    assert.ok(!page.html.includes('never'))
  })

  it('shows nobody the id of a login', async () => {
    await callKnown('/api/v1/flows/madeUpFlow123456')
    const {html, text} = await scene.open('/admin/activity')
    assert.match(text, /\/api\/v1\/flows\/\[secret\]/)
    assert.ok(!html.includes('madeUpFlow'))
  })

  it('shows who signed in with an API token the chat users that it may serve', async () => {
    await callKnown('/api/v1/users/made:up:1')
    await callKnown('/api/v1/users/made%3Aup%3A2')
    await callKnown('/api/v1/users/%ff')
    await callKnown('/api/v1/bots')
    activity.noteChat({event: 'refused', code: 'refused', message: 'It may not act as twitch/other.'})
    const browser = scene.newBrowser()
    const admin = await scene.issue(['admin'], {as: ['subject:made:up:2']})
    await browser.submit(await browser.open('/admin/sign-in'), {token: admin})
    const seen = await browser.open('/admin/activity')
    assert.deepEqual(
      rowsOf(seen).map((row) => /\/api\/v1\/\S+/.exec(row)?.[0]),
      [undefined, '/api/v1/bots', '/api/v1/users/made%3Aup%3A2'],
    )
    assert.match(rowsOf(seen)[0] ?? '', /refused none or unknown nobody just now – –$/)
    assert.doesNotMatch(seen.text, /twitch\/other/)
    assert.match((await scene.open('/admin/activity')).text, /It may not act as twitch\/other/)
  })

  it('takes no name, path or user agent for markup', async () => {
    await callKnown(`/api/v1/bots/%3Cscript%3E`, {'user-agent': '<script>alert(1)</script>'})
    await callKnown('/api/v1/bots', {'user-agent': '"><b>'})
    const page = await scene.open('/admin/activity')
    assert.ok(!page.html.includes('<img') && !page.html.includes('<b>') && !page.html.includes('\u202e'))
    assert.equal(findAll(page.document, ({name}) => name === 'script').length, 1)
    assert.match(page.text, /<img src=x onerror=alert\(1\)>/)
  })

  for (const [query, count] of [
    ['token=strangers', 1],
    ['token=madeup00', 0],
    ['status=2', 1],
    ['status=4', 2],
    ['status=5', 0],
    ['status=chat', 0],
    ['status=nonsense', 3],
    ['account=example%3A1', 0],
    ['token=&account=&status=', 3],
  ] as const) {
    it(`shows ${String(count)} of three calls with ${query}`, async () => {
      await callKnown('/api/v1/bots')
      await callKnown('/api/v1/tokens')
      await call('/api/v1/bots')
      assert.equal(rowsOf(await scene.open(`/admin/activity?${query}`)).length, count)
    })
  }

  it('shows the calls of one API token that is chosen in the form', async () => {
    await callKnown('/api/v1/bots')
    await call('/api/v1/bots')
    const page = await scene.open('/admin/activity')
    const shown = await scene.submit(page, {token: token.slice(4, 12)}, {action: '/admin/activity'})
    assert.deepEqual(
      rowsOf(shown).map((row) => row.includes('200 done')),
      [true],
    )
  })

  it('loads itself again where that is asked for, and follows nothing then', async () => {
    const page = await scene.open('/admin/activity')
    assert.ok(!page.html.includes('http-equiv="refresh"') && page.html.includes('data-live='))
    const reloading = await scene.open('/admin/activity?reload=yes')
    assert.ok(reloading.html.includes('http-equiv="refresh"') && !reloading.html.includes('data-live='))
  })

  it('lets a session end that only watches', async () => {
    for (const path of ['/admin/activity', '/admin/activity?reload=yes', '/admin/activity?reload=yes']) {
      assert.equal((await scene.open(path)).url, path)
      world.clock.advance(14 * MINUTE_MS)
    }
    assert.match((await scene.open('/admin/activity?reload=yes')).url, /^\/admin\/sign-in/)
  })

  describe('while it is open', () => {
    const open: EventReader[] = []
    afterEach(() => {
      for (const reader of open.splice(0)) reader.close()
    })
    const follow = async (query = '', headers: Record<string, string> = {}): Promise<EventReader> => {
      const reader = await readEvents(`${scene.origin}/admin/activity/stream${query}`, {
        cookie: scene.browser.cookieHeader,
        ...headers,
      })
      open.push(reader)
      return reader
    }
    /** The clock stands still until a look is due. */
    const lookAgain = async (ms = 500): Promise<void> => {
      await until('the streams rest', () => world.clock.sleeping >= open.length)
      world.clock.advance(ms)
    }
    const next = async (reader: EventReader, count: number): Promise<void> => {
      await until(`${String(count)} events`, () => reader.events.length >= count || reader.isOver)
    }

    const textOfFirst = ({events: [first]}: EventReader): string => first?.data ?? ''

    it('is sent what is new, as rows, and what has been seen only once', async () => {
      await callKnown('/api/v1/bots')
      const reader = await follow()
      assert.equal(reader.headers['content-type'], 'text/event-stream; charset=utf-8')
      await next(reader, 1)
      await callKnown('/api/v1/tokens')
      await lookAgain()
      await next(reader, 2)
      const [first, second] = reader.events
      assert.ok(first && second)
      assert.match(first.data, /^<tr.*\/api\/<wbr\/>v1\/<wbr\/>bots.*<\/tr>$/s)
      assert.match(second.data, /v1\/<wbr\/>tokens/)
      assert.ok(!second.data.includes('bots'))
      const again = await follow('', {'last-event-id': first.id})
      await next(again, 1)
      assert.equal(again.events[0]?.id, second.id)
    })

    it('is sent only what fits the filter', async () => {
      await callKnown('/api/v1/bots')
      await call('/api/v1/bots')
      const reader = await follow('?token=strangers')
      await next(reader, 1)
      assert.equal(reader.events[0]?.data.split('<tr').length, 2)
      assert.match(textOfFirst(reader), /401/)
    })

    it('is sent a sign of life when nothing happens', async () => {
      const reader = await follow()
      await lookAgain(9000)
      await lookAgain(9000)
      await until('a heartbeat', () => reader.text.includes(': still here'))
    })

    it('ends within ten seconds of its session', async () => {
      const reader = await follow()
      await lookAgain(9500)
      const [session] = await listSessions(world.deps)
      assert.ok(session)
      await endSession(world.deps, session.id)
      await lookAgain(500)
      await until('the stream ends', () => reader.isOver)
      assert.equal(reader.events.at(-1)?.event, 'signed-out')
    })

    it('is not for who is not signed in', async () => {
      const reader = await readEvents(`${scene.origin}/admin/activity/stream`)
      assert.equal(reader.status, 303)
      reader.close()
    })

    it('is for eight readers at a time', async () => {
      const readers = await Promise.all(Array.from({length: 8}, () => follow()))
      assert.deepEqual(new Set(readers.map(({status}) => status)), new Set([200]))
      assert.equal((await follow()).status, 503)
      readers[0]?.close()
      await until('one has gone', async () => (await follow()).status === 200)
    })

    it('is not opened to be asked what it is', async () => {
      for (let count = 0; count < 9; count += 1) {
        const {status} = await scene.browser.send('HEAD', '/admin/activity/stream')
        assert.equal(status, 200)
      }
      assert.equal((await follow()).status, 200)
    })

    it('ends with the daemon', async () => {
      const reader = await follow()
      await until('it follows', () => world.clock.sleeping > 0)
      scene.startStopping()
      await until('the stream ends', () => reader.isOver)
      assert.deepEqual(reader.events, [])
    })
  })
})
