import assert from 'node:assert/strict'

import type {Schedule} from '../../../../src/daemon/schedule/schedule.js'
import {BehalfError} from '../../../../src/model/behalf-error.js'
import {HOUR_MS, MINUTE_MS, SECOND_MS} from '../../../../src/model/time.js'
import {makeFailingStore, type FailingStore} from '../../../support/failing-store.js'
import {makeScheduleScene, type ScheduleScene} from '../../../support/schedule-scene.js'

const START = 1_800_000_000_000
const TWITCH = {dialect: 'twitch', validateUrl: 'https://id.example.test/validate'} as const
const LASTING = {credential: {expiresAt: START + 100 * HOUR_MS}}
const ACCOUNTS = 40

describe('the schedules of several daemons of one store', () => {
  let scene: ScheduleScene
  beforeEach(async () => (scene = await makeScheduleScene({provider: TWITCH, settings: {refreshRate: 100}})))
  afterEach(() => scene.dispose())

  /** Four, which differ in what they draw at random. */
  async function startFour(): Promise<void> {
    for (const luck of [0, 0.3, 0.6, 0.9]) await scene.start({random: {...scene.deps.random, fraction: () => luck}})
  }

  it('validate each account once an hour between them', async () => {
    for (let i = 0; i < ACCOUNTS; i += 1) await scene.add(String(i), LASTING)
    await startFour()
    await scene.pass(MINUTE_MS, SECOND_MS)
    scene.crowd.validations.length = 0
    await scene.pass(HOUR_MS, 5 * SECOND_MS)
    assert.equal(scene.crowd.validations.length, ACCOUNTS)
    assert.equal(new Set(scene.crowd.validations).size, ACCOUNTS)
  })

  it('refresh each account once', async () => {
    for (let i = 0; i < ACCOUNTS; i += 1) {
      await scene.add(String(i), {credential: {issuedAt: START - HOUR_MS, expiresAt: START + MINUTE_MS}})
    }
    await startFour()
    await scene.pass(2 * MINUTE_MS, SECOND_MS)
    assert.equal(scene.crowd.requests.length, ACCOUNTS)
    assert.equal(scene.crowd.replays, 0)
  })
})

describe('the schedule, whose store cannot be reached for an hour', () => {
  let scene: ScheduleScene
  let failing: FailingStore
  let schedule: Schedule
  beforeEach(async () => {
    scene = await makeScheduleScene()
    failing = makeFailingStore(scene.store)
    schedule = await scene.start({store: failing.store})
    failing.isAway = true
  })
  afterEach(() => scene.dispose())

  it('tries it now and then, and says so twice: when it goes, and when it is back', async () => {
    await scene.pass(HOUR_MS, SECOND_MS)
    assert.ok(failing.refused <= HOUR_MS / (3.9 * SECOND_MS), `${String(failing.refused)} times`)
    assert.equal(schedule.status().isWorking, false)
    failing.isAway = false
    await scene.pass(10 * SECOND_MS)
    assert.equal(schedule.status().isWorking, true)
    const told = scene.events.filter((event) => event.startsWith('schedule'))
    assert.deepEqual(told, ['schedule-trouble', 'schedule-works'])
  })

  it('has what came due meanwhile refreshed soon after', async () => {
    await scene.add('1', {credential: {issuedAt: START - HOUR_MS, expiresAt: START + MINUTE_MS}})
    await scene.pass(HOUR_MS, 10 * SECOND_MS)
    assert.equal(scene.crowd.requests.length, 0)
    failing.isAway = false
    await scene.pass(10 * SECOND_MS)
    assert.equal(scene.crowd.requests.length, 1)
  })

  it('tells at once when something else is wrong with it', async () => {
    await scene.pass(MINUTE_MS)
    failing.error = new BehalfError('store-damaged', 'made up')
    await scene.pass(MINUTE_MS)
    const told = scene.events.filter((event) => event === 'schedule-trouble')
    assert.equal(told.length, 2)
  })
})
