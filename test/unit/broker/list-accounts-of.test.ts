import assert from 'node:assert/strict'

import {listAccountsOf} from '../../../src/broker/list-accounts-of.js'
import type {ApiToken} from '../../../src/model/api-token.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'
import {makeProvider} from '../../support/make-provider.js'

const EXAMPLE = makeProvider({name: 'example'})

describe('listAccountsOf', () => {
  let world: BrokerWorld
  beforeEach(async () => {
    world = await makeBrokerWorld()
    await world.store.providers.put(EXAMPLE)
    await world.addAccount(EXAMPLE, {userId: '1', login: 'sam', role: 'owner'})
    await world.addAccount(EXAMPLE, {userId: '2', login: 'droid'})
    for (const subject of ['slack:U1', 'slack:U2', 'webex:U1']) {
      await world.addAccount(EXAMPLE, {userId: subject, login: 'vera', role: 'user', subject})
    }
  })
  afterEach(() => world.dispose())

  async function list(as: string[], {mayList, asAny = false}: {mayList: boolean; asAny?: boolean}): Promise<string[]> {
    const names = () => (mayList ? world.store.accounts.names() : Promise.reject(new Error('all names were read')))
    const store = {...world.store, accounts: {...world.store.accounts, names}}
    const apiToken: ApiToken = {id: 'A', name: 'made up', salt: '', hmac: '', scopes: [], as, asAny, issuedAt: 0}
    return (await listAccountsOf({...world.deps, store}, apiToken)).map(({key}) => key)
  }

  it('looks up those that the API token names, once each, and leaves out who is gone', async () => {
    const as = ['example:2', 'example:9', 'example:2', 'subject:slack:U1', 'example@slack:U1']
    assert.deepEqual(await list(as, {mayList: false}), ['example:2', 'example@slack:U1'])
    assert.deepEqual(await list(['forge/subject:slack:U1'], {mayList: false}), [])
    assert.deepEqual(await list([], {mayList: false}), [])
  })

  it('looks through all for a whole chat service, and for any', async () => {
    const users = await list(['subject:slack:*', 'example:1'], {mayList: true})
    assert.deepEqual(users.sort(), ['example:1', 'example@slack:U1', 'example@slack:U2'])
    assert.deepEqual(await list([], {mayList: true, asAny: true}), ['example:1', 'example:2'])
  })
})
