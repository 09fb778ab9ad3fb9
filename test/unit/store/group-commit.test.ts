import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'

import {acquireFileLock} from '../../../src/store/file-lock.js'
import type {Store} from '../../../src/store/store.js'
import {hasCode} from '../../contract/store-accounts.js'
import {watchFileCalls} from '../../support/file-calls.js'
import {makeJsonStorePlace, type JsonStorePlace} from '../../support/json-store-place.js'
import {makeAccount} from '../../support/make-account.js'

describe('changes that are made together', () => {
  let place: JsonStorePlace
  let store: Store

  beforeEach(async () => {
    place = await makeJsonStorePlace()
    store = await place.open()
    await store.accounts.put(makeAccount({userId: '0'}))
  })

  afterEach(() => place.dispose())

  const countWrites = async (work: () => Promise<unknown>): Promise<number> => {
    const calls = await watchFileCalls(work)
    return calls.filter((call) => call.endsWith('to store.json')).length
  }
  const putMany = (count: number): Promise<unknown> =>
    Promise.all(Array.from({length: count}, (_, i) => store.accounts.put(makeAccount({userId: String(i + 1)}))))

  it('share a write', async () => {
    assert.ok((await countWrites(() => putMany(100))) <= 2)
    assert.equal((await store.accounts.list()).length, 101)
  })

  it('are seen by what follows them in the same write', async () => {
    const updates = Array.from({length: 50}, () =>
      store.accounts.update('twitch:0', (now) => ({...now, login: `${now.login}+`})),
    )
    await Promise.all(updates)
    assert.equal((await store.accounts.get('twitch:0'))?.login, `made_up_0${'+'.repeat(50)}`)
  })

  it('are not spoilt by one of them that fails', async () => {
    const failing = store.accounts.update('twitch:0', () => {
      throw new Error('made up')
    })
    const refused = store.accounts.put(makeAccount({userId: '1', addedAt: Number.NaN}))
    const [fine, ...others] = await Promise.allSettled([putMany(3), failing, refused])
    assert.equal(fine.status, 'fulfilled')
    assert.deepEqual(
      others.map(({status}) => status),
      ['rejected', 'rejected'],
    )
    assert.equal((await store.accounts.get('twitch:0'))?.version, 1)
    assert.equal((await store.accounts.list()).length, 4)
  })

  it('all fail when the write does, and what comes next is written', async () => {
    let mayFail = true
    const calls = watchFileCalls(
      async () => {
        const all = await Promise.allSettled([putMany(3), store.accounts.put(makeAccount())])
        assert.deepEqual(
          all.map(({status}) => status),
          ['rejected', 'rejected'],
        )
        mayFail = false
        await store.accounts.put(makeAccount({userId: '9'}))
      },
      (call) => {
        if (mayFail && call === 'fsync file') throw Object.assign(new Error('made up'), {code: 'EDQUOT'})
      },
    )
    await calls
    assert.deepEqual(
      (await store.accounts.list()).map(({userId}) => userId),
      ['0', '9'],
    )
  })

  it('are not written when they change nothing', async () => {
    const before = await readFile(place.path)
    const writes = await countWrites(async () => {
      await store.accounts.update('twitch:none', (now) => now)
      await store.accounts.update('twitch:0', (now) => now)
      await store.flows.remove('none')
      await store.providers.remove('none')
    })
    assert.equal(writes, 0)
    assert.deepEqual(await readFile(place.path), before)
  })

  it('carry what is soft, which is otherwise written once', async () => {
    await store.accounts.noteValidated('twitch:0', 5)
    assert.equal(await countWrites(() => putMany(1)), 1)
    assert.equal(await countWrites(() => store.close()), 0)
    const other = await place.open()
    assert.equal((await other.accounts.get('twitch:0'))?.lastValidatedAt, 5)
  })

  it('wait for another process no longer than they are told to, and name it', async () => {
    const impatient = await place.open({writeWaitMs: 50})
    const lock = await acquireFileLock(`${place.path}.lock`, {mode: 'exclusive', deadlineMs: performance.now() + 1000})
    await assert.rejects(
      impatient.accounts.put(makeAccount()),
      (error) => hasCode('store-locked')(error) && String(error).includes(`process ${String(process.pid)}`),
    )
    await lock?.release()
    await impatient.accounts.put(makeAccount())
  })

  it('wait for who needs the store alone', async () => {
    await place.close()
    const impatient = await place.open({writeWaitMs: 50})
    const gate = await acquireFileLock(`${place.path}.gate`, {mode: 'exclusive', deadlineMs: performance.now() + 1000})
    await assert.rejects(impatient.accounts.put(makeAccount()), hasCode('store-locked'))
    await assert.rejects(impatient.accounts.lock('twitch:0', {waitMs: 50}), hasCode('store-locked'))
    await gate?.release()
    await impatient.accounts.put(makeAccount())
  })
})
