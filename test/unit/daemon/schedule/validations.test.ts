import assert from 'node:assert/strict'

import {HOUR_MS, MINUTE_MS, SECOND_MS} from '../../../../src/model/time.js'
import {makeScheduleScene, type ScheduleScene} from '../../../support/schedule-scene.js'

const START = 1_800_000_000_000
const TWITCH = {dialect: 'twitch', validateUrl: 'https://id.example.test/validate'} as const
/** As long as no refresh is in the way. */
const LASTING = {credential: {expiresAt: START + 100 * HOUR_MS}}
/** How often the store is asked who is next, and a little. */
const SOON_MS = 30 * SECOND_MS

describe('the schedule, at Twitch', () => {
  let scene: ScheduleScene
  beforeEach(async () => (scene = await makeScheduleScene({provider: TWITCH, settings: {refreshRate: 5}})))
  afterEach(() => scene.dispose())

  const validated = () => scene.crowd.validations

  it('validates every token at start, however short ago that was done, and then every hour', async () => {
    await scene.add('1', {...LASTING, lastValidatedAt: START - 1})
    await scene.add('2', LASTING)
    await scene.start()
    assert.deepEqual([...validated()].sort(), ['1', '2'])
    await scene.pass(HOUR_MS - SECOND_MS, 10 * SECOND_MS)
    assert.equal(validated().length, 2)
    await scene.pass(SOON_MS)
    assert.equal(validated().length, 4)
  })

  it('validates no faster than it may ask, the token first whose validation is longest ago', async () => {
    for (let i = 0; i < 20; i += 1) await scene.add(String(i), {...LASTING, lastValidatedAt: START - 100 + i})
    await scene.start()
    assert.deepEqual(validated(), ['0', '1', '2', '3', '4'])
    await scene.pass(2 * SECOND_MS, 500)
    assert.equal(validated().length, 15)
    await scene.pass(10 * SECOND_MS, 500)
    assert.deepEqual(
      validated(),
      Array.from({length: 20}, (_, i) => String(i)),
    )
  })

  it('refreshes a token that has ended before its time', async () => {
    await scene.add('1', LASTING)
    scene.crowd.dead.add('1')
    scene.clock.advance(MINUTE_MS)
    await scene.start()
    assert.deepEqual(
      scene.crowd.requests.map(({userId}) => userId),
      ['1'],
    )
    assert.equal((await scene.stored('1'))?.lastRefresh?.cause, 'refused')
  })

  it('asks again after a minute when it did not learn anything', async () => {
    await scene.add('1', LASTING)
    scene.crowd.weather = 'broken'
    await scene.start()
    scene.crowd.weather = 'fine'
    await scene.pass(MINUTE_MS - 2 * SECOND_MS)
    assert.deepEqual(validated(), [])
    await scene.pass(SOON_MS)
    assert.deepEqual(validated(), ['1'])
  })

  it('leaves who needs a login alone, and all the accounts of providers that cannot be asked', async () => {
    await scene.add('1', {...LASTING, state: {kind: 'login-needed', reason: 'rejected', since: START}})
    await scene.store.providers.put({...scene.provider, name: 'silent', dialect: 'rfc'})
    await scene.add('2', {...LASTING, provider: 'silent'})
    await scene.start()
    await scene.pass(HOUR_MS, 10 * SECOND_MS)
    assert.deepEqual(validated(), [])
  })

  it('writes once for all that it has validated together', async () => {
    for (let i = 0; i < 5; i += 1) await scene.add(String(i), LASTING)
    const before = await scene.store.lastWrittenAt()
    await scene.start()
    scene.clock.advance(SECOND_MS)
    assert.equal(await scene.store.lastWrittenAt(), before)
    await scene.add('another', LASTING)
    const again = await scene.store.accounts.upcomingValidations('example', 10)
    assert.equal(again.filter(({lastValidatedAt}) => lastValidatedAt === START).length, 5)
  })
})
