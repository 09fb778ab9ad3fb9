import {startRedisCluster, type RedisCluster} from '../support/redis-cluster.js'
import {makeRedisStorePlace} from '../support/redis-place.js'
import {REDIS_SERVER} from '../support/redis-server.js'
import {skipWithout} from '../support/skip-without.js'
import {describeStore} from './store.js'

describe('on a Redis Cluster', () => {
  let cluster: RedisCluster

  before(async function () {
    skipWithout('redis-server', REDIS_SERVER !== undefined, this)
    this.timeout(60_000)
    cluster = await startRedisCluster()
  })
  after(async () => {
    if (REDIS_SERVER !== undefined) await cluster.dispose()
  })

  describeStore('The Redis store', () =>
    makeRedisStorePlace({server: cluster, environment: {BEHALF_REDIS_CLUSTER: cluster.addresses}}),
  )
})
