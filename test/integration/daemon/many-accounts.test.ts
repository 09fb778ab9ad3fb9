import assert from 'node:assert/strict'

import {createSystemClock} from '../../../src/config/system-clock.js'
import {startSchedule} from '../../../src/daemon/schedule/schedule.js'
import {HOUR_MS, SECOND_MS} from '../../../src/model/time.js'
import {makeScheduleScene, type ScheduleScene} from '../../support/schedule-scene.js'
import {until} from '../../support/until.js'

const ACCOUNTS = 10_000
const TWITCH = {dialect: 'twitch', validateUrl: 'https://id.example.test/validate'} as const
/** Of processor time, for the machine may be busy with other things: thrice what is meant, as garbage is collected meanwhile. */
const LONGEST_SLICE_MS = 150
const FIRST_WORK_MS = 2 * SECOND_MS

describe('the schedule of 10,000 accounts', function () {
  this.timeout(60_000)

  let scene: ScheduleScene
  before(async () => {
    scene = await makeScheduleScene({provider: TWITCH})
    const expiresAt = Date.now() + 4 * HOUR_MS
    const issuedAt = Date.now()
    await Promise.all(
      Array.from({length: ACCOUNTS}, (_, i) => scene.add(String(i), {credential: {issuedAt, expiresAt}})),
    )
  })
  after(() => scene.dispose())

  it('starts without keeping anyone waiting, and has begun to work soon after', async () => {
    // What any reader of the store waits for, with a schedule and without.
    await scene.store.accounts.names()
    const slices: number[] = []
    let isOver = false
    let cpu = process.cpuUsage()
    const look = (): void => {
      const {user, system} = process.cpuUsage(cpu)
      slices.push((user + system) / 1000)
      cpu = process.cpuUsage()
      if (!isOver) setImmediate(look)
    }
    const startedCpu = process.cpuUsage()
    setImmediate(look)
    const schedule = startSchedule({...scene.deps, clock: createSystemClock()})
    await until('the first token is validated', () => scene.crowd.validations.length > 0)
    const {user, system} = process.cpuUsage(startedCpu)
    await schedule.stop()
    isOver = true
    const longestMs = slices.reduce((longest, ms) => Math.max(longest, ms), 0)
    assert.ok(longestMs < LONGEST_SLICE_MS, `${longestMs.toFixed(0)} ms at a stretch`)
    assert.ok((user + system) / 1000 < FIRST_WORK_MS, `${((user + system) / 1000).toFixed(0)} ms until it worked`)
  })
})
