import assert from 'node:assert/strict'
import {readFile, writeFile} from 'node:fs/promises'

import {hasCode} from '../../contract/store-accounts.js'
import {makeJsonStorePlace, type JsonStorePlace} from '../../support/json-store-place.js'
import {makeAccount} from '../../support/make-account.js'

const KEY = 'twitch:2002'

describe('a store with one damaged record', () => {
  let place: JsonStorePlace

  beforeEach(async () => {
    place = await makeJsonStorePlace()
    const store = await place.open()
    await store.accounts.put(makeAccount({userId: '1'}))
    await store.accounts.put(makeAccount())
    await store.close()
  })

  afterEach(() => place.dispose())
  const corrupt = async (change: (record: Record<string, unknown>) => void): Promise<void> => {
    const document = JSON.parse(await readFile(place.path, 'utf8')) as {
      accounts: Record<string, Record<string, unknown>>
    }
    const record = document.accounts[KEY]
    assert.ok(record)
    change(record)
    await writeFile(place.path, JSON.stringify(document))
  }

  const changes: [string, (record: Record<string, unknown>) => void][] = [
    ['lacks a field', (record) => delete record.grantId],
    ['has a field of another type', (record) => (record.userId = 2002)],
    ['has a token in the clear', (record) => (record.credential = {kind: 'oauth2', accessToken: 'made-up'})],
    ['has the key of another', (record) => (record.key = 'twitch:1')],
  ]
  for (const [name, change] of changes) {
    it(`which ${name} names that one, and serves the others`, async () => {
      await corrupt(change)
      const store = await place.open()
      const names = (error: unknown): boolean =>
        hasCode('store-damaged')(error) && String(error).includes('twitch:2002')
      await assert.rejects(store.accounts.get(KEY), names)
      await assert.rejects(store.accounts.list(), names)
      assert.equal((await store.accounts.get('twitch:1'))?.userId, '1')
      assert.equal((await store.accounts.update('twitch:1', (now) => ({...now, login: 'fine'})))?.login, 'fine')
      await assert.rejects(
        store.accounts.update(KEY, (now) => ({...now})),
        names,
      )
      await assert.rejects(store.accounts.lock(KEY, {waitMs: 1000}), names)
      assert.equal((await store.accounts.put(makeAccount())).userId, '2002', 'a login mends it')
      assert.equal((await store.accounts.list()).length, 2)
    })
  }

  it('takes a record with a field of an earlier version, which goes with the next write', async () => {
    await corrupt((record) => (record.confidential = true))
    const store = await place.open()
    assert.equal((await store.accounts.get(KEY))?.userId, '2002')
    await store.accounts.update(KEY, (account) => ({...account, login: 'renamed'}))
    await store.close()
    const {accounts} = JSON.parse(await readFile(place.path, 'utf8')) as {accounts: Record<string, object>}
    assert.equal('confidential' in (accounts[KEY] ?? {}), false)
  })

  it('does not take a token that was moved from another record', async () => {
    const document = JSON.parse(await readFile(place.path, 'utf8')) as {accounts: Record<string, {credential: unknown}>}
    const [one, two] = [document.accounts['twitch:1'], document.accounts[KEY]]
    assert.ok(one && two)
    two.credential = one.credential
    await writeFile(place.path, JSON.stringify(document))
    const store = await place.open()
    await assert.rejects(store.accounts.get(KEY), hasCode('store-damaged'))
  })
})
