import assert from 'node:assert/strict'

import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import {grantElsewhere} from '../support/grant-elsewhere.js'
import type {ProgramHome} from '../support/program-home.js'
import {needing, skipWithout} from '../support/skip-without.js'
import {stockHome} from '../support/stocked-home.js'
import {CTRL_C, hasTerminals, runAtTerminal} from '../support/terminal.js'
import {until} from '../support/until.js'
import {countRefreshes, delayRefreshes, startWatchedSandbox} from '../support/watched-sandbox.js'

const BOT = 'techydrroid'
const WORDS = ['import', 'refresh-token', '--provider', 'twitch', '--role', 'bot']
const SCRIPT = 'the script of util-linux'

describe('import refresh-token', function () {
  this.timeout(60_000)
  let sandbox: Sandbox
  let home: ProgramHome

  before(async () => {
    sandbox = await startWatchedSandbox()
  })
  after(() => sandbox.stop())
  beforeEach(async () => {
    home = await stockHome(sandbox, [])
  })
  afterEach(() => home.remove())

  const grant = () => grantElsewhere(sandbox, sandbox.confidentialClient, BOT)
  const start = (stdin: string) => home.start(WORDS, {stdin})
  const listStates = async (): Promise<string[]> => {
    const {stdout} = await home.run(['status', '--json'])
    return (JSON.parse(stdout) as {accounts: {state: string}[]}).accounts.map(({state}) => state)
  }

  it('goes on after a kill between the refresh and its answer', async () => {
    const {refreshToken} = await grant()
    const before = countRefreshes(sandbox)
    delayRefreshes(sandbox, 2000)
    const killed = start(refreshToken)
    await until('the refresh has arrived', () => countRefreshes(sandbox) > before)
    killed.child.kill('SIGKILL')
    await killed.ended
    assert.deepEqual(await listStates(), ['unfinished'])
    const {stderr} = await home.run(['status'])
    assert.match(
      stderr,
      /is an import that was not finished: run it again, or forget it: behalf logout twitch\/subject:/,
    )
    const end = await start(refreshToken).ended
    assert.equal(end.exitCode, 0, end.stderr)
    assert.deepEqual(await listStates(), ['ok'])
  })

  it('saves the answer to a refresh that has begun before a signal ends it; then the same import goes on', async () => {
    const {refreshToken} = await grant()
    const before = countRefreshes(sandbox)
    delayRefreshes(sandbox, 1000)
    const interrupted = start(refreshToken)
    await until('the refresh has arrived', () => countRefreshes(sandbox) > before)
    interrupted.child.kill('SIGTERM')
    assert.equal((await interrupted.ended).exitCode, 143)
    const end = await start(refreshToken).ended
    assert.equal(end.exitCode, 0, end.stderr)
    assert.equal(countRefreshes(sandbox), before + 1)
  })

  describe(needing(SCRIPT, hasTerminals, 'at a terminal'), () => {
    before(function () {
      skipWithout(SCRIPT, hasTerminals, this)
    })
    const line = `behalf ${WORDS.join(' ')}`

    it('asks for the token, and does not show it', async () => {
      const {refreshToken} = await grant()
      const {exitCode, stdout} = await runAtTerminal(home, line, [[/Refresh token:/, `${refreshToken}\r`]])
      assert.equal(exitCode, 0, stdout)
      assert.match(stdout, /Imported the bot twitch\/techydrroid/)
      assert.equal(stdout.includes(refreshToken), false)
    })

    it('takes Ctrl-C as the end: 130, and nothing is there', async () => {
      const {exitCode} = await runAtTerminal(home, line, [[/Refresh token:/, CTRL_C]])
      assert.equal(exitCode, 130)
      assert.deepEqual(await listStates(), [])
    })

    it('asks nothing when stderr goes to a file', async () => {
      const {exitCode, stdout} = await runAtTerminal(home, `${line} 2>errors; status=$?; cat errors; exit $status`)
      assert.equal(exitCode, 2)
      assert.match(stdout, /There is no token/)
    })
  })
})
