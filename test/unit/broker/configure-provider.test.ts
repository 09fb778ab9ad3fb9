import assert from 'node:assert/strict'
import {inspect} from 'node:util'

import type {BrokerDeps} from '../../../src/broker/broker-deps.js'
import type {ProviderInput} from '../../../src/broker/build-provider.js'
import {changeProvider, previewProvider} from '../../../src/broker/change-provider.js'
import {addProvider, listProviders, showProvider} from '../../../src/broker/configure-provider.js'
import {flagMisconfigured, loadProvider} from '../../../src/broker/load-provider.js'
import {removeProvider} from '../../../src/broker/remove-provider.js'
import {findEstrangement} from '../../../src/model/account-status.js'
import {Secret} from '../../../src/model/secret.js'
import {makeBrokerWorld, makeProviderSource, type BrokerWorld} from '../../support/broker-world.js'

const INPUT: ProviderInput = {
  name: 'forge',
  clientId: 'made-up-client',
  clientSecret: new Secret('made-up-client-secret'),
  tokenUrl: 'https://id.example.test/token',
  apiUrl: 'https://api.example.test',
}

const updateProvider = (deps: BrokerDeps, input: ProviderInput) => changeProvider(deps, input, {anew: false})

describe('the providers’ settings', () => {
  let world: BrokerWorld
  beforeEach(async () => (world = await makeBrokerWorld()))
  afterEach(() => world.dispose())

  const withAccount = async () => world.addAccount(await loadProvider(world.deps, 'forge'))
  const estrangement = async () => {
    const account = await world.store.accounts.get('forge:2002')
    assert.ok(account)
    return findEstrangement(account, await loadProvider(world.deps, 'forge'))
  }

  describe('addProvider', () => {
    it('stores it, and shows it without its secret', async () => {
      const view = await addProvider(world.deps, INPUT)
      assert.deepEqual([view.name, view.confidential, view.accounts], ['forge', true, 0])
      assert.deepEqual([view.callbackUrl, view.replay], ['http://localhost:8420/callback', {kind: 'last-resort'}])
      assert.doesNotMatch(inspect(view, {depth: 9}), /secret'|\[secret\]|made-up-client-secret/)
      assert.ok((await world.store.providers.get('forge'))?.clientSecret?.equals(new Secret('made-up-client-secret')))
    })

    it('changes nothing when it is there with the very same settings', async () => {
      await addProvider(world.deps, INPUT)
      const before = await world.store.lastWrittenAt()
      world.clock.advance(1000)
      await addProvider(world.deps, {...INPUT})
      assert.equal(await world.store.lastWrittenAt(), before)
    })

    for (const [what, change] of [
      ['another client id', {clientId: 'another'}],
      ['another secret', {clientSecret: new Secret('another')}],
      ['another URL', {apiUrl: 'https://elsewhere.test'}],
    ] as const) {
      it(`refuses one that is there with ${what}`, async () => {
        await addProvider(world.deps, INPUT)
        await assert.rejects(addProvider(world.deps, {...INPUT, ...change}), {
          code: 'provider-exists',
          hint: 'behalf provider update forge …',
        })
        assert.equal((await loadProvider(world.deps, 'forge')).apiUrl, 'https://api.example.test')
      })
    }

    it('refuses a name that cannot be one, and stores nothing', async () => {
      await assert.rejects(addProvider(world.deps, {...INPUT, name: 'Forge'}), {code: 'invalid-input'})
      assert.deepEqual(await world.store.providers.list(), [])
    })
  })

  describe('changeProvider (rule 10)', () => {
    beforeEach(async () => {
      await addProvider(world.deps, INPUT)
      await withAccount()
    })

    it('leaves the accounts alone when neither the client nor an origin changes', async () => {
      const view = await updateProvider(world.deps, {
        name: 'forge',
        tokenUrl: 'https://id.example.test/v2/token',
        clientSecret: new Secret('a new made-up secret'),
      })
      assert.deepEqual([view.loginNeeded, await estrangement()], [0, undefined])
    })

    it('makes the accounts need a login when an origin changes', async () => {
      const view = await updateProvider(world.deps, {name: 'forge', tokenUrl: 'https://elsewhere.test/token'})
      assert.deepEqual([view.loginNeeded, await estrangement()], [1, 'origin-changed'])
    })

    it('keeps them when that is said', async () => {
      const input = {name: 'forge', tokenUrl: 'https://elsewhere.test/token', keepAccounts: true}
      assert.deepEqual([(await updateProvider(world.deps, input)).loginNeeded, await estrangement()], [0, undefined])
    })

    it('makes them need a login under another client id, whatever is said', async () => {
      const input = {name: 'forge', clientId: 'another', keepAccounts: true}
      assert.deepEqual(
        [(await updateProvider(world.deps, input)).loginNeeded, await estrangement()],
        [1, 'client-changed'],
      )
    })

    it('does not find what is not in the store', async () => {
      await assert.rejects(updateProvider(world.deps, {name: 'froge'}), {
        code: 'provider-not-found',
        hint: 'behalf provider add froge --preset …',
      })
      const overrides = [{name: 'twitch', clientId: 'from the environment'}]
      const deps = {...world.deps, providers: makeProviderSource({overrides})}
      await assert.rejects(updateProvider(deps, {name: 'twitch'}), {
        code: 'provider-not-found',
        hint: /^It comes from the environment/,
      })
    })
  })

  describe('changeProvider, anew', () => {
    beforeEach(async () => {
      await addProvider(world.deps, {...INPUT, scopes: ['read'], callbackUrl: 'http://localhost:9000/back'})
      await withAccount()
    })

    it('takes what is not given back to what a new provider has', async () => {
      const view = await changeProvider(world.deps, INPUT, {anew: true})
      assert.deepEqual([view.scopes, view.callbackUrl], [{}, 'http://localhost:8420/callback'])
      assert.deepEqual([view.loginNeeded, await estrangement()], [0, undefined])
    })

    it('makes the accounts need a login under rule 10, as a change does', async () => {
      const {apiUrl: _gone, ...input} = INPUT
      assert.equal((await changeProvider(world.deps, {...input, keepAccounts: true}, {anew: true})).loginNeeded, 0)
      assert.equal((await changeProvider(world.deps, INPUT, {anew: true})).loginNeeded, 1)
    })

    it('needs the client anew, and does not find what is not there', async () => {
      const {clientId: _id, ...input} = INPUT
      await assert.rejects(changeProvider(world.deps, input, {anew: true}), {code: 'usage'})
      const other = {...INPUT, name: 'smithy'}
      await assert.rejects(changeProvider(world.deps, other, {anew: true}), {code: 'provider-not-found'})
    })
  })

  describe('previewProvider', () => {
    it('tells what would change, without a secret in it, and stores nothing', async () => {
      assert.equal((await previewProvider(world.deps, INPUT, {anew: false})).changes, undefined)
      await addProvider(world.deps, INPUT)
      await withAccount()
      const same = await previewProvider(world.deps, INPUT, {anew: false})
      assert.deepEqual([same.changes, same.loginNeeded], [[], []])
      const change = {name: 'forge', clientId: 'another', clientSecret: new Secret('another made-up secret')}
      const {changes, loginNeeded} = await previewProvider(world.deps, change, {anew: false})
      assert.deepEqual(changes, [
        {setting: 'clientId', before: 'made-up-client', after: 'another'},
        {setting: 'clientSecret', before: 'the present one', after: 'another'},
      ])
      assert.deepEqual(loginNeeded, ['forge/made_up_2002'])
      assert.equal((await loadProvider(world.deps, 'forge')).clientId, 'made-up-client')
    })

    it('names only accounts that need no login yet, and none that would be moved along', async () => {
      await addProvider(world.deps, INPUT)
      await withAccount()
      const moved = {name: 'forge', apiUrl: 'https://elsewhere.test'}
      const preview = (parts: Partial<ProviderInput>) =>
        previewProvider(world.deps, {...moved, ...parts}, {anew: false})
      assert.equal((await preview({})).loginNeeded.length, 1)
      assert.equal((await preview({keepAccounts: true})).loginNeeded.length, 0)
      await changeProvider(world.deps, moved, {anew: false})
      assert.equal((await preview({tokenUrl: 'https://elsewhere.test/token'})).loginNeeded.length, 0)
    })

    it('drops the secret of a client that has none any more', async () => {
      await addProvider(world.deps, INPUT)
      const {changes} = await previewProvider(world.deps, {name: 'forge', publicClient: true}, {anew: false})
      assert.deepEqual(changes, [
        {setting: 'authMethod', before: 'post', after: 'none'},
        {setting: 'clientSecret', before: 'the present one', after: 'none'},
      ])
    })
  })

  it('are shown with why the provider refused the client', async () => {
    await addProvider(world.deps, INPUT)
    await flagMisconfigured(world.deps, await loadProvider(world.deps, 'forge'), 'it said no')
    assert.equal((await showProvider(world.deps, 'forge')).misconfigured, 'it said no')
    assert.deepEqual(
      (await listProviders(world.deps)).map(({name, misconfigured}) => [name, misconfigured]),
      [['forge', 'it said no']],
    )
    await updateProvider(world.deps, {name: 'forge', clientSecret: new Secret('another made-up secret')})
    assert.equal((await showProvider(world.deps, 'forge')).misconfigured, undefined)
  })

  describe('removeProvider', () => {
    it('removes one without accounts', async () => {
      await addProvider(world.deps, INPUT)
      assert.equal((await removeProvider(world.deps, 'forge', {accounts: 'refuse'})).accounts, 0)
      await assert.rejects(showProvider(world.deps, 'forge'), {code: 'provider-not-found'})
    })

    it('refuses one with accounts, and names them', async () => {
      await addProvider(world.deps, INPUT)
      await withAccount()
      await assert.rejects(removeProvider(world.deps, 'forge', {accounts: 'refuse'}), {
        code: 'provider-in-use',
        message: /forge still has 1 accounts: made_up_2002/,
        hint: /behalf provider remove forge --yes/,
      })
      assert.ok(await world.store.accounts.get('forge:2002'))
    })

    it('forgets the accounts too when that is said, and no others', async () => {
      await addProvider(world.deps, INPUT)
      await addProvider(world.deps, {...INPUT, name: 'smithy'})
      await withAccount()
      await world.addAccount(await loadProvider(world.deps, 'smithy'))
      assert.equal((await removeProvider(world.deps, 'forge', {accounts: 'forget'})).accounts, 1)
      assert.deepEqual(
        (await world.store.accounts.list()).map(({key}) => key),
        ['smithy:2002'],
      )
    })

    it('leaves the accounts of one that is given by the environment', async () => {
      const overrides = [{name: 'twitch', clientId: 'from-the-environment'}]
      const deps = {...world.deps, providers: makeProviderSource({overrides})}
      await world.addAccount(await loadProvider(deps, 'twitch'))
      await assert.rejects(removeProvider(deps, 'twitch', {accounts: 'forget'}), {
        code: 'configuration',
        hint: 'Unset its variables.',
      })
      assert.ok(await world.store.accounts.get('twitch:2002'))
    })

    it('does not find what is not there', async () => {
      await assert.rejects(removeProvider(world.deps, 'forge', {accounts: 'forget'}), {code: 'provider-not-found'})
    })
  })
})
