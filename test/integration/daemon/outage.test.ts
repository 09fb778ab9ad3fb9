import assert from 'node:assert/strict'

import {getFreshToken} from '../../../src/broker/get-fresh-token.js'
import {HOUR_MS, MINUTE_MS, SECOND_MS} from '../../../src/model/time.js'
import {isAlive} from '../../../src/model/token-life.js'
import {EXAMPLE_KEY, makeScheduleScene, type ScheduleScene} from '../../support/schedule-scene.js'

/** Of the second kind of outage 10,000 in `npm run test:long` alone. */
const OUTAGES = [
  {weather: 'unreachable', count: 10_000},
  {weather: 'broken', count: process.env.BEHALF_TEST_LONG === '1' ? 10_000 : 1000},
] as const
/** Refreshes a second, at most. */
const RATE = 10
/** The longest backoff there is: of an account. */
const BACKOFF_MS = 30 * MINUTE_MS
const START = 1_800_000_000_000

for (const {weather, count} of OUTAGES) {
  describe(`a provider that is ${weather} for an hour and returns, with ${String(count)} accounts`, function () {
    this.timeout(120_000)

    let scene: ScheduleScene
    before(async () => {
      scene = await makeScheduleScene({inMemory: true, settings: {refreshRate: RATE}})
      scene.crowd.weather = weather
      // All are due already; the last of them expire after the provider has returned, the first have expired by then.
      for (let i = 0; i < count; i += 1) {
        const credential = {
          issuedAt: START - 10 * HOUR_MS,
          expiresAt: START + 30 * MINUTE_MS + (i * 3 * HOUR_MS) / count,
        }
        await scene.add(String(i), {credential})
      }
    })
    after(() => scene.dispose())

    /** How many came within the second that saw most of them. */
    function countBusiestSecond(): number {
      const times = scene.crowd.requests.map(({at}) => at)
      let from = 0
      return Math.max(
        ...times.map((at, i) => {
          while ((times[from] ?? at) <= at - SECOND_MS) from += 1
          return i - from + 1
        }),
      )
    }

    it('is hardly troubled while it is down', async () => {
      const schedule = await scene.start()
      await scene.pass(HOUR_MS, 2 * SECOND_MS)
      const [status] = schedule.status().providers
      assert.equal(status?.state, 'down')
      assert.ok(scene.crowd.proofs < 40, `${String(scene.crowd.proofs)} connections`)
      assert.ok(scene.crowd.requests.length < 200, `${String(scene.crowd.requests.length)} requests`)
    })

    it('does not keep anyone from a token that still lives', async () => {
      const {accessToken} = await getFreshToken(scene.deps, EXAMPLE_KEY(String(count - 1)), 0)
      assert.equal(accessToken.reveal(), `made-up-access-0-of-${String(count - 1)}`)
    })

    it('has every account fresh within one backoff period after its return, asked no faster than it may be', async () => {
      scene.crowd.weather = 'fine'
      scene.crowd.requests.length = 0
      await scene.pass(BACKOFF_MS, SECOND_MS)
      const accounts = await scene.store.accounts.list()
      const stale = accounts.filter(
        ({credential}) => !isAlive(credential, scene.clock.now()) || credential.issuedAt < START,
      )
      assert.equal(stale.length, 0)
      assert.equal(accounts.filter(({state}) => state.kind !== 'ok').length, 0)
      assert.equal(scene.crowd.requests.length, count)
      assert.equal(scene.crowd.replays, 0)
      assert.ok(countBusiestSecond() <= RATE, `${String(countBusiestSecond())} in a second`)
    })

    it('is asked first for those that expire first', () => {
      const order = scene.crowd.requests.slice(1).map(({userId}) => Number(userId))
      // Who was tried while it was down has a backoff of its own.
      const inOrder = order.filter((userId, i) => i === 0 || userId > (order[i - 1] ?? 0)).length
      assert.ok(order.length - inOrder <= 40, `${String(inOrder)} of ${String(order.length)}`)
    })
  })
}
