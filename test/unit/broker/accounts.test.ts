import assert from 'node:assert/strict'

import {findAccountKey, listAccounts, pickAccounts, removeAccount, showAccount} from '../../../src/broker/accounts.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'
import {makeProvider} from '../../support/make-provider.js'

describe('accounts', () => {
  const twitch = makeProvider({name: 'twitch', connectionsUrl: 'https://example.test/connections'})
  const forge = makeProvider({name: 'forge'})
  let world: BrokerWorld

  beforeEach(async () => {
    world = await makeBrokerWorld()
    await world.store.providers.put(twitch)
    await world.store.providers.put(forge)
    await world.addAccount(twitch, {userId: '3', login: 'zoe'})
    await world.addAccount(twitch, {userId: '2', login: 'bert'})
    await world.addAccount(forge, {userId: '9', login: 'zoe'})
    await world.addAccount(twitch, {userId: '1', login: 'sam', role: 'owner'})
    await world.addAccount(twitch, {userId: '4', login: 'vera', role: 'user', subject: 'slack:U02AB'})
  })
  afterEach(() => world.dispose())

  it('are listed owners first, then bots, then users, each by provider and login', async () => {
    const names = (await listAccounts(world.deps)).map(({role, provider, login}) => `${role} ${provider}/${login}`)
    assert.deepEqual(names, [
      'owner twitch/sam',
      'bot forge/zoe',
      'bot twitch/bert',
      'bot twitch/zoe',
      'user twitch/vera',
    ])
    const bots = await listAccounts(world.deps, {role: 'bot'})
    assert.deepEqual(
      bots.map(({login}) => login),
      ['zoe', 'bert', 'zoe'],
    )
  })

  it('are shown by name, without secrets', async () => {
    const status = await showAccount(world.deps, 'forge/ZOE')
    assert.equal(status.key, 'forge:9')
    assert.doesNotMatch(JSON.stringify(status), /token-of/)
    await assert.rejects(showAccount(world.deps, 'sam', {role: 'bot'}), {code: 'account-not-found'})
  })

  it('are found by name alone', async () => {
    assert.equal(await findAccountKey(world.deps, 'subject:slack:U02AB'), 'twitch@slack:U02AB')
    await assert.rejects(findAccountKey(world.deps, 'bret'), {
      code: 'account-not-found',
      message: /Did you mean bert\?/,
    })
  })

  it('are picked by names, each once; all of them without one', async () => {
    const keys = (await pickAccounts(world.deps, ['bert', 'id:2', 'zoe'])).map(({key}) => key)
    assert.deepEqual(keys, ['twitch:2', 'twitch:3'])
    assert.equal((await pickAccounts(world.deps, [])).length, 5)
    await assert.rejects(pickAccounts(world.deps, ['bert', 'nobody']), {code: 'account-not-found'})
  })

  describe('removeAccount', () => {
    const remove = (input: {account?: string; role?: 'bot'}) => removeAccount(world.deps, {...input, keepGrant: true})

    it('removes the named one, and says where access is ended by hand', async () => {
      const {account, revoked, connectionsUrl} = await remove({account: 'bert', role: 'bot'})
      assert.deepEqual([account.key, revoked, connectionsUrl], ['twitch:2', false, 'https://example.test/connections'])
      assert.equal(await world.store.accounts.get('twitch:2'), undefined)
    })

    it('removes nobody of another role', async () => {
      await assert.rejects(remove({account: 'sam', role: 'bot'}), {
        code: 'account-not-found',
        message: /sam is the owner’s account/,
      })
    })

    it('removes the owner without a name, if there is one', async () => {
      assert.equal((await remove({})).account.login, 'sam')
      await assert.rejects(remove({}), {code: 'account-not-found', message: /Nobody is logged in/})
    })

    it('does not choose between owners', async () => {
      await world.addAccount(forge, {userId: '8', login: 'boss', role: 'owner'})
      await assert.rejects(remove({}), {code: 'ambiguous-account', message: /forge\/boss, twitch\/sam/})
    })

    it('removes one whose provider is gone', async () => {
      await world.store.providers.remove('forge')
      assert.equal((await remove({account: 'forge/zoe'})).account.key, 'forge:9')
    })
  })
})
