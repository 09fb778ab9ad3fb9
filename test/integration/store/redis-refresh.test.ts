import {openRedisStore} from '../../../src/store/redis/redis-store.js'
import type {WorldPlace} from '../../support/broker-world.js'
import {describeExchange} from '../../support/exchange-stories.js'
import {makeRedisStorePlace} from '../../support/redis-place.js'
import {REDIS_SERVER} from '../../support/redis-server.js'
import {makeRefreshScene, type MakeRefreshScene} from '../../support/refresh-scene.js'
import {describeRefresh} from '../../support/refresh-stories.js'
import {describeSettling} from '../../support/settle-stories.js'
import {skipWithout} from '../../support/skip-without.js'

/** The stories that every store passes: kills at each step, lost replies, two processes, logins and removals meanwhile. */
describe('with a store in Redis', () => {
  before(function () {
    skipWithout('redis-server', REDIS_SERVER !== undefined, this)
  })

  const makeScene: MakeRefreshScene = (options) => makeRefreshScene({...options, makePlace})

  describeRefresh(makeScene)
  describeExchange(makeScene)
  describeSettling(makeScene)
})

async function makePlace(): Promise<WorldPlace> {
  const redis = await makeRedisStorePlace()
  const {place, secret} = redis
  return {
    path: place.localPath,
    open: (clock) => openRedisStore({place, secret, clock}),
    dispose: () => redis.dispose(),
  }
}
