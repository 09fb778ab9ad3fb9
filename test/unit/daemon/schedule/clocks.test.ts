import assert from 'node:assert/strict'

import type {Account} from '../../../../src/model/account.js'
import {DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS} from '../../../../src/model/time.js'
import {nextRefreshAt} from '../../../../src/model/token-life.js'
import {makeScheduleScene, type ScheduleScene} from '../../../support/schedule-scene.js'

const START = 1_800_000_000_000
const TWITCH = {dialect: 'twitch', validateUrl: 'https://id.example.test/validate'} as const

describe('the schedule, when clocks do not go on evenly', () => {
  let scene: ScheduleScene
  beforeEach(async () => (scene = await makeScheduleScene({provider: TWITCH})))
  afterEach(() => scene.dispose())

  const sent = () => scene.crowd.requests.map(({userId}) => userId)
  const dueAt = (account: Account) => nextRefreshAt(account) ?? NaN
  const fresh = {lastValidatedAt: START}

  for (const [what, pass] of [
    [
      'the machine slept',
      (ms) => {
        scene.clock.advanceWall(ms)
      },
    ],
    [
      'the process was suspended',
      (ms) => {
        scene.clock.advance(ms - 2 * SECOND_MS)
      },
    ],
  ] satisfies [string, (ms: number) => void][]) {
    it(`proves that the network is there before it uses a refresh token, after ${what}`, async () => {
      await scene.add('1', fresh)
      await scene.start()
      scene.crowd.weather = 'unreachable'
      pass(4 * HOUR_MS)
      await scene.pass(2 * SECOND_MS)
      assert.deepEqual([scene.crowd.proofs, (await scene.stored('1'))?.lastFailure], [1, undefined])
      scene.crowd.weather = 'fine'
      await scene.pass(20 * SECOND_MS)
      assert.deepEqual([scene.crowd.proofs, sent()], [2, ['1']])
    })
  }

  it('proves nothing where no time was lost', async () => {
    const account = await scene.add('1', fresh)
    await scene.start()
    await scene.pass(dueAt(account) - START + 23 * SECOND_MS, 20 * SECOND_MS)
    assert.deepEqual([scene.crowd.proofs, sent()], [0, ['1']])
  })

  it('refreshes at once what a clock that was set forward makes due', async () => {
    await scene.add('1', fresh)
    await scene.start()
    scene.clock.advanceWall(5 * HOUR_MS)
    await scene.pass(3 * SECOND_MS)
    assert.deepEqual(sent(), ['1'])
  })

  it('does not believe a clock that is earlier than the store’s last write: only validations tell', async () => {
    await scene.add('1')
    await scene.add('2')
    const schedule = await scene.start()
    scene.crowd.validations.length = 0
    scene.clock.setWall(START - 10 * HOUR_MS)
    await scene.pass(2 * SECOND_MS)
    assert.equal(schedule.status().clockIsBelieved, false)
    assert.deepEqual(sent(), [])
    scene.crowd.dead.add('2')
    // An hour by the clock that nobody can set.
    await scene.pass(HOUR_MS, 10 * SECOND_MS)
    assert.deepEqual(
      scene.crowd.validations.filter((userId) => userId === '1'),
      ['1'],
    )
    assert.deepEqual(sent(), ['2'])
    assert.equal(scene.crowd.replays, 0)
  })

  it('leaves alone what is overdue even by a clock that it does not believe, while its token is accepted', async () => {
    await scene.add('1', {credential: {issuedAt: START - 20 * HOUR_MS, expiresAt: START - 15 * HOUR_MS}})
    scene.clock.setWall(START - 10 * HOUR_MS)
    await scene.start()
    await scene.pass(MINUTE_MS)
    assert.deepEqual([sent(), scene.crowd.validations], [[], ['1']])
  })

  it('believes a clock that is a few seconds behind', async () => {
    await scene.add('1', {...fresh, credential: {issuedAt: START - HOUR_MS, expiresAt: START - MINUTE_MS}})
    scene.clock.setWall(START - 9 * SECOND_MS)
    await scene.start()
    assert.deepEqual(sent(), ['1'])
  })

  it('goes on for longer than a timer can run: a token of 60 days', async () => {
    const account = await scene.add('1', {...fresh, provider: 'patient', credential: {expiresAt: START + 60 * DAY_MS}})
    await scene.store.providers.put({...scene.provider, name: 'patient', dialect: 'rfc'})
    const schedule = await scene.start()
    assert.equal(schedule.status().nextRefreshAt, dueAt(account))
    assert.ok(dueAt(account) - START > 2 ** 31)
    await scene.pass(dueAt(account) - START - MINUTE_MS, HOUR_MS)
    assert.deepEqual(sent(), [])
    await scene.pass(2 * MINUTE_MS, SECOND_MS)
    assert.deepEqual(sent(), ['1'])
  })

  it('does not mind a change to summer time: it reckons in UTC', async () => {
    const night = Date.UTC(2027, 2, 28, 0, 0)
    scene.clock.setWall(night)
    const account = await scene.add('1', {
      lastValidatedAt: night,
      credential: {issuedAt: night, expiresAt: night + 4 * HOUR_MS},
    })
    const {TZ} = process.env
    process.env.TZ = 'Europe/Berlin'
    try {
      await scene.start()
      await scene.pass(dueAt(account) - night - 1, 20 * SECOND_MS)
      assert.deepEqual([sent(), scene.crowd.proofs], [[], 0])
      await scene.pass(23 * SECOND_MS)
      assert.deepEqual(sent(), ['1'])
    } finally {
      if (TZ === undefined) delete process.env.TZ
      else process.env.TZ = TZ
    }
  })
})
