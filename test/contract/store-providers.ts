import assert from 'node:assert/strict'

import type {Provider, ProviderState} from '../../src/model/provider.js'
import {Secret} from '../../src/model/secret.js'
import {hasCode} from './store-accounts.js'
import type {StoreUnderTest} from './store-harness.js'

/** A made-up provider. */
const makeProvider = (name: string, parts: Partial<Provider> = {}): Provider => ({
  name,
  dialect: 'rfc',
  credentialKinds: ['oauth2'],
  tokenUrl: 'https://id.example.test/token',
  clientId: 'made-up-client-id',
  authMethod: 'post',
  pkce: true,
  scopes: {owner: ['read'], bot: []},
  scopeSeparator: ' ',
  revokeEnds: 'token',
  authorizeParams: {access_type: 'offline'},
  consentParams: {},
  credentialsFrom: 'store',
  ...parts,
})

const reveal = (provider: Provider | undefined): unknown =>
  provider && {...provider, clientSecret: provider.clientSecret?.reveal()}

export function describeProviders(current: () => StoreUnderTest): void {
  describe('providers', () => {
    it('gives back what was put, in every instance, ordered by name', async () => {
      const {store, other} = current()
      const full = makeProvider('twitch', {
        preset: 'twitch',
        dialect: 'twitch',
        issuer: 'https://id.example.test',
        revokeUrl: 'https://id.example.test/revoke',
        clientSecret: new Secret('made-up-client-secret'),
        replay: {kind: 'grace', graceMs: 30_000},
        callbackUrl: 'http://localhost:8420/callback',
      })
      await store.providers.put(full)
      await store.providers.put(makeProvider('github'))
      assert.deepEqual(reveal(await other.providers.get('twitch')), reveal(full))
      assert.deepEqual(
        (await other.providers.list()).map(({name}) => name),
        ['github', 'twitch'],
      )
      assert.equal(await other.providers.get('constructor'), undefined)
    })

    it('keeps which credentials it takes, where they go, and where an answer names someone', async () => {
      const {store, other} = current()
      const {tokenUrl: _none, ...plain} = makeProvider('jenkins', {
        credentialKinds: ['basic', 'api-key'],
        requestTokenUrl: 'https://id.example.test/request',
        apiKey: {header: 'X-Api-Key', prefix: 'Key'},
        otpHeader: 'X-Otp',
        identity: {userId: 'data.id', login: 'data.name', displayName: 'data.full'},
        clientId: '',
      })
      await store.providers.put(plain)
      assert.deepEqual(reveal(await other.providers.get('jenkins')), reveal(plain))
    })

    it('replaces a provider whole', async () => {
      const {store, other} = current()
      await store.providers.put(makeProvider('a', {clientSecret: new Secret('made-up')}))
      await other.providers.put(makeProvider('a', {clientId: 'second'}))
      const found = await store.providers.get('a')
      assert.equal(found?.clientId, 'second')
      assert.equal(found.clientSecret, undefined)
    })

    it('removes a provider with its state, and says whether there was one', async () => {
      const {store, other} = current()
      assert.equal(await store.providers.remove('a'), false)
      await store.providers.put(makeProvider('a'))
      await store.providers.updateState('a', flag)
      assert.equal(await other.providers.remove('a'), true)
      assert.equal(await store.providers.remove('a'), false)
      assert.equal(await store.providers.get('a'), undefined)
      assert.equal(await store.providers.getState('a'), undefined)
    })

    it('refuses a provider that it could not read back', async () => {
      const wrong = {...makeProvider('a'), authMethod: 'guess'} as unknown as Provider
      await assert.rejects(current().store.providers.put(wrong), hasCode('invalid-input'))
      assert.deepEqual(await current().store.providers.list(), [])
    })

    describe('state', () => {
      it('starts empty, also for a provider that is not stored', async () => {
        const {store, other} = current()
        assert.equal(await store.providers.getState('a'), undefined)
        const state = await store.providers.updateState('a', (now) => {
          assert.deepEqual(now, {name: 'a'})
          return flag(now)
        })
        assert.deepEqual(state, flag({name: 'a'}))
        assert.deepEqual(await other.providers.getState('a'), state)
        assert.equal(await other.providers.remove('a'), false)
      })

      it('keeps the app token', async () => {
        const {store, other} = current()
        const appToken = {
          accessToken: new Secret('made-up-app-token'),
          clientId: 'made-up-client-id',
          tokenUrl: 'https://id.example.test/token',
          issuedAt: 1,
          expiresAt: 2,
        }
        await store.providers.updateState('a', (now) => ({...now, appToken}))
        const found = await other.providers.getState('a')
        assert.equal(found?.appToken?.accessToken.reveal(), 'made-up-app-token')
        assert.equal(found.appToken.expiresAt, 2)
      })

      it('loses none of two changes made at once', async () => {
        const {store, other} = current()
        const addOne = (now: ProviderState): ProviderState => ({
          ...now,
          misconfigured: {settings: 's', reason: 'r', since: (now.misconfigured?.since ?? 0) + 1},
        })
        await Promise.all([store, other, store, other].map((instance) => instance.providers.updateState('a', addOne)))
        assert.equal((await store.providers.getState('a'))?.misconfigured?.since, 4)
      })
    })
  })
}

const flag = (now: ProviderState): ProviderState => ({
  ...now,
  misconfigured: {settings: 'made-up-fingerprint', reason: 'invalid client', since: 5},
})
