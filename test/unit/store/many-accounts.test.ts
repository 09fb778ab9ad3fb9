import assert from 'node:assert/strict'
import {readFile, stat, writeFile} from 'node:fs/promises'

import type {Store} from '../../../src/store/store.js'
import {makeJsonStorePlace, type JsonStorePlace} from '../../support/json-store-place.js'
import {makeAccount} from '../../support/make-account.js'

const COUNT = 10_000

/** Generous, for the machine may be busy: what takes time by the square of the accounts takes minutes. */
const PATIENCE_MS = 15_000

describe('a store of 10,000 accounts', () => {
  let place: JsonStorePlace
  let store: Store

  before(async () => {
    place = await makeJsonStorePlace()
    store = await place.open()
    await Promise.all(Array.from({length: COUNT}, (_, i) => store.accounts.put(makeAccount({userId: String(i)}))))
  })

  after(() => place.dispose())

  async function measure<T>(work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now()
    const result = await work()
    const tookMs = performance.now() - startedAt
    assert.ok(tookMs < PATIENCE_MS, `took ${String(Math.round(tookMs))} ms`)
    return result
  }

  it('takes a few megabytes', async () => {
    assert.ok((await stat(place.path)).size < 12 * 1024 * 1024)
  })

  it('is listed, named and searched in no time', async () => {
    const reader = await place.open()
    assert.equal((await measure(() => reader.accounts.names())).length, COUNT)
    assert.equal((await measure(() => reader.accounts.list())).length, COUNT)
    const other = await place.open()
    assert.equal((await measure(() => other.accounts.get('twitch:7777')))?.userId, '7777')
  })

  it('is read once by who asks again and again', async () => {
    const reader = await place.open()
    await measure(async () => {
      for (let i = 0; i < 500; i += 1) await reader.accounts.get(`twitch:${String(i)}`)
    })
  })

  it('opens no other record than the one that is asked for', async () => {
    const text = await readFile(place.path, 'utf8')
    await writeFile(place.path, text.replaceAll(/("userId"):"[0-8]/g, '$1:["made up"],"x":"'))
    const reader = await place.open()
    assert.equal((await reader.accounts.get('twitch:9'))?.userId, '9')
    await writeFile(place.path, text)
  })

  it('is written whole for one change, and for a hundred together', async () => {
    await measure(() => store.accounts.update('twitch:5', (now) => ({...now, login: 'changed'})))
    await measure(() =>
      Promise.all(
        Array.from({length: 100}, (_, i) =>
          store.accounts.update(`twitch:${String(i)}`, (now) => ({...now, login: 'changed'})),
        ),
      ),
    )
    assert.equal((await store.accounts.get('twitch:99'))?.login, 'changed')
  })

  it('tells which of them are in doubt', async () => {
    const held = await store.accounts.lock('twitch:42', {waitMs: 1000})
    await held.begin()
    const inDoubt = (await measure(() => store.accounts.list())).filter(({doubt}) => doubt)
    assert.deepEqual(
      inDoubt.map(({key}) => key),
      ['twitch:42'],
    )
    await held.retract()
    await held.release()
  })
})
