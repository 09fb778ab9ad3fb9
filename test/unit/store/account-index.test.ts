import assert from 'node:assert/strict'
import {readFile, writeFile} from 'node:fs/promises'

import type {Store} from '../../../src/store/store.js'
import {makeJsonStorePlace, type JsonStorePlace} from '../../support/json-store-place.js'
import {makeAccount} from '../../support/make-account.js'

const ALL = 100

describe('the index of accounts', () => {
  let place: JsonStorePlace
  let store: Store
  beforeEach(async () => {
    place = await makeJsonStorePlace()
    store = await place.open()
    for (const userId of ['1', '2', '3']) await store.accounts.put(makeAccount({userId}))
  })
  afterEach(() => place.dispose())

  const keys = async (reader: Store) =>
    (await reader.accounts.upcomingRefreshes('twitch', ALL)).map(({key}) => key).sort()

  it('leaves a damaged record out, so that the others do not wait for it', async () => {
    const text = await readFile(place.path, 'utf8')
    await writeFile(place.path, text.replace('"userId":"2"', '"userId":["made up"]'))
    const reader = await place.open()
    assert.deepEqual(await keys(reader), ['twitch:1', 'twitch:3'])
    assert.equal((await reader.accounts.upcomingValidations('twitch', ALL)).length, 2)
  })

  it('gives the same list again while nothing has changed', async () => {
    assert.equal(await store.accounts.stranded(), await store.accounts.stranded())
    const before = await store.accounts.stranded()
    await store.accounts.put(makeAccount({userId: '4'}))
    assert.notEqual(await store.accounts.stranded(), before)
  })

  it('answers many who ask at once', async () => {
    const reader = await place.open()
    const answers = await Promise.all(Array.from({length: 20}, () => keys(reader)))
    assert.ok(answers.every((answer) => answer.length === 3))
  })

  it('opens no secret', async () => {
    const text = await readFile(place.path, 'utf8')
    // Sealed values in form, that open nowhere.
    await writeFile(place.path, text.replaceAll(/"(accessToken|refreshToken)":"v1\.([\w-]+)"/g, '"$1":"v1.AAAA$2"'))
    const reader = await place.open()
    assert.deepEqual(await keys(reader), ['twitch:1', 'twitch:2', 'twitch:3'])
  })

  it('does not mind a journal of an account that is not there', async () => {
    const lock = await store.accounts.lock('twitch:1', {waitMs: 1000})
    await lock.begin()
    const other = await place.open()
    await writeFile(`${place.path}.journals/${'0'.repeat(64)}`, 'made up')
    assert.deepEqual(await keys(other), ['twitch:1', 'twitch:2', 'twitch:3'])
    await lock.retract()
    await lock.release()
  })
})
