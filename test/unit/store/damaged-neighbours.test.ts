import assert from 'node:assert/strict'
import {readFile, writeFile} from 'node:fs/promises'

import {findActingAccount} from '../../../src/broker/find-acting-account.js'
import {listAccounts, nameDamagedAccounts, pickAccounts, showAccount} from '../../../src/broker/accounts.js'
import {completeLogin} from '../../../src/broker/complete-login.js'
import {authorizeCaller} from '../../../src/broker/authorize-caller.js'
import {issueApiToken} from '../../../src/broker/issue-api-token.js'
import {chooseProvider, loadProvider, loadProviders, nameDamagedProviders} from '../../../src/broker/load-provider.js'
import type {Role} from '../../../src/model/provider.js'
import {Secret} from '../../../src/model/secret.js'
import {makeBrokerWorld, makeProviderClient, makeProviderSource, type BrokerWorld} from '../../support/broker-world.js'
import {makeProvider} from '../../support/make-provider.js'

type Documents = Record<string, Record<string, unknown>>

describe('beside a damaged record', () => {
  let world: BrokerWorld
  beforeEach(async () => {
    world = await makeBrokerWorld()
    for (const name of ['forge', 'twitch']) {
      const provider = makeProvider({name})
      await world.store.providers.put(provider)
      await world.addAccount(provider, {userId: '1', login: 'sam', role: 'owner'})
      await world.addAccount(provider, {userId: '2', login: `bot_of_${name}`})
    }
  })
  afterEach(() => world.dispose())

  async function damage(section: string, key: string, change: (record: Record<string, unknown>) => unknown) {
    const document = JSON.parse(await readFile(world.path, 'utf8')) as Record<string, Documents>
    const records = document[section]
    const record = records?.[key]
    assert.ok(record)
    records[key] = change(record) as Record<string, unknown>
    await writeFile(world.path, JSON.stringify(document))
  }

  const DAMAGES: [string, (record: Record<string, unknown>) => unknown][] = [
    ['is no object any more', () => 'made up'],
    ['lost its login', ({login: _login, ...rest}) => rest],
    ['lost its grant', ({grantId: _grant, ...rest}) => rest],
    ['says that it is another', (record) => ({...record, key: 'twitch:1'})],
  ]
  for (const [what, change] of DAMAGES) {
    describe(`of an account that ${what}`, () => {
      beforeEach(async () => damage('accounts', 'twitch:2', change))

      it('the other accounts are listed, found and picked, and that one is named', async () => {
        const {deps} = world
        assert.deepEqual(
          (await listAccounts(deps)).map(({key}) => key),
          ['forge:1', 'twitch:1', 'forge:2'],
        )
        assert.equal((await showAccount(deps, 'forge/bot_of_forge')).key, 'forge:2')
        assert.equal((await showAccount(deps, 'twitch/sam')).key, 'twitch:1')
        assert.deepEqual((await pickAccounts(deps, [])).map(({key}) => key).sort(), ['forge:1', 'forge:2', 'twitch:1'])
        assert.equal((await nameDamagedAccounts(deps)).length, 1)
      })

      it('that one fails for whoever names it', async () => {
        const {deps} = world
        for (const name of ['twitch/id:2', 'id:2', 'twitch/bot_of_twitch', 'bot_of_twitch']) {
          await assert.rejects(showAccount(deps, name), {code: 'store-damaged'}, name)
          await assert.rejects(pickAccounts(deps, [name]), {code: 'store-damaged'}, name)
        }
      })

      it('callers act as the others', async () => {
        const {deps} = world
        const {token} = await issueApiToken(deps, {name: 'a', scopes: ['helix', 'api:forge'], as: [], asAny: true})
        const actAs = (name: string, provider: string) =>
          authorizeCaller(
            deps,
            {authorization: [`Bearer ${token.reveal()}`], actAs: [[name]]},
            {kind: 'call', provider, isHelix: provider === 'twitch', method: 'GET', segments: ['users']},
          )
        assert.equal((await actAs('sam', 'twitch')).account?.key, 'twitch:1')
        assert.equal((await actAs('bot_of_forge', 'forge')).account?.key, 'forge:2')
        assert.equal((await actAs('', 'twitch')).account?.key, 'twitch:1')
        assert.equal((await actAs('id:2', 'twitch')).account?.key, 'twitch:2')
      })
    })
  }

  it('nobody acts instead of an owner that cannot be read', async () => {
    await damage('accounts', 'twitch:1', () => ({}))
    const {token} = await issueApiToken(world.deps, {name: 'a', scopes: ['account:read', 'helix'], as: [], asAny: true})
    const {account} = await authorizeCaller(
      world.deps,
      {authorization: [`Bearer ${token.reveal()}`], actAs: []},
      {kind: 'scopes', scopes: ['helix'], needsAccount: true},
    )
    assert.equal(account?.key, 'twitch:1')
    assert.equal((await findActingAccount(world.deps, {provider: 'twitch'})).key, 'twitch:1')
    // Whoever means it by its login may not get the namesake elsewhere.
    await assert.rejects(showAccount(world.deps, 'sam'), {code: 'store-damaged'})
    assert.equal((await showAccount(world.deps, 'forge/sam')).key, 'forge:1')
  })

  describe('people log in', () => {
    const GRANT = {accessToken: new Secret('made-up-new-token'), tokenType: 'bearer', issuedAt: 0, scopes: []}

    async function logIn(role: Role, userId: string, subject?: string) {
      const provider = await loadProvider(world.deps, 'twitch')
      const identify = () => Promise.resolve({userId, login: `made_up_${userId}`})
      const deps = {...world.deps, providerClient: makeProviderClient({identify, revoke: () => REVOKED})}
      const purpose = {provider, role, scopes: [], replaceOwner: false, ...(subject !== undefined && {subject})}
      return completeLogin(deps, purpose, GRANT)
    }
    const REVOKED = Promise.resolve({kind: 'revoked'} as const)

    it('others as ever, and the one whose record it was mends it', async () => {
      await damage('accounts', 'twitch:2', ({grantId: _grant, ...rest}) => rest)
      assert.equal((await logIn('bot', '3')).created, true)
      await assert.rejects(world.store.accounts.get('twitch:2'), {code: 'store-damaged'})
      assert.equal((await logIn('bot', '2')).account.key, 'twitch:2')
      assert.deepEqual(await nameDamagedAccounts(world.deps), [])
    })

    it('but nobody for a subject of whom it is not known who was linked', async () => {
      await logIn('user', '7', 'slack:U1')
      await damage('accounts', 'twitch@slack:U1', ({userId: _id, ...rest}) => rest)
      await assert.rejects(logIn('user', '8', 'slack:U1'), {code: 'wrong-person'})
      assert.equal((await logIn('user', '8', 'slack:U2')).account.key, 'twitch@slack:U2')
    })

    it('but no second owner beside one that cannot be read', async () => {
      await damage('accounts', 'twitch:1', () => ({}))
      await assert.rejects(logIn('owner', '9'), {code: 'wrong-person'})
      assert.equal((await logIn('owner', '1')).account.key, 'twitch:1')
    })
  })

  describe('of a provider', () => {
    beforeEach(async () => damage('providers', 'twitch', ({clientId: _id, ...rest}) => rest))

    it('the others are listed, and that one is named', async () => {
      assert.deepEqual(
        (await loadProviders(world.deps)).map(({name}) => name),
        ['forge'],
      )
      assert.deepEqual(await nameDamagedProviders(world.deps), ['twitch'])
      assert.equal((await loadProvider(world.deps, 'forge')).name, 'forge')
      await assert.rejects(loadProvider(world.deps, 'twitch'), {code: 'store-damaged'})
    })

    it('no other is taken for the only one, nor a preset for it', async () => {
      await assert.rejects(chooseProvider(world.deps, undefined), {code: 'store-damaged'})
      const overrides = [{name: 'twitch', clientId: 'made-up'}]
      const deps = {...world.deps, providers: makeProviderSource({overrides})}
      assert.deepEqual(
        (await loadProviders(deps)).map(({name}) => name),
        ['forge'],
      )
    })
  })
})
