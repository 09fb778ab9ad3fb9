import assert from 'node:assert/strict'
import {mock} from 'node:test'

import {acquireFileLock} from '../../../src/store/file-lock.js'
import {makeJsonStorePlace, type JsonStorePlace} from '../../support/json-store-place.js'
import {makeAccount} from '../../support/make-account.js'
import {until} from '../../support/until.js'

const KEY = 'twitch:2002'

describe('a soft note', () => {
  let place: JsonStorePlace

  beforeEach(async () => {
    place = await makeJsonStorePlace()
  })

  afterEach(async () => {
    mock.timers.reset()
    await place.dispose()
  })

  it('is saved within a minute when nothing else is written', async () => {
    const store = await place.open()
    const other = await place.open()
    await store.accounts.put(makeAccount())
    mock.timers.enable({apis: ['setTimeout']})
    await store.accounts.noteValidated(KEY, 5)
    mock.timers.tick(59_000)
    await store.accounts.get(KEY)
    assert.equal((await other.accounts.get(KEY))?.lastValidatedAt, undefined)
    mock.timers.tick(1000)
    mock.timers.reset()
    await until('the note is saved', async () => (await other.accounts.get(KEY))?.lastValidatedAt === 5)
  })

  it('is no failure of the command when it cannot be saved', async () => {
    const store = await place.open({writeWaitMs: 20})
    await store.accounts.put(makeAccount())
    const lock = await acquireFileLock(`${place.path}.lock`, {mode: 'exclusive', deadlineMs: performance.now() + 1000})
    await store.accounts.noteValidated(KEY, 5)
    await store.close()
    await lock?.release()
  })
})
