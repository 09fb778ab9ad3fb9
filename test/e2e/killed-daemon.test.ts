import assert from 'node:assert/strict'
import {setTimeout as wait} from 'node:timers/promises'

import type {Account} from '../../src/model/account.js'
import {isAlive} from '../../src/model/token-life.js'
import {startCrowdServer, type CrowdServer} from '../support/crowd-server.js'
import {makeHome, type ProgramHome} from '../support/program-home.js'
import type {RunningProgram} from '../support/running-program.js'
import {until} from '../support/until.js'

/** 50 in `npm run test:long`. */
const KILLS = process.env.BEHALF_TEST_LONG === '1' ? 50 : 5
const ACCOUNTS = 100
const LIFE_MS = 4000
/** So many are refreshed together, so no more can have been under way. */
const AT_ONCE = 16

describe('a daemon that is killed while it refreshes', function () {
  this.timeout(KILLS * 30_000 + 60_000)

  let server: CrowdServer
  let home: ProgramHome

  before(async () => {
    server = await startCrowdServer({lifeMs: LIFE_MS, delayMs: 200, isSafe: true})
    home = await makeHome()
    await server.stock(home, ACCOUNTS)
  })
  after(async () => {
    await home.remove()
    await server.stop()
  })

  it(`starts again with nothing lost, and no account stays in doubt (${String(KILLS)} kills)`, async () => {
    let leftInDoubt = 0
    for (let kill = 0; kill < KILLS; kill += 1) {
      const startedAt = Date.now()
      const daemon = await startUnderLoad()
      await until('what its predecessor left in doubt is settled', async () =>
        (await listAccounts()).every(({doubt}) => (doubt?.since.wallMs ?? Infinity) >= startedAt),
      )
      await wait(Math.random() * 300)
      daemon.child.kill('SIGKILL')
      await daemon.ended
      const accounts = await listAccounts()
      const inDoubt = accounts.filter(({doubt}) => doubt !== undefined).length
      assert.equal(accounts.length, ACCOUNTS)
      assert.ok(inDoubt <= AT_ONCE, `${String(inDoubt)} in doubt`)
      leftInDoubt += inDoubt
    }
    assert.ok(leftInDoubt > 0, 'no kill came while a refresh was under way')

    const daemon = await startUnderLoad()
    server.crowd.lifeMs = 3600_000
    await until('all were fresh', async () => (await listAccounts()).every(isHappy))
    daemon.child.kill('SIGTERM')
    const {exitCode, stderr} = await daemon.ended
    assert.deepEqual([exitCode, stderr], [0, ''])
    assert.deepEqual(
      (await listAccounts()).filter((account) => !isHappy(account)),
      [],
    )
    const check = await home.run(['store', 'check'])
    assert.equal(check.exitCode, 0, check.stdout + check.stderr)
  })

  /** Resolves when it is in the middle of it. */
  async function startUnderLoad(): Promise<RunningProgram> {
    const before = server.crowd.requests.length
    const daemon = home.start([
      'serve',
      '--listen',
      '127.0.0.1:0',
      '--no-socket',
      '--refresh-rate',
      '200',
      '--log-level',
      'silent',
      '--json',
    ])
    await until('it refreshes', () => {
      assert.ok(daemon.isRunning(), daemon.soFar.stderr)
      return server.crowd.requests.length >= before + AT_ONCE
    })
    return daemon
  }

  async function listAccounts(): Promise<Account[]> {
    // Asked for without a pause, it would leave the daemon little of the machine.
    await wait(50)
    const store = await home.openStore()
    try {
      return await store.accounts.list()
    } finally {
      await store.close()
    }
  }

  const isHappy = ({state, doubt, credential}: Account): boolean =>
    state.kind === 'ok' && doubt === undefined && isAlive(credential, Date.now())
})
