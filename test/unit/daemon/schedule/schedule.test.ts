import assert from 'node:assert/strict'

import type {Account} from '../../../../src/model/account.js'
import {DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS} from '../../../../src/model/time.js'
import {nextRefreshAt} from '../../../../src/model/token-life.js'
import {EXAMPLE_KEY, makeScheduleScene, type ScheduleScene} from '../../../support/schedule-scene.js'
import {tokensOf} from '../../../support/tokens-of.js'

const START = 1_800_000_000_000
/** What is due may wait so long for others to share a write with, and a look now and then is enough. */
const SOON_MS = 23 * SECOND_MS

describe('the schedule', () => {
  let scene: ScheduleScene
  beforeEach(async () => (scene = await makeScheduleScene()))
  afterEach(() => scene.dispose())

  const sent = () => scene.crowd.requests.map(({userId}) => userId)
  const dueAt = (account: Account) => nextRefreshAt(account) ?? NaN
  const passTo = (wallMs: number) => scene.pass(wallMs - scene.clock.now(), 2 * SECOND_MS)
  const overdue = {credential: {issuedAt: START - HOUR_MS, expiresAt: START - 1}}

  it('refreshes an account at about 80 % of its token’s life, and not before', async () => {
    const account = await scene.add('1', {credential: {expiresAt: START + HOUR_MS}})
    await scene.start()
    await passTo(dueAt(account) - 1)
    assert.deepEqual(sent(), [])
    await scene.pass(SOON_MS)
    assert.deepEqual(sent(), ['1'])
    assert.equal((await scene.stored('1'))?.lastRefresh?.cause, 'due')
  })

  it('refreshes what is overdue as soon as it starts, what expires first before the others', async () => {
    for (const [userId, ago] of [
      ['late', 1],
      ['first', 3],
      ['second', 2],
    ] as const) {
      await scene.add(userId, {credential: {issuedAt: START - HOUR_MS, expiresAt: START - ago}})
    }
    const schedule = await scene.start()
    assert.deepEqual(sent().sort(), ['first', 'late', 'second'])
    assert.deepEqual(
      schedule.status().recent.map(({outcome}) => outcome),
      ['refreshed', 'refreshed', 'refreshed'],
    )
  })

  it('refreshes again and again: a day of tokens that live for four hours', async () => {
    await scene.add('1')
    await scene.start()
    await scene.pass(DAY_MS, 20 * SECOND_MS)
    const {length} = sent()
    assert.ok(length >= 7 && length <= 8, String(length))
    assert.equal(scene.crowd.replays, 0)
  })

  it('never refreshes by itself what has no known end, needs a login, or is half imported', async () => {
    const endless = await scene.add('1')
    await scene.store.accounts.update(endless.key, (account) => {
      const {expiresAt: _, ...credential} = tokensOf(account)
      return {...account, credential}
    })
    await scene.add('2', {...overdue, state: {kind: 'login-needed', reason: 'rejected', since: START}})
    await scene.add('3', {...overdue, role: 'user', subject: 'import:made-up'})
    const schedule = await scene.start()
    await scene.pass(HOUR_MS, 2 * SECOND_MS)
    assert.deepEqual(sent(), [])
    assert.equal(schedule.status().nextRefreshAt, undefined)
  })

  it('uses a refresh token that lapses unused by half its life', async () => {
    await scene.add('1', {
      credential: {
        expiresAt: START + 30 * HOUR_MS,
        refreshTokenIssuedAt: START,
        refreshTokenExpiresAt: START + 2 * HOUR_MS,
      },
    })
    await scene.start()
    await scene.pass(HOUR_MS - SECOND_MS, 2 * SECOND_MS)
    assert.deepEqual(sent(), [])
    await scene.pass(SOON_MS)
    assert.deepEqual(sent(), ['1'])
  })

  it('sees what another process adds, changes and removes', async () => {
    await scene.start()
    await scene.add('1', overdue)
    await scene.pass(3 * SECOND_MS)
    assert.deepEqual(sent(), ['1'])
    const account = await scene.add('2', {credential: {expiresAt: START + HOUR_MS}})
    await scene.pass(3 * SECOND_MS)
    const lock = await scene.store.accounts.lock(account.key, {waitMs: 1000})
    await lock.remove()
    await lock.release()
    await scene.pass(HOUR_MS, 2 * SECOND_MS)
    assert.deepEqual(sent(), ['1'])
  })

  it('has accounts that are due at about the same time share a write', async () => {
    for (let i = 0; i < 10; i += 1) {
      const expiresAt = START + HOUR_MS + i * 2 * SECOND_MS
      await scene.add(String(i), {grantId: 'one', credential: {expiresAt}})
    }
    await scene.start()
    await scene.pass(HOUR_MS, 2 * SECOND_MS)
    assert.equal(new Set(scene.crowd.requests.map(({at}) => at)).size, 1)
    assert.equal(sent().length, 10)
  })

  it('says what it did and what it will do', async () => {
    await scene.add('1', overdue)
    const later = await scene.add('2', {credential: {expiresAt: START + 2 * HOUR_MS}})
    const schedule = await scene.start()
    await scene.pass(3 * SECOND_MS)
    assert.deepEqual(schedule.status(), {
      startedAt: START,
      isWorking: true,
      clockIsBelieved: true,
      nextRefreshAt: dueAt(later),
      providers: [{name: 'example', state: 'up', due: 0, underWay: 0, nextRefreshAt: dueAt(later)}],
      recent: [{at: START, account: EXAMPLE_KEY('1'), outcome: 'refreshed'}],
    })
  })

  it('does not say of a provider that it is up before anything went well there', async () => {
    await scene.add('1', {credential: {expiresAt: START + 2 * HOUR_MS}})
    const schedule = await scene.start()
    await scene.pass(3 * SECOND_MS)
    assert.deepEqual(
      schedule.status().providers.map(({state}) => state),
      ['unproven'],
    )
  })

  it('begins nothing once it is stopped', async () => {
    const schedule = await scene.start()
    await schedule.stop()
    await scene.add('1', overdue)
    scene.clock.advance(HOUR_MS)
    assert.equal(scene.clock.sleeping, 0)
    assert.deepEqual(sent(), [])
  })

  it('leaves an account alone that somebody else works on, and does the others meanwhile', async () => {
    await scene.add('1', overdue)
    await scene.add('2', overdue)
    const lock = await scene.store.accounts.lock(EXAMPLE_KEY('1'), {waitMs: 1000})
    await scene.start()
    assert.deepEqual(sent(), ['2'])
    await scene.pass(MINUTE_MS)
    assert.deepEqual(sent(), ['2'])
    await lock.release()
    await scene.pass(4 * SECOND_MS)
    assert.deepEqual(sent(), ['2', '1'])
  })

  it('goes on when the store could not be read for a while, and says so meanwhile', async () => {
    await scene.add('1', {credential: {expiresAt: START + 2 * MINUTE_MS}})
    const lastWrittenAt = scene.store.lastWrittenAt.bind(scene.store)
    const schedule = await scene.start()
    scene.store.lastWrittenAt = () => Promise.reject(new Error('made up'))
    await scene.pass(MINUTE_MS)
    assert.deepEqual([schedule.status().isWorking, schedule.status().trouble], [false, 'an internal error'])
    scene.store.lastWrittenAt = lastWrittenAt
    await scene.pass(MINUTE_MS)
    assert.equal(schedule.status().isWorking, true)
    assert.deepEqual(sent(), ['1'])
    assert.deepEqual(
      scene.events.filter((event) => event.startsWith('schedule')),
      ['schedule-trouble', 'schedule-works'],
    )
  })
})
