import assert from 'node:assert/strict'
import {readdir, unlink} from 'node:fs/promises'

import {acquireSoleGate} from '../../../src/store/sole-gate.js'
import type {Store} from '../../../src/store/store.js'
import {hasCode} from '../../contract/store-accounts.js'
import {makeAccount} from '../../support/make-account.js'
import {makeJsonStorePlace, type JsonStorePlace} from '../../support/json-store-place.js'
import {startStoreChild} from '../../support/start-store-child.js'

describe('the gate of a JSON store', () => {
  let place: JsonStorePlace
  let store: Store

  beforeEach(async () => {
    place = await makeJsonStorePlace()
    store = await place.open()
    await store.accounts.put(makeAccount())
    await place.close()
    store = await place.open()
  })
  afterEach(() => place.dispose())

  const takeAlone = () => acquireSoleGate(place.path, 50, place.clock.now())
  const names = (pid: number) => (error: unknown) =>
    hasCode('store-locked')(error) && String(error).includes(`process ${String(pid)}`)

  it('lets in who needs the store alone while others only read', async () => {
    await store.accounts.list()
    const gate = await takeAlone()
    assert.equal((await store.accounts.list()).length, 1)
    await gate.release()
  })

  it('is held from the first write until the store is closed', async () => {
    await store.accounts.put(makeAccount({userId: '1'}))
    await assert.rejects(takeAlone(), names(process.pid))
    await store.close()
    await (await takeAlone()).release()
  })

  it('is held from the first account lock on, released or not', async () => {
    const lock = await store.accounts.lock('twitch:1', {waitMs: 1000})
    await lock.release()
    await assert.rejects(takeAlone(), names(process.pid))
  })

  it('keeps out who would write, who then says who has the store alone', async () => {
    const gate = await takeAlone()
    const impatient = await place.open({writeWaitMs: 50})
    await assert.rejects(impatient.accounts.put(makeAccount()), names(process.pid))
    await assert.rejects(takeAlone(), names(process.pid))
    await gate.release()
    await impatient.accounts.put(makeAccount())
  })

  it('names all that are inside, and none that was killed', async () => {
    const children = await Promise.all(
      ['a', 'b'].map((name) => startStoreChild(['hold-account', place.path, place.keyPath, `twitch:${name}`])),
    )
    const [one, two] = children
    assert.ok(one && two)
    try {
      await assert.rejects(takeAlone(), (error) => names(one.pid)(error) && names(two.pid)(error))
      await one.kill()
      await assert.rejects(takeAlone(), (error) => !names(one.pid)(error) && names(two.pid)(error))
    } finally {
      await Promise.all(children.map((child) => child.kill()))
    }
    await (await takeAlone()).release()
  })

  it('is stood at anew where someone deleted its file', async () => {
    await store.accounts.put(makeAccount())
    await unlink(`${place.path}.gate`)
    await store.accounts.put(makeAccount())
    await assert.rejects(takeAlone(), names(process.pid))
    assert.ok((await readdir(`${place.folder}/data`)).includes('store.json.gate'))
  })
})
