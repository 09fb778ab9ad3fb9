import assert from 'node:assert/strict'

import {ACCOUNTS_PER_PAGE, pageAccounts, type AccountQuery} from '../../../src/broker/page-accounts.js'
import {accountKey, type Account} from '../../../src/model/account.js'
import type {Store} from '../../../src/store/store.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'
import {makeAccount} from '../../support/make-account.js'
import {makeProvider} from '../../support/make-provider.js'

describe('pageAccounts', () => {
  let world: BrokerWorld
  const provider = makeProvider({name: 'twitch', dialect: 'twitch'})

  before(async () => {
    world = await makeBrokerWorld()
    await world.store.providers.put(provider)
    await world.addAccount(provider, {userId: '1', login: 'sam', role: 'owner'})
    await world.addAccount(provider, {userId: '3', login: 'a_bot', displayName: 'Ännchen'})
    await world.addAccount(provider, {userId: '2', login: 'b_bot', state: NEEDS_LOGIN})
    await world.addAccount(provider, {userId: '9', login: 'vera', role: 'user', subject: 'slack:U02AB'})
  })

  after(async () => {
    await world.dispose()
  })

  const logins = async (query: Partial<AccountQuery>) =>
    (await pageAccounts(world.deps, {page: 1, ...query})).accounts.map(({login}) => login)

  it('gives owners first, then bots, then users, by login', async () => {
    assert.deepEqual(await logins({}), ['sam', 'a_bot', 'b_bot', 'vera'])
  })

  it('gives what fits: role, provider, state, a part of any name', async () => {
    assert.deepEqual(await logins({role: 'bot'}), ['a_bot', 'b_bot'])
    assert.deepEqual(await logins({provider: 'elsewhere'}), [])
    assert.deepEqual(await logins({needsLogin: true}), ['b_bot'])
    assert.deepEqual(await logins({text: '_BOT'}), ['a_bot', 'b_bot'])
    assert.deepEqual(await logins({text: 'u02a'}), ['vera'])
    assert.deepEqual(await logins({text: 'ännch'}), ['a_bot'])
  })

  it('gives none that may not be seen, and does not count it', async () => {
    const page = await pageAccounts(world.deps, {page: 1}, ({role}) => role !== 'user')
    assert.equal(page.total, 3)
    assert.ok(page.accounts.every(({role}) => role !== 'user'))
  })

  it('gives the last page for one beyond it', async () => {
    const {page, pages, accounts} = await pageAccounts(world.deps, {page: 99})
    assert.deepEqual([page, pages, accounts.length], [1, 1, 4])
  })

  describe('among very many', () => {
    const keys = Array.from({length: 1200}, (_, i) => accountKey('twitch', String(i + 1)))
    const crowd = new Map<string, Account>(
      keys.map((key, i) => [key, {...makeAccount({userId: String(i + 1)}), version: 1}]),
    )
    const subject = accountKey('twitch', '', 'slack:U9')
    let looked: string[]

    /** As many accounts as that, where every list of all of them fails the test. */
    function makeCrowd(): Store {
      const never = () => assert.fail('all were to be read')
      const accounts: Partial<Store['accounts']> = {
        count: () => Promise.resolve(keys.length),
        keysOf: () => Promise.resolve([...keys, subject]),
        owners: () => Promise.resolve([crowd.get('twitch:7') ?? assert.fail()]),
        stranded: () => Promise.resolve([]),
        find: (texts) => Promise.resolve([...crowd.values()].filter(({login}) => texts.includes(login))),
        name(key) {
          looked.push(key)
          return Promise.resolve(crowd.get(key))
        },
        get: (key) => Promise.resolve(crowd.get(key)),
        names: never,
        list: never,
        outlines: never,
      }
      looked = []
      return {...world.store, accounts: {...world.store.accounts, ...accounts}}
    }
    const page = (query: Partial<AccountQuery>, maySee?: Parameters<typeof pageAccounts>[2]) =>
      pageAccounts({...world.deps, store: makeCrowd()}, {page: 1, ...query}, maySee)

    it('no more is looked at than is shown', async () => {
      const second = await page({page: 2})
      assert.deepEqual([second.accounts.length, second.total, second.pages], [ACCOUNTS_PER_PAGE, 1201, 25])
      assert.deepEqual(looked, keys.slice(ACCOUNTS_PER_PAGE, 2 * ACCOUNTS_PER_PAGE))
      assert.ok(second.isByKey)
    })

    it('a text is a whole name, or a key', async () => {
      assert.deepEqual(
        (await page({text: 'Made_Up_42'})).accounts.map(({key}) => key),
        ['twitch:42'],
      )
      assert.deepEqual(
        (await page({text: 'twitch:43'})).accounts.map(({key}) => key),
        ['twitch:43'],
      )
      assert.equal((await page({text: 'made_up'})).total, 0)
      assert.equal((await page({text: 'no name at all'})).total, 0)
    })

    it('roles are told by keys: the owner is no bot, and a subject is a user', async () => {
      assert.equal((await page({role: 'user'})).total, 1)
      assert.equal((await page({role: 'bot'})).total, 1199)
      assert.deepEqual(
        (await page({role: 'owner'})).accounts.map(({key}) => key),
        ['twitch:7'],
      )
    })

    it('who may not be seen is left out by what the key tells', async () => {
      assert.equal((await page({}, ({role}) => role !== 'user')).total, 1200)
      assert.equal((await page({}, ({key}) => key === 'twitch:5')).total, 1)
    })
  })
})

const NEEDS_LOGIN = {kind: 'login-needed', reason: 'rejected', since: 0} as const
