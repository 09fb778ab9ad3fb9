import assert from 'node:assert/strict'

import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import type {ProgramHome} from '../support/program-home.js'
import {findProgram, needing, skipWithout} from '../support/skip-without.js'
import {stockHome} from '../support/stocked-home.js'
import {countRefreshes, startWatchedSandbox} from '../support/watched-sandbox.js'

const BOT = 'techydrroid'
/** Longer than any command takes that does not wait for somebody. */
const NOBODY_ANSWERS_MS = 20_000

describe('in a shell', function () {
  this.timeout(60_000)

  let sandbox: Sandbox
  let home: ProgramHome

  before(async () => {
    // Enough for an answer that does not fit into a pipe.
    sandbox = await startWatchedSandbox({seed: {extraStreams: 300}})
  })
  after(() => sandbox.stop())
  beforeEach(async () => {
    home = await stockHome(sandbox, [{login: BOT}, {login: 'otherbot', lifeMs: -1000}])
  })
  afterEach(() => home.remove())

  describe('a pipe, with pipefail', () => {
    const pipe = (line: string) => home.runShell(`set -o pipefail; ${line}`)

    const hasJq = findProgram('jq') !== undefined

    it(needing('jq', hasJq, 'goes through jq'), async function () {
      skipWithout('jq', hasJq, this)
      const end = await pipe(`behalf helix get users --as ${BOT} | jq -r '.data[0].login'`)
      assert.deepEqual([end.exitCode, end.stdout, end.stderr], [0, `${BOT}\n`, ''])
    })

    it('may be closed after the first line', async () => {
      const end = await pipe(`behalf helix get streams -q first=100 --include --as ${BOT} | head -1`)
      assert.deepEqual([end.exitCode, end.stdout, end.stderr], [0, 'HTTP/1.1 200 OK\n', ''])
    })

    it('may be closed before anything was read', async () => {
      const end = await pipe(`behalf helix get users --as ${BOT} | true`)
      assert.deepEqual([end.exitCode, end.stderr], [0, ''])
    })

    it('fails with the command, whoever reads the rest', async () => {
      const end = await pipe(`behalf helix get users --as nobody_of_that_name | head -1`)
      assert.equal(end.exitCode, 5)
    })
  })

  it('refreshes from cron: no terminal, a bare environment, silent, exit 0', async () => {
    const before = countRefreshes(sandbox)
    const behalf = `${process.execPath} ${home.program.script}`
    const end = await home.runShell(`env -i HOME=${home.path} PATH=/usr/bin:/bin ${behalf} refresh`, {detached: true})
    assert.deepEqual([end.exitCode, end.stdout, end.stderr], [0, '', ''])
    assert.equal(countRefreshes(sandbox), before + 1)
  })

  describe('without a terminal, but with a stdin that somebody might write to', () => {
    const QUESTIONS = [
      {args: ['provider', 'add', 'github'], exitCode: 2, names: /--client-id/},
      {args: ['provider', 'remove', 'twitch'], exitCode: 2, names: /--yes/},
    ]
    for (const {args, exitCode, names} of QUESTIONS) {
      it(`asks nothing and exits ${String(exitCode)}: ${args.join(' ')}`, async () => {
        const startedMs = performance.now()
        const end = await home.run(args, {keepStdinOpen: true})
        assert.equal(end.exitCode, exitCode, end.stderr)
        assert.match(end.stderr, names)
        assert.ok(performance.now() - startedMs < NOBODY_ANSWERS_MS)
      })
    }

    it('reads nothing of it that it was not told to read', async () => {
      const end = await home.run(['helix', 'get', 'users', '--as', BOT], {keepStdinOpen: true})
      assert.equal(end.exitCode, 0, end.stderr)
    })
  })
})
