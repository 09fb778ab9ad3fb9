import assert from 'node:assert/strict'

import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import type {ProgramHome} from '../support/program-home.js'
import {stockHome} from '../support/stocked-home.js'
import {countRefreshes, delayRefreshes, startWatchedSandbox} from '../support/watched-sandbox.js'

const BOT = 'techydrroid'
const PROCESSES = 50

describe('many processes that want one token', function () {
  this.timeout(180_000)

  let sandbox: Sandbox
  let home: ProgramHome

  before(async () => {
    sandbox = await startWatchedSandbox()
    home = await stockHome(sandbox, [{login: BOT, lifeMs: -1000}])
  })
  after(async () => {
    await home.remove()
    await sandbox.stop()
  })

  it(`refresh it once and all go well: ${String(PROCESSES)} × helix get users on a dead token`, async () => {
    // The provider takes its time, so that the others come while the first one waits.
    delayRefreshes(sandbox, 3000)
    const ends = await Promise.all(
      Array.from({length: PROCESSES}, () => home.run(['helix', 'get', 'users', '--as', BOT])),
    )
    const bad = ends.filter(({exitCode, stdout}) => exitCode !== 0 || !stdout.includes(`"login":"${BOT}"`))
    assert.deepEqual(bad, [])
    assert.equal(countRefreshes(sandbox), 1)
  })
})
