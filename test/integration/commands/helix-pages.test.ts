import assert from 'node:assert/strict'
import {join} from 'node:path'

import {createSystemClock} from '../../../src/config/system-clock.js'
import {MINUTE_MS} from '../../../src/model/time.js'
import {openJsonStore} from '../../../src/store/json-store.js'
import {makeCommandHome, type CommandHome} from '../../support/command-home.js'
import {parseJson} from '../../support/run-command.js'

const STREAMS = 250

describe('helix get, page by page', () => {
  let home: CommandHome
  before(async () => {
    home = await makeCommandHome()
    assert.equal((await home.logIn(['login'], 'streamer_sam')).exitCode, 0)
  })
  after(() => home.remove())
  beforeEach(() => {
    const {state} = home.sandbox
    state.channels.extraStreams = STREAMS - 1
    state.settings.lastPage = 'empty-object'
    state.faults.clear()
    state.calls.clear()
  })

  const pages = () => home.sandbox.state.calls.list().filter(({path}) => path.startsWith('/helix/')).length
  const fail = (after: number, parts: object) => {
    const rest = {match: {}, count: 10, process: false, status: 500, headers: {}, body: undefined, delayMs: 0}
    home.sandbox.state.faults.add({path: '/helix/streams', kind: 'status', ...rest, after, ...parts})
  }

  for (const lastPage of ['empty-object', 'missing', 'extra-page'] as const) {
    it(`prints one document with all items, whose last page ends with ${lastPage}`, async () => {
      home.sandbox.state.settings.lastPage = lastPage
      const end = await home.run(['helix', 'get', 'streams', '--paginate'])
      assert.deepEqual([end.exitCode, end.stderr], [0, ''])
      const document = parseJson(end) as {data: {id: string}[]}
      assert.deepEqual(Object.keys(document), ['data'])
      assert.equal(new Set(document.data.map(({id}) => id)).size, STREAMS)
    })
  }

  it('keeps what stands beside the items', async () => {
    // Without the scope Twitch tells how many there are, and not who.
    const args = ['helix', 'get', 'channels/followers?broadcaster_id=1001', '--paginate', '--no-check']
    assert.equal((await home.run(args)).stdout, '{"data":[],"total":2}\n')
  })

  it('prints an item a line with --lines', async () => {
    const end = await home.run(['helix', 'get', 'streams', '--paginate', '--lines'])
    const items = end.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as {id: string}).id)
    assert.equal(new Set(items).size, STREAMS)
    assert.equal(pages(), 3)
  })

  it('prints the items of one page with --lines alone', async () => {
    const end = await home.run(['helix', 'get', 'streams', '--lines'])
    assert.equal(end.stdout.split('\n').length, 21)
    assert.equal(pages(), 1)
    assert.match(end.stderr, /may be more items: --paginate/)
  })

  it('prints so many items with --limit, and asks for no more than these need', async () => {
    const {data} = parseJson(await home.run(['helix', 'get', 'streams', '--limit', '120'])) as {data: unknown[]}
    assert.deepEqual([data.length, pages()], [120, 2])
    const end = await home.run(['helix', 'get', 'streams', '--limit', '3', '--lines'])
    assert.equal(end.stdout.split('\n').length, 4)
    assert.equal(pages(), 3)
  })

  it('prints an empty list as one', async () => {
    const end = await home.run(['helix', 'get', 'streams?user_login=nobody', '--paginate'])
    assert.equal(end.stdout, '{"data":[]}\n')
    assert.equal((await home.run(['helix', 'get', 'streams?user_login=nobody', '--lines'])).stdout, '')
  })

  it('prints what is no list as it is', async () => {
    const end = await home.run(['helix', 'get', 'schedule/icalendar?broadcaster_id=1001', '--paginate'])
    const plain = await home.run(['helix', 'get', 'schedule/icalendar?broadcaster_id=1001'])
    assert.deepEqual([end.exitCode, end.stdout], [plain.exitCode, plain.stdout])
  })

  for (const args of [
    ['--paginate', '--include'],
    ['--limit', '0'],
    ['--limit', 'x'],
    ['-q', 'before=x', '--paginate'],
  ]) {
    it(`refuses ${args.join(' ')}: 2, nothing sent`, async () => {
      const end = await home.run(['helix', 'get', 'streams', ...args])
      assert.deepEqual([end.exitCode, pages()], [2, 0])
    })
  }

  describe('when a page fails midway', () => {
    it('prints a whole document of what came, and exits 6', async () => {
      fail(2, {})
      const end = await home.run(['helix', 'get', 'streams', '--paginate'])
      assert.equal(end.exitCode, 6)
      assert.equal((parseJson(end) as {data: unknown[]}).data.length, 200)
      assert.match(end.stderr, /^✗ Helix answered 500 Internal Server Error\.\n {2}→ Try again later/)
    })

    it('exits 8 when it was refused', async () => {
      fail(1, {status: 403, body: {status: 403, message: 'made-up'}})
      const end = await home.run(['helix', 'get', 'streams', '--paginate', '--lines'])
      assert.deepEqual([end.exitCode, end.stdout.split('\n').length], [8, 101])
      assert.equal(end.stderr, '✗ Helix answered 403 Forbidden: made-up\n')
    })

    it('exits 6 when the connection is cut', async () => {
      fail(1, {kind: 'drop-before'})
      const end = await home.run(['helix', 'get', 'streams', '--paginate'])
      assert.equal(end.exitCode, 6)
      assert.equal((parseJson(end) as {data: unknown[]}).data.length, 100)
    })

    it('with --json, prints what came and the error in one document', async () => {
      fail(1, {status: 403, body: {status: 403, message: 'made-up'}})
      const end = await home.run(['helix', 'get', 'streams', '--paginate', '--json'])
      assert.deepEqual([end.exitCode, end.stderr], [8, ''])
      const {data, error} = parseJson(end) as {data: unknown[]; error: unknown}
      assert.equal(data.length, 100)
      const message = 'Helix answered 403 Forbidden: made-up'
      assert.deepEqual(error, {code: 'api-error', message, status: 403, body: {status: 403, message: 'made-up'}})
    })

    it('with --json and --lines, prints the error on the last line', async () => {
      fail(1, {})
      const end = await home.run(['helix', 'get', 'streams', '--paginate', '--lines', '--json'])
      const lines = end.stdout.trimEnd().split('\n')
      assert.deepEqual([end.exitCode, end.stderr, lines.length], [6, '', 101])
      assert.equal((JSON.parse(lines.at(-1) ?? '') as {error: {code: string}}).error.code, 'unavailable')
    })

    it('and the first one is that, prints what Twitch said', async () => {
      fail(0, {status: 403, body: {status: 403, message: 'made-up'}})
      for (const how of [['--paginate'], ['--lines'], ['--limit', '5']]) {
        const end = await home.run(['helix', 'get', 'streams', ...how])
        assert.deepEqual([end.exitCode, parseJson(end)], [8, {status: 403, message: 'made-up'}])
      }
      const {error} = parseJson(await home.run(['helix', 'get', 'streams', '--paginate', '--json'])) as {error: object}
      assert.deepEqual(Object.keys(error), ['code', 'message', 'status', 'body'])
    })

    it('with a 503, tries that page once more', async () => {
      fail(1, {status: 503, count: 1})
      const end = await home.run(['helix', 'get', 'streams', '--paginate', '--lines'])
      assert.deepEqual([end.exitCode, end.stdout.split('\n').length], [0, STREAMS + 1])
    })
  })

  it('gets a new token when the old one dies between two pages', async () => {
    const {state} = home.sandbox
    await ageToken(home)
    let answered = 0
    const add = state.calls.add.bind(state.calls)
    state.calls.add = (record) => {
      add(record)
      if (record.path !== '/helix/streams') return
      answered += 1
      if (answered === 2) for (const token of state.accessTokens.values()) token.expiresAt = 0
    }
    const end = await home.run(['helix', 'get', 'streams', '--paginate', '--lines'])
    state.calls.add = add
    assert.deepEqual([end.exitCode, end.stderr, end.stdout.split('\n').length], [0, '', STREAMS + 1])
    const refreshes = state.calls.list().filter(({grantType}) => grantType === 'refresh_token')
    assert.equal(refreshes.length, 1)
    assert.equal(pages(), 4)
  })

  describe('at the rate limit', () => {
    it('waits and says so, and ends at once when it is interrupted', async () => {
      home.sandbox.state.rateLimiter.reset(2, 0)
      const end = await home.run(['helix', 'get', 'users'], {
        watch(running) {
          void running.stderr.waitFor(/^Waiting .+ for Twitch’s rate limit …\n/).then(() => {
            running.send('SIGINT')
          })
        },
      })
      assert.deepEqual([end.exitCode, end.stdout, pages()], [130, '', 1])
    })
  })
})

/** A token is not refreshed for a refusal in its first minute. */
async function ageToken({folder}: CommandHome): Promise<void> {
  const store = await openJsonStore({
    path: join(folder, 'store.json'),
    secret: {kind: 'default-key-file', path: join(folder, 'config/behalf/secret.key')},
    clock: createSystemClock(),
  })
  await store.accounts.update('twitch:1001', (account) => ({
    ...account,
    credential: {...account.credential, issuedAt: account.credential.issuedAt - 2 * MINUTE_MS},
  }))
  await store.close()
}
