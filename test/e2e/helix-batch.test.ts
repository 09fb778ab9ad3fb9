import assert from 'node:assert/strict'

import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import type {ProgramHome} from '../support/program-home.js'
import {stockHome} from '../support/stocked-home.js'
import {startWatchedSandbox} from '../support/watched-sandbox.js'

const BOT = 'techydrroid'
/** Points a minute: a new one comes every 50 ms, and a burst of twenty is there at first. */
const LIMIT = 1200
const BURST = 20
const CALLS = 60

describe('two batches at once on one account', function () {
  this.timeout(120_000)

  let sandbox: Sandbox
  let home: ProgramHome

  before(async () => {
    sandbox = await startWatchedSandbox()
    home = await stockHome(sandbox, [{login: BOT}])
    sandbox.state.rateLimiter.reset(LIMIT, BURST)
  })
  after(async () => {
    await home.remove()
    await sandbox.stop()
  })

  it(`never exceed its bucket: 2 × ${String(CALLS)} calls, none of them answered 429`, async () => {
    const lines = Array.from({length: CALLS}, (_, index) => `GET users?login=otherbot&id=${String(index)}\n`).join('')
    const ends = await Promise.all([1, 2].map(() => home.run(['helix', 'batch', '--as', BOT], {stdin: lines})))
    for (const {exitCode, stderr, stdout} of ends) {
      assert.equal(exitCode, 0, stderr)
      assert.match(stderr, new RegExp(`${String(CALLS)} requests: ${String(CALLS)} done, 0 failed\n$`))
      const order = stdout
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as {line: number}).line)
      assert.deepEqual(
        order,
        Array.from({length: CALLS}, (_, index) => index + 1),
      )
    }
    const calls = sandbox.state.calls.list().filter(({path}) => path === '/helix/users')
    assert.equal(calls.filter(({status}) => status === 429).length, 0)
    assert.equal(calls.length, 2 * CALLS)
    // They had to wait for most of their points, so the budget was what held them back.
    const [first, last] = [calls[0]?.at ?? 0, calls.at(-1)?.at ?? 0]
    assert.ok(last - first >= ((2 * CALLS - BURST - 5) * 60_000) / LIMIT, `${String(last - first)} ms`)
  })

  it('wait together until it is full when a stranger has emptied it, and none is answered 429 twice', async () => {
    const {state} = sandbox
    state.rateLimiter.reset(100_000)
    state.calls.clear()
    const resetSeconds = Math.ceil(Date.now() / 1000) + 6
    state.faults.add({
      path: '/helix/users',
      kind: 'status',
      status: 429,
      headers: {
        'Ratelimit-Limit': '100000',
        'Ratelimit-Remaining': '0',
        'Ratelimit-Reset': String(resetSeconds),
      },
      match: {},
      after: 30,
      count: 10,
      process: false,
      body: {status: 429, message: 'Request limit exceeded'},
      delayMs: 0,
    })
    const ends = await Promise.all(
      ['a', 'b'].map((name) => {
        // The sandbox notes the names of parameters, and ignores those that it does not know.
        const calls = Array.from({length: CALLS}, (_, index) => `GET users?login=otherbot&${name}${String(index)}=\n`)
        return home.run(['helix', 'batch', '--as', BOT], {stdin: calls.join('')})
      }),
    )
    for (const {exitCode, stderr} of ends) assert.equal(exitCode, 0, stderr)
    const calls = state.calls.list().filter(({path}) => path === '/helix/users')
    const refused = calls.filter(({status}) => status === 429)
    // As many as were under way.
    assert.ok(refused.length > 0)
    assert.equal(new Set(refused.map(({query}) => query.join())).size, refused.length)
    assert.equal(calls.length, 2 * CALLS + refused.length)
    // Whatever was under way then had arrived within a second; nothing more came before the bucket was full.
    const early = calls.filter(({at}) => at > (refused[0]?.at ?? 0) + 1500 && at < (resetSeconds - 1) * 1000)
    assert.deepEqual(early, [])
  })
})
