import {Secret} from '../../src/model/secret.js'
import type {Store} from '../../src/store/store.js'
import {makeReply} from '../contract/store-harness.js'
import {makeAccount} from './make-account.js'
import {makePointsRequest} from './make-points-request.js'
import {makeProvider} from './make-provider.js'

const TOGETHER = 500

/**
 * Puts something of every kind into a store. The refresh of `twitch:0` has begun, and its answer was recorded; that of
 * `twitch:1` has begun.
 * @param accounts at least 2.
 */
export async function fillStore(store: Store, accounts: number): Promise<void> {
  await store.providers.put(makeProvider({name: 'twitch', dialect: 'twitch'}))
  await store.providers.updateState('twitch', (state) => ({
    ...state,
    appToken: {
      accessToken: new Secret('made-up-app-token'),
      clientId: 'made-up-client',
      tokenUrl: 'https://id.example.test/token',
      issuedAt: 5,
    },
  }))
  for (let start = 0; start < accounts; start += TOGETHER) {
    const numbers = Array.from({length: Math.min(TOGETHER, accounts - start)}, (_, i) => start + i)
    await Promise.all(numbers.map((number) => store.accounts.put(makeAccount({userId: String(number)}))))
  }
  await store.accounts.put(makeAccount({provider: 'example', userId: '9', role: 'user', subject: 'slack:U02AB'}))
  await store.flows.put({
    id: 'made-up-flow',
    state: new Secret('made-up-state'),
    provider: 'twitch',
    role: 'bot',
    scopes: ['chat:read'],
    redirectUri: 'http://localhost:8420/callback',
    codeVerifier: new Secret('made-up-verifier'),
    createdAt: Date.now(),
    expiresAt: Date.now() + 600_000,
  })
  await store.flows.noteCollected(7000)
  const salt = 'made-up-salt'
  await store.apiTokens.put({
    ...{id: 'made-up1', name: 'made up', salt, scopes: ['helix'], as: ['twitch:0'], asAny: false, issuedAt: 1},
    hmac: await store.apiTokens.mac(salt, new Secret('made-up-api-token')),
  })
  await store.points.change(makePointsRequest({user: 'sam', idempotency: {key: 'once', request: 'made-up'}}))
  await store.points.change(makePointsRequest({user: 'alex'}))
  for (const key of ['twitch:0', 'twitch:1']) {
    const lock = await store.accounts.lock(key, {waitMs: 1000})
    await lock.begin()
    if (key === 'twitch:0') await lock.recordReply(makeReply())
    await lock.release()
  }
}
