import assert from 'node:assert/strict'

import {findNamedAccount} from '../../../src/broker/find-named-account.js'
import type {Store} from '../../../src/store/store.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'
import {makeProvider} from '../../support/make-provider.js'

const EXAMPLE = makeProvider({name: 'example'})
const FORGE = makeProvider({name: 'forge'})

describe('findNamedAccount', () => {
  let world: BrokerWorld
  beforeEach(async () => {
    world = await makeBrokerWorld()
    await world.addAccount(EXAMPLE, {userId: '1', login: 'sam', role: 'owner'})
    await world.addAccount(EXAMPLE, {userId: '2', login: 'techydrroid'})
    await world.addAccount(FORGE, {userId: '3', login: 'builder'})
    await world.addAccount(FORGE, {userId: '4', login: 'vera', role: 'user', subject: 'slack:U02AB'})
  })
  afterEach(() => world.dispose())

  /** The same accounts, as a store with so many that nobody may read all their names. */
  function withCount(count: number): {store: Store} {
    const names = () => Promise.reject(new Error('all names were read'))
    return {store: {...world.store, accounts: {...world.store.accounts, names, count: () => Promise.resolve(count)}}}
  }

  for (const [text, key] of [
    ['TechyDrroid', 'example:2'],
    ['id:2', 'example:2'],
    ['2', 'example:2'],
    ['forge/builder', 'forge:3'],
    ['subject:slack:U02AB', 'forge@slack:U02AB'],
  ] as const) {
    it(`looks ${text} up, and reads no other names`, async () => {
      assert.equal((await findNamedAccount(withCount(3), text)).key, key)
    })
  }

  it('suggests the nearest names where there are few', async () => {
    await assert.rejects(findNamedAccount(world.deps, 'techydroid'), {
      code: 'account-not-found',
      message: /Did you mean techydrroid\?/,
    })
  })

  it('suggests nothing where all of many would have to be read', async () => {
    await assert.rejects(findNamedAccount(withCount(1001), 'techydroid'), {
      code: 'account-not-found',
      message: 'There is no account “techydroid”.',
      hint: 'behalf status',
    })
    await assert.rejects(findNamedAccount(withCount(1000), 'techydroid'), /all names were read/)
  })

  it('says whose account it is when another role was wanted, however many there are', async () => {
    await assert.rejects(findNamedAccount(withCount(100_000), 'sam', {role: 'bot'}), {
      code: 'account-not-found',
      message: /example\/sam is the owner’s account, not a bot/,
    })
  })

  it('counts who is not eligible for nothing, in what is found and in what is suggested', async () => {
    const isEligible = ({provider}: {provider: string}): boolean => provider === 'forge'
    await assert.rejects(findNamedAccount(world.deps, 'sam', {isEligible}), {code: 'account-not-found'})
    await assert.rejects(findNamedAccount(world.deps, 'techydroid', {isEligible}), {
      message: 'There is no account “techydroid”.',
    })
  })

  it('finds whom somebody has added between the look-up and the list', async () => {
    const {accounts} = world.store
    const late = {...accounts, find: () => Promise.resolve([])}
    assert.equal((await findNamedAccount({store: {...world.store, accounts: late}}, 'sam')).key, 'example:1')
  })
})
