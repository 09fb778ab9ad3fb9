import {openRedisStore} from '../../../src/store/redis/redis-store.js'
import {describeRefreshMachine} from '../../support/refresh-machine.js'
import {makeRedisStorePlace} from '../../support/redis-place.js'
import {REDIS_SERVER} from '../../support/redis-server.js'
import {skipWithout} from '../../support/skip-without.js'

const RUNS = process.env.BEHALF_TEST_LONG === '1' ? 200 : 6

describe('on one Redis', () => {
  before(function () {
    skipWithout('redis-server', REDIS_SERVER !== undefined, this)
  })

  describeRefreshMachine('the refresh machine', RUNS, async () => {
    const redis = await makeRedisStorePlace()
    const {place, secret} = redis
    return {open: (clock) => openRedisStore({place, secret, clock}), dispose: () => redis.dispose()}
  })
})
