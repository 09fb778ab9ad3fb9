import assert from 'node:assert/strict'

import {createSystemRandom} from '../../../../src/config/system-random.js'
import type {StoreHarness} from '../../../contract/store-harness.js'
import type {ApiScene} from '../../../support/api-scene.js'
import {makeProviderClient, makeProviderSource} from '../../../support/broker-world.js'
import type {SeenAnswer} from '../../../support/expect-described.js'
import {makeJsonStorePlace} from '../../../support/json-store-place.js'
import {makeRedisStorePlace} from '../../../support/redis-place.js'
import {REDIS_SERVER} from '../../../support/redis-server.js'
import {skipWithout} from '../../../support/skip-without.js'

const POINTS = '/api/v1/points/'

for (const [name, makePlace] of [
  ['one file', makeJsonStorePlace],
  ['one Redis', makeRedisStorePlace],
] as const) {
  describe(`two daemons that count points in ${name}`, () => {
    let place: StoreHarness
    let first: ApiScene
    let second: ApiScene
    let token: string

    before(function () {
      if (name === 'one Redis') skipWithout('redis-server', REDIS_SERVER !== undefined, this)
    })
    beforeEach(async () => {
      // The ledger is loaded when it is first used: under mocha what is imported statically has another copy of the errors.
      const {startApi} = await import('../../../support/api-scene.js')
      place = await makePlace()
      const parts = {clock: place.clock, random: createSystemRandom(), providers: makeProviderSource()}
      const start = async () => startApi({...parts, store: await place.open(), providerClient: makeProviderClient()})
      first = await start()
      second = await start()
      token = await first.issue(['points:read', 'points:write'])
    })
    afterEach(async () => {
      await first.stop()
      await second.stop()
      await place.dispose()
    })

    const give = (daemon: ApiScene, user: string, points: number, headers: Record<string, string> = {}) =>
      daemon.call('PUT', POINTS, {token, headers, body: {user, points}})
    const balanceOf = ({json}: SeenAnswer) => (json as {user: {points: string}}).user.points
    const show = async (daemon: ApiScene, user: string) =>
      balanceOf(await daemon.call('GET', `${POINTS}${user}`, {token}))

    it('see at once what the other has counted', async () => {
      for (let points = 1; points <= 5; points += 1) {
        await give(points % 2 === 0 ? first : second, 'bob', 1)
        assert.deepEqual([await show(first, 'bob'), await show(second, 'bob')], [String(points), String(points)])
      }
      const {json} = await second.call('GET', `${POINTS}bob/history?limit=2`, {token})
      assert.deepEqual(
        (json as {changes: {points: string}[]}).changes.map(({points}) => points),
        ['5', '4'],
      )
    })

    it('count what comes to both with one key once, also at the same moment', async () => {
      const headers = {'idempotency-key': 'made-up-key'}
      const answers = await Promise.all([first, second, first, second].map((one) => give(one, 'bob', 5, headers)))
      assert.equal(new Set(answers.map(({status, text}) => `${String(status)} ${text}`)).size, 1)
      assert.equal(await show(second, 'bob'), '5')
      assert.equal((await give(second, 'bob', 6, headers)).status, 422)
    })

    it('never let both take the same points', async () => {
      await give(first, 'bob', 10)
      const taken = await Promise.all(
        Array.from({length: 8}, (_, index) => give(index % 2 ? first : second, 'bob', -3)),
      )
      assert.deepEqual(taken.map(({status}) => status).sort(), [200, 200, 200, 409, 409, 409, 409, 409])
      for (const {status, json} of taken) if (status === 409) assert.equal(balanceOf({json} as SeenAnswer), '1')
      assert.equal(await show(first, 'bob'), '1')
    })

    it('count up to the last number, and no further', async () => {
      const most = Number.MAX_SAFE_INTEGER
      assert.equal(balanceOf(await give(first, 'bob', most)), '9007199254740991')
      assert.equal((await give(second, 'bob', 1)).status, 409)
      assert.equal(balanceOf(await give(second, 'bob', -1)), '9007199254740990')
      const {json} = await first.call('GET', '/api/v1/points?top=1', {token})
      assert.deepEqual((json as {users: unknown}).users, [{name: 'bob', points: '9007199254740990'}])
    })
  })
}
