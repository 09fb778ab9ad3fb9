import assert from 'node:assert/strict'

import type {ApiToken} from '../../src/model/api-token.js'
import {Secret} from '../../src/model/secret.js'
import {hasCode} from './store-accounts.js'
import type {StoreUnderTest} from './store-harness.js'

/** A made-up API token. */
const makeApiToken = (id: string, parts: Partial<ApiToken> = {}): ApiToken => ({
  id,
  name: `made up ${id}`,
  salt: 'made-up-salt',
  hmac: 'made-up-hmac',
  scopes: ['helix'],
  as: ['twitch:2002'],
  asAny: false,
  issuedAt: 1,
  ...parts,
})

export function describeApiTokens(current: () => StoreUnderTest): void {
  describe('API tokens', () => {
    it('gives back what was put, in every instance, ordered by issue time', async () => {
      const {store, other} = current()
      const full = makeApiToken('b', {defaultAs: 'twitch:2002', issuedTo: 'twitch:1', expiresAt: 9, lastUsedAt: 8})
      await store.apiTokens.put(makeApiToken('a', {issuedAt: 5}))
      await store.apiTokens.put(full)
      assert.deepEqual(await other.apiTokens.get('b'), full)
      assert.deepEqual(
        (await other.apiTokens.list()).map(({id}) => id),
        ['b', 'a'],
      )
      assert.equal(await other.apiTokens.get('c'), undefined)
      assert.equal(await other.apiTokens.get('__proto__'), undefined)
    })

    it('adds one of many with the same id, and leaves what is there as it is', async () => {
      const {store, other} = current()
      const all = Array.from({length: 6}, (_, index) => makeApiToken('a', {hmac: `made-up-${String(index)}`}))
      const added = await Promise.all(all.map((token, index) => (index % 2 ? store : other).apiTokens.add(token)))
      assert.equal(added.filter(Boolean).length, 1)
      assert.deepEqual(await store.apiTokens.list(), [all[added.indexOf(true)]])
      assert.equal(await store.apiTokens.add(makeApiToken('a', {hmac: 'later'})), false)
      assert.deepEqual(await other.apiTokens.get('a'), all[added.indexOf(true)])
    })

    it('updates the token as it is now, and makes none', async () => {
      const {store, other} = current()
      assert.equal(await store.apiTokens.update('a', (now) => now), undefined)
      await store.apiTokens.put(makeApiToken('a'))
      await other.apiTokens.update('a', (now) => ({...now, revokedAt: 7}))
      const updated = await store.apiTokens.update('a', (now) => ({...now, lastUsedAt: (now.revokedAt ?? 0) + 1}))
      assert.deepEqual(updated, makeApiToken('a', {revokedAt: 7, lastUsedAt: 8}))
      assert.deepEqual(await other.apiTokens.get('a'), updated)
      assert.equal(await store.apiTokens.update('b', (now) => now), undefined)
    })

    it('refuses a token that it could not read back', async () => {
      const wrong = {...makeApiToken('a'), issuedAt: Infinity}
      await assert.rejects(current().store.apiTokens.put(wrong), hasCode('invalid-input'))
    })

    it('notes a use at once, and saves it by the time it is closed', async () => {
      const {store, other} = current()
      await store.apiTokens.put(makeApiToken('a', {lastUsedAt: 5}))
      await store.apiTokens.noteUsed('a', 9)
      await store.apiTokens.noteUsed('a', 8)
      await store.apiTokens.noteUsed('gone', 9)
      assert.equal((await store.apiTokens.get('a'))?.lastUsedAt, 9)
      assert.deepEqual(
        (await store.apiTokens.list()).map(({lastUsedAt}) => lastUsedAt),
        [9],
      )
      await store.close()
      assert.deepEqual(await other.apiTokens.list(), [makeApiToken('a', {lastUsedAt: 9})])
    })

    it('saves a use together with the next write, and changes nothing else of the token', async () => {
      const {store, other} = current()
      await store.apiTokens.put(makeApiToken('a'))
      await store.apiTokens.noteUsed('a', 9)
      await other.apiTokens.update('a', (now) => ({...now, revokedAt: 7}))
      await store.apiTokens.put(makeApiToken('b'))
      assert.deepEqual(await other.apiTokens.get('a'), makeApiToken('a', {revokedAt: 7, lastUsedAt: 9}))
    })

    it('does not take a use before the token was issued anew for one since then', async () => {
      const {store, other} = current()
      await store.apiTokens.put(makeApiToken('a'))
      await store.apiTokens.noteUsed('a', 9)
      await other.apiTokens.put(makeApiToken('a', {issuedAt: 10}))
      assert.equal((await store.apiTokens.get('a'))?.lastUsedAt, undefined)
      await store.apiTokens.noteUsed('a', 10)
      await store.close()
      assert.equal((await other.apiTokens.get('a'))?.lastUsedAt, 10)
    })

    it('makes the same HMAC in every instance, another for another salt or secret', async () => {
      const {store, other} = current()
      const hmac = await store.apiTokens.mac('salt', new Secret('made-up'))
      assert.match(hmac, /^[\w-]{43}$/)
      assert.equal(await other.apiTokens.mac('salt', new Secret('made-up')), hmac)
      assert.notEqual(await other.apiTokens.mac('salu', new Secret('made-up')), hmac)
      assert.notEqual(await other.apiTokens.mac('salt', new Secret('made-uq')), hmac)
      assert.notEqual(await other.apiTokens.mac('saltm', new Secret('ade-up')), hmac)
      assert.notEqual(await other.fingerprint(new Secret('made-up')), hmac)
    })
  })
}
