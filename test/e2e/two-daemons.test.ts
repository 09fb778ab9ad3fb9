import assert from 'node:assert/strict'
import {setTimeout as wait} from 'node:timers/promises'

import {startCrowdServer, type CrowdServer} from '../support/crowd-server.js'
import {makeHome, type ProgramHome} from '../support/program-home.js'
import type {RunningProgram} from '../support/running-program.js'
import {until} from '../support/until.js'

/** 10,000 in `npm run test:long`. */
const EXPIRIES = process.env.BEHALF_TEST_LONG === '1' ? 10_000 : 500
const ACCOUNTS = 200
const LIFE_MS = 5000
/** Of the test as a whole, on a machine with much else to do. */
const PATIENCE_MS = EXPIRIES * 500 + 60_000
/** Suspended for as long, a daemon finds its tokens expired and what it had begun answered long ago. */
const SUSPENDED_MS = 3000

describe('two daemons and commands on one store, at a provider that punishes a token that comes again', function () {
  this.timeout(PATIENCE_MS + 60_000)

  let server: CrowdServer
  let home: ProgramHome

  before(async () => {
    server = await startCrowdServer({lifeMs: LIFE_MS, delayMs: 100})
    home = await makeHome()
    await server.stock(home, ACCOUNTS)
  })
  after(async () => {
    await home.remove()
    await server.stop()
  })

  it(`send no token twice: ${String(EXPIRIES)} expiries`, async () => {
    const over = new AbortController()
    const daemons = [startDaemon(), startDaemon()]
    const commands = runCommands(over.signal)
    const pauses = suspendNowAndThen(daemons, over.signal)
    await until(
      `${String(EXPIRIES)} tokens were renewed`,
      () => server.crowd.requests.length >= EXPIRIES || server.crowd.replays > 0,
      PATIENCE_MS,
    )
    over.abort()
    await Promise.all([commands, pauses])
    for (const {child} of daemons) child.kill('SIGTERM')
    const ends = await Promise.all(daemons.map(({ended}) => ended))

    assert.equal(server.crowd.replays, 0)
    assert.deepEqual(
      ends.map(({exitCode, stderr}) => [exitCode, stderr]),
      ends.map(() => [0, '']),
    )
    const store = await home.openStore()
    const accounts = await store.accounts.list()
    await store.close()
    assert.equal(accounts.length, ACCOUNTS)
    assert.deepEqual(
      accounts.filter(({state, doubt}) => state.kind !== 'ok' || doubt !== undefined),
      [],
    )
  })

  const startDaemon = (): RunningProgram =>
    home.start(
      ['serve', '--listen', '127.0.0.1:0', '--no-socket', '--refresh-rate', '500', '--log-level', 'silent', '--json'],
      {killAfterMs: PATIENCE_MS},
    )

  /** Refreshes what is due, and tokens that are wanted to live longer than they can. */
  async function runCommands(signal: AbortSignal): Promise<void> {
    for (let count = 0; !signal.aborted; count += 1) {
      const name = `made_up_${String(count % ACCOUNTS)}`
      const args = count % 2 === 0 ? ['refresh'] : ['refresh', name, '--force']
      const {exitCode, stderr} = await home.run(args)
      assert.equal(exitCode, 0, stderr)
    }
  }

  async function suspendNowAndThen(daemons: readonly RunningProgram[], signal: AbortSignal): Promise<void> {
    for (let count = 0; !signal.aborted; count += 1) {
      const daemon = daemons[count % daemons.length]
      await wait(SUSPENDED_MS, undefined, {signal}).catch(() => undefined)
      daemon?.child.kill('SIGSTOP')
      await wait(SUSPENDED_MS, undefined, {signal}).catch(() => undefined)
      daemon?.child.kill('SIGCONT')
    }
  }
})
