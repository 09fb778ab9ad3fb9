import assert from 'node:assert/strict'

import type {ProviderSource} from '../../../src/broker/broker-deps.js'
import {
  chooseProvider,
  fingerprintSettings,
  loadProvider,
  loadProviders,
  misconfiguredError,
} from '../../../src/broker/load-provider.js'
import {Secret} from '../../../src/model/secret.js'
import {makeBrokerWorld, makeProviderSource, type BrokerWorld} from '../../support/broker-world.js'
import {makeProvider} from '../../support/make-provider.js'

const STORED = makeProvider({name: 'twitch', clientId: 'stored-client', clientSecret: new Secret('stored-secret')})

describe('loadProvider', () => {
  let world: BrokerWorld
  beforeEach(async () => (world = await makeBrokerWorld()))
  afterEach(() => world.dispose())

  const under = (...overrides: ProviderSource['overrides']) => ({
    store: world.store,
    providers: makeProviderSource({overrides}),
  })

  it('is what the store has', async () => {
    await world.store.providers.put(STORED)
    const provider = await loadProvider(world.deps, 'twitch')
    assert.deepEqual([provider.clientId, provider.credentialsFrom], ['stored-client', 'store'])
    assert.ok(provider.clientSecret?.equals(new Secret('stored-secret')))
  })

  describe('the environment wins', () => {
    it('with both', async () => {
      await world.store.providers.put(STORED)
      const deps = under({name: 'twitch', clientId: 'other', clientSecret: new Secret('other-secret')})
      const provider = await loadProvider(deps, 'twitch')
      assert.deepEqual([provider.clientId, provider.credentialsFrom], ['other', 'environment'])
      assert.ok(provider.clientSecret?.equals(new Secret('other-secret')))
    })

    it('with a secret for the stored client id', async () => {
      await world.store.providers.put(STORED)
      const provider = await loadProvider(under({name: 'twitch', clientSecret: new Secret('new')}), 'twitch')
      assert.equal(provider.clientId, 'stored-client')
      assert.ok(provider.clientSecret?.equals(new Secret('new')))
    })

    it('with a client id: the stored secret is never used with another one', async () => {
      await world.store.providers.put(STORED)
      const other = await loadProvider(under({name: 'twitch', clientId: 'other'}), 'twitch')
      assert.equal('clientSecret' in other, false)
      const same = await loadProvider(under({name: 'twitch', clientId: 'stored-client'}), 'twitch')
      assert.ok(same.clientSecret?.equals(new Secret('stored-secret')))
    })

    it('with a secret for a client that was kept as a public one: it is sent then', async () => {
      const {clientSecret: _none, ...open} = STORED
      await world.store.providers.put({...open, authMethod: 'none'})
      const provider = await loadProvider(under({name: 'twitch', clientSecret: new Secret('new')}), 'twitch')
      assert.equal(provider.authMethod, 'post')
      assert.equal((await loadProvider(world.deps, 'twitch')).authMethod, 'none')
    })

    it('for the provider it names alone', async () => {
      await world.store.providers.put(STORED)
      const provider = await loadProvider(under({name: 'github', clientId: 'other'}), 'twitch')
      assert.equal(provider.clientId, 'stored-client')
    })
  })

  it('sends a secret of the environment as the preset of a public client has it', async () => {
    await world.store.providers.put({...STORED, name: 'x', preset: 'x', authMethod: 'none'})
    const provider = await loadProvider(under({name: 'x', clientSecret: new Secret('new')}), 'x')
    assert.equal(provider.authMethod, 'basic')
  })

  it('is no preset that would need to be told more, and says how to add it', async () => {
    await assert.rejects(loadProvider(under({name: 'okta', clientId: 'other'}), 'okta'), {
      code: 'provider-not-found',
      hint: 'behalf provider add okta',
    })
  })

  it('is the preset of that name when the environment gives a client id', async () => {
    const provider = await loadProvider(under({name: 'twitch', clientId: 'other'}), 'twitch')
    assert.deepEqual([provider.dialect, provider.preset, provider.clientId], ['twitch', 'twitch', 'other'])
    assert.equal('clientSecret' in provider, false)
  })

  it('is not usable with a secret alone', async () => {
    await assert.rejects(loadProvider(under({name: 'twitch', clientSecret: new Secret('alone')}), 'twitch'), {
      code: 'configuration',
      hint: /BEHALF_TWITCH_CLIENT_ID/,
    })
  })

  it('is nothing without a preset and settings', async () => {
    await assert.rejects(loadProvider(under({name: 'forge', clientId: 'other'}), 'forge'), {code: 'provider-not-found'})
  })

  it('names the nearest, and how to add one', async () => {
    await world.store.providers.put(STORED)
    await assert.rejects(loadProvider(world.deps, 'twich'), {
      code: 'provider-not-found',
      message: 'There is no provider “twich”. Did you mean twitch?',
      hint: 'behalf provider add twich --preset …',
    })
    await assert.rejects(loadProvider(world.deps, 'github'), {hint: 'behalf provider add github'})
  })
})

describe('loadProviders and chooseProvider', () => {
  let world: BrokerWorld
  beforeEach(async () => (world = await makeBrokerWorld()))
  afterEach(() => world.dispose())

  it('list the stored ones and those of the environment by name', async () => {
    await world.store.providers.put(STORED)
    await world.store.providers.put(makeProvider({name: 'forge'}))
    const overrides = [
      {name: 'github', clientId: 'a'},
      {name: 'twitch', clientId: 'b'},
      {name: 'unknown', clientId: 'c'},
    ]
    const providers = await loadProviders({store: world.store, providers: makeProviderSource({overrides})})
    assert.deepEqual(
      providers.map(({name, clientId}) => `${name} ${clientId}`),
      ['forge made-up-client', 'github a', 'twitch b'],
    )
  })

  it('take the only one, else twitch, else nothing', async () => {
    await assert.rejects(chooseProvider(world.deps, undefined), {hint: 'behalf provider add twitch'})
    await world.store.providers.put(makeProvider({name: 'forge'}))
    assert.equal((await chooseProvider(world.deps, undefined)).name, 'forge')
    await world.store.providers.put(makeProvider({name: 'smithy'}))
    await assert.rejects(chooseProvider(world.deps, undefined), {code: 'provider-not-found'})
    await world.store.providers.put(STORED)
    assert.equal((await chooseProvider(world.deps, undefined)).name, 'twitch')
    assert.equal((await chooseProvider(world.deps, 'smithy')).name, 'smithy')
  })
})

describe('fingerprintSettings', () => {
  it('changes with what can mend a refused client, and with nothing else', async () => {
    const world = await makeBrokerWorld()
    try {
      const fingerprint = await fingerprintSettings(world.deps, STORED)
      const same = {scopes: {}, apiUrl: 'https://elsewhere.test', credentialsFrom: 'environment'} as const
      assert.equal(await fingerprintSettings(world.deps, {...STORED, ...same}), fingerprint)
      for (const change of [
        {clientId: 'x'},
        {clientSecret: new Secret('x')},
        {tokenUrl: 'https://x.test/token'},
        {authMethod: 'basic'},
      ] as const) {
        assert.notEqual(await fingerprintSettings(world.deps, {...STORED, ...change}), fingerprint)
      }
      assert.doesNotMatch(fingerprint, /stored/)
    } finally {
      await world.dispose()
    }
  })
})

describe('misconfiguredError', () => {
  it('names where the credentials came from', () => {
    const hintFor = (credentialsFrom: 'store' | 'environment') =>
      misconfiguredError({name: 'my-forge', credentialsFrom}, 'refused').hint
    assert.equal(hintFor('store'), 'behalf provider update my-forge --client-secret-file -')
    assert.match(hintFor('environment') ?? '', /BEHALF_MY_FORGE_CLIENT_SECRET/)
  })
})
