import assert from 'node:assert/strict'
import {existsSync} from 'node:fs'
import {chmod} from 'node:fs/promises'
import {dirname} from 'node:path'

import {startSandbox, type Sandbox} from '../../../src/sandbox/start-sandbox.js'
import type {HealthCheck} from '../../../src/model/health-check.js'
import {findFreePort} from '../../support/free-port.js'
import {canHeedPermissions} from '../../support/permissions.js'
import {makeHome, type ProgramHome} from '../../support/program-home.js'
import type {ProgramEnd} from '../../support/running-program.js'
import {needing, skipWithout} from '../../support/skip-without.js'
import {stockHome} from '../../support/stocked-home.js'

const SETPRIV = 'setpriv, as root'

describe('doctor, as a process', function () {
  this.timeout(60_000)
  let sandbox: Sandbox
  let home: ProgramHome
  /** The usual callback port may be in use on the machine. */
  let env: Record<string, string>

  before(async () => {
    sandbox = await startSandbox()
    env = {BEHALF_CALLBACK_URL: `http://localhost:${String(await findFreePort())}/callback`}
  })
  after(() => sandbox.stop())
  beforeEach(async () => {
    home = await makeHome()
  })
  afterEach(() => home.remove())

  const problemsOf = ({stdout}: ProgramEnd) =>
    (JSON.parse(stdout) as {checks: HealthCheck[]}).checks.filter(({status}) => status === 'problem')

  it('works before anything is set up, and makes nothing: 0', async () => {
    const end = await home.run(['doctor', '--json'], {env})
    assert.equal(end.exitCode, 0, end.stdout)
    assert.equal(end.stderr, '')
    assert.ok(!existsSync(dirname(home.storePath)) && !existsSync(home.keyPath))
  })

  it('ends with the same code with and without --json', async () => {
    const redis = {...env, BEHALF_STORE: 'redis'}
    for (const argv of [['doctor'], ['doctor', '--json']]) {
      assert.equal((await home.run(argv, {env: redis})).exitCode, 3)
    }
  })

  it(
    needing(SETPRIV, canHeedPermissions, 'finds a folder that cannot be written in: 7; the hint opens it'),
    async function () {
      skipWithout(SETPRIV, canHeedPermissions, this)
      await stockHome(sandbox, [{login: 'techydrroid'}], {home})
      const folder = dirname(home.storePath)
      await chmod(folder, 0o500)
      try {
        const end = await home.run(['doctor', '--offline', '--json'], {env, heedsPermissions: true})
        const [problem] = problemsOf(end)
        assert.deepEqual([end.exitCode, problem?.name], [7, 'store'])
        assert.match(problem?.message ?? '', /Nothing can be written/)
        assert.equal((await home.runShell(problem?.hint ?? '')).exitCode, 0)
        const mended = await home.run(['doctor', '--offline', '--json'], {env, heedsPermissions: true})
        assert.deepEqual([mended.exitCode, problemsOf(mended)], [0, []])
      } finally {
        await chmod(folder, 0o700)
      }
    },
  )
})
