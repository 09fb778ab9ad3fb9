import assert from 'node:assert/strict'

import type {ApiToken} from '../../src/model/api-token.js'
import {makeAdminSession as makeSession} from '../support/make-admin-session.js'
import type {StoreUnderTest} from './store-harness.js'

const API_TOKEN: ApiToken = {
  id: 'apitoken',
  name: 'made up',
  salt: 'made-up-salt',
  hmac: 'made-up-hmac',
  scopes: ['admin'],
  as: [],
  asAny: false,
  issuedAt: 6,
}

export function describeAdminSessions(current: () => StoreUnderTest): void {
  describe('sessions of the admin page', () => {
    it('gives back what was put, in every instance, ordered by its beginning', async () => {
      const {store, other} = current()
      const all = [
        makeSession('session1'),
        makeSession('session2', {begunAt: 6, begunWith: {id: 'apitoken', salt: 'made-up_salt'}, lastUsedAt: 8}),
        makeSession('thelink1', {begunAt: 7, kind: 'link'}),
      ]
      for (const session of [...all].reverse()) await store.adminSessions.put(session)
      assert.deepEqual(await other.adminSessions.list(), all)
      assert.deepEqual(await other.adminSessions.get('session2'), all[1])
      assert.equal(await other.adminSessions.get('nothing1'), undefined)
    })

    it('keeps sessions and API tokens apart, though both have ids of one kind', async () => {
      const {store, other} = current()
      await store.apiTokens.put(API_TOKEN)
      await store.adminSessions.put(makeSession('session1'))
      assert.deepEqual(await other.apiTokens.list(), [API_TOKEN])
      assert.equal(await other.apiTokens.get('session1'), undefined)
      const grab = (token: ApiToken): ApiToken => ({...token, scopes: ['admin']})
      assert.equal(await other.apiTokens.update('session1', grab), undefined)
      assert.equal(await other.adminSessions.get('apitoken'), undefined)
      assert.equal(await other.adminSessions.remove('apitoken'), false)
      assert.deepEqual(await other.adminSessions.list(), [makeSession('session1')])
      assert.deepEqual(await other.apiTokens.get('apitoken'), API_TOKEN)
    })

    it('tells one of many who remove the same one that they did', async () => {
      const {store, other} = current()
      await store.adminSessions.put(makeSession('thelink1', {kind: 'link'}))
      const places = Array.from({length: 20}, (_, index) => (index % 2 ? store : other))
      const removed = await Promise.all(places.map(({adminSessions}) => adminSessions.remove('thelink1')))
      assert.equal(removed.filter(Boolean).length, 1)
      assert.equal(await other.adminSessions.get('thelink1'), undefined)
      assert.deepEqual(await store.adminSessions.list(), [])
    })

    it('knows when one was used last, and nothing of one that is gone', async () => {
      const {store} = current()
      await store.adminSessions.put(makeSession('session1'))
      await store.adminSessions.noteUsed('session1', 8)
      assert.equal((await store.adminSessions.get('session1'))?.lastUsedAt, 8)
      await store.adminSessions.remove('session1')
      await store.adminSessions.noteUsed('session1', 9)
      assert.equal(await store.adminSessions.get('session1'), undefined)
    })
  })
}
