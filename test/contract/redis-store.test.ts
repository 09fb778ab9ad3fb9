import {makeRedisStorePlace} from '../support/redis-place.js'
import {REDIS_SERVER} from '../support/redis-server.js'
import {skipWithout} from '../support/skip-without.js'
import {describeStore} from './store.js'

describe('on one Redis', () => {
  before(function () {
    skipWithout('redis-server', REDIS_SERVER !== undefined, this)
  })

  describeStore('The Redis store', makeRedisStorePlace)
})
