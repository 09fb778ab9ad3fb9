import assert from 'node:assert/strict'
import {readFile, writeFile} from 'node:fs/promises'

import {HOUR_MS} from '../../../../src/model/time.js'
import {makeProvider} from '../../../support/make-provider.js'
import {makeScheduleScene} from '../../../support/schedule-scene.js'

const START = 1_800_000_000_000

describe('the schedule, beside a provider whose record is damaged', () => {
  it('keeps the accounts of the others fresh', async () => {
    const scene = await makeScheduleScene()
    try {
      await scene.add('1', {credential: {issuedAt: START - HOUR_MS, expiresAt: START - 1}})
      await scene.store.providers.put(makeProvider({name: 'another'}))
      const path = scene.store.location
      const document = JSON.parse(await readFile(path, 'utf8')) as {providers: Record<string, object>}
      await writeFile(
        path,
        JSON.stringify({...document, providers: {...document.providers, another: {name: 'another'}}}),
      )
      const schedule = await scene.start()
      await scene.pass(1000, 500)
      assert.equal(scene.crowd.requests.length, 1)
      assert.equal(schedule.status().isWorking, true)
    } finally {
      await scene.dispose()
    }
  })
})
