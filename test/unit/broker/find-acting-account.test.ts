import assert from 'node:assert/strict'

import {findActingAccount} from '../../../src/broker/find-acting-account.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'
import {makeProvider} from '../../support/make-provider.js'

const FORGE = makeProvider({name: 'forge'})
const WORK = makeProvider({name: 'work'})
const FILE = {kind: 'file', path: '/made/up/.behalf.json'} as const

describe('findActingAccount', () => {
  let world: BrokerWorld
  beforeEach(async () => {
    world = await makeBrokerWorld()
    for (const provider of [FORGE, WORK]) await world.store.providers.put(provider)
    await world.addAccount(FORGE, {userId: '1', login: 'sam', role: 'owner'})
    await world.addAccount(FORGE, {userId: '2', login: 'droid'})
    await world.addAccount(WORK, {userId: '3', login: 'droid'})
  })
  afterEach(() => world.dispose())

  const find = async (input: Parameters<typeof findActingAccount>[1]) =>
    (await findActingAccount(world.deps, input)).key

  it('is the named account, of any provider', async () => {
    assert.equal(await find({as: 'sam'}), 'forge:1')
    assert.equal(await find({as: 'work/droid', context: {as: 'sam', source: FILE}}), 'work:3')
    await assert.rejects(find({as: 'droid'}), {code: 'ambiguous-account'})
  })

  it('is of the named provider only', async () => {
    assert.equal(await find({as: 'droid', provider: 'work'}), 'work:3')
    await assert.rejects(find({as: 'sam', provider: 'work'}), {code: 'account-not-found'})
    await assert.rejects(find({as: 'sam', provider: 'nope'}), {code: 'provider-not-found'})
  })

  it('is the context’s without a name, and never another one instead', async () => {
    assert.equal(await find({context: {as: 'droid', provider: 'work', source: FILE}}), 'work:3')
    assert.equal(await find({provider: 'work', context: {as: 'droid', source: FILE}}), 'work:3')
    await assert.rejects(find({context: {as: 'nobody', source: FILE}}), {
      code: 'account-not-found',
      message: /^\/made\/up\/\.behalf\.json: There is no account “nobody”/,
    })
  })

  it('is the owner where nobody is named', async () => {
    assert.equal(await find({provider: 'forge'}), 'forge:1')
    assert.equal(await find({context: {provider: 'forge', source: FILE}}), 'forge:1')
    await assert.rejects(find({provider: 'work'}), {code: 'login-needed', hint: 'behalf login --provider work'})
  })
})
