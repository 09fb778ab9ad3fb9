import assert from 'node:assert/strict'

import {makeJsonStorePlace} from '../../support/json-store-place.js'
import {checkLedger, letItStorm} from '../../support/points-storm.js'
import {makeRedisStorePlace} from '../../support/redis-place.js'
import {REDIS_SERVER} from '../../support/redis-server.js'
import {skipWithout} from '../../support/skip-without.js'

const STORM =
  process.env.BEHALF_TEST_LONG === '1'
    ? {processes: 32, changesEach: 1000, kills: 12}
    : {processes: 3, changesEach: 50, kills: 1}

const COUNTS = `${String(STORM.processes)} processes × ${String(STORM.changesEach)} changes, ${String(STORM.kills)} killed`

describe(`a storm of changes of points (${COUNTS})`, function () {
  this.timeout(1_800_000)

  it('leaves a whole ledger in a JSON store, though some are killed', async () => {
    const place = await makeJsonStorePlace()
    try {
      const {answers, killed} = await letItStorm({...STORM, place: place.path, keyPath: place.keyPath})
      const records = await checkLedger(await place.open(), answers)
      assert.ok(answers.length >= (STORM.processes - STORM.kills) * STORM.changesEach)
      assert.ok(killed > 0 && records.length > 0)
    } finally {
      await place.dispose()
    }
  })

  it('leaves a whole ledger in a Redis, though some are killed', async function () {
    skipWithout('redis-server', REDIS_SERVER !== undefined, this)
    const place = await makeRedisStorePlace()
    try {
      const {answers, killed} = await letItStorm({...STORM, place: place.url, keyPath: place.keyPath})
      const records = await checkLedger(await place.open(), answers)
      assert.ok(answers.length >= (STORM.processes - STORM.kills) * STORM.changesEach)
      assert.ok(killed > 0 && records.length > 0)
    } finally {
      await place.dispose()
    }
  })
})
