import assert from 'node:assert/strict'
import {readFile, rm} from 'node:fs/promises'

import {Secret} from '../../../src/model/secret.js'
import type {Store} from '../../../src/store/store.js'
import {hasCode} from '../../contract/store-accounts.js'
import {makeJsonStorePlace, type JsonStorePlace} from '../../support/json-store-place.js'
import {makeAccount} from '../../support/make-account.js'

const KEY = 'twitch:2002'

/** What has to do with secrets, or would write. */
const callsThatNeedTheSecret: readonly ((store: Store) => Promise<unknown>)[] = [
  (store) => store.accounts.get(KEY),
  (store) => store.accounts.list(),
  (store) => store.accounts.put(makeAccount()),
  (store) => store.accounts.update(KEY, (now) => ({...now})),
  (store) => store.accounts.lock(KEY, {waitMs: 1000}),
  (store) => store.apiTokens.mac('salt', new Secret('made-up')),
  (store) => store.fingerprint(new Secret('made-up')),
]

describe('a store that is sealed with another secret', () => {
  let place: JsonStorePlace

  beforeEach(async () => {
    place = await makeJsonStorePlace()
    const store = await place.open()
    await store.accounts.put(makeAccount())
    await store.close()
  })

  afterEach(() => place.dispose())

  it('is told apart from a damaged one, and is left alone', async () => {
    const before = await readFile(place.path)
    const secret = {kind: 'inline', value: new Secret('made-up passphrase')} as const
    const store = await place.open({secret})
    for (const call of callsThatNeedTheSecret) await assert.rejects(call(store), hasCode('wrong-secret'), String(call))
    assert.deepEqual(await readFile(place.path), before)
  })

  it('does not get a new key when its key file is gone', async () => {
    await rm(place.keyPath)
    const store = await place.open()
    await assert.rejects(store.accounts.put(makeAccount()), hasCode('wrong-secret'))
    await assert.rejects(readFile(place.keyPath), /ENOENT/)
  })
})
