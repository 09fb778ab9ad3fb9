import assert from 'node:assert/strict'
import {readFile, writeFile} from 'node:fs/promises'

import {collectFlows} from '../../../src/broker/collect-flows.js'
import {homeOf} from '../../../src/broker/flow-home.js'
import {removeProvider} from '../../../src/broker/remove-provider.js'
import {renameProvider} from '../../../src/broker/rename-provider.js'
import type {Flow} from '../../../src/model/flow.js'
import {Secret} from '../../../src/model/secret.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'
import {makeProvider} from '../../support/make-provider.js'

describe('removeProvider', () => {
  const provider = makeProvider()
  const revoked: string[] = []
  let world: BrokerWorld

  beforeEach(async () => {
    revoked.length = 0
    world = await makeBrokerWorld({
      client: {
        revoke(_provider, token) {
          revoked.push(token.reveal())
          return Promise.resolve({kind: 'revoked'})
        },
      },
    })
    await world.store.providers.put(provider)
  })
  afterEach(() => world.dispose())

  /** A flow that holds what was granted until the person has confirmed it. */
  const addFlow = (id: string, parts: Partial<Flow> = {}): Promise<void> =>
    world.store.flows.put({
      id,
      state: new Secret(`made-up-state-${id}`),
      provider: 'example',
      home: homeOf(provider),
      role: 'user',
      subject: 'slack:U02AB',
      scopes: [],
      redirectUri: 'http://localhost:8420/callback',
      createdAt: 0,
      expiresAt: 1,
      held: {
        tokens: {accessToken: new Secret(`made-up-held-${id}`), tokenType: 'bearer', issuedAt: 0},
        who: {userId: '2002', login: 'ada'},
        misses: 0,
      },
      ...parts,
    })

  for (const accounts of ['leave', 'forget', 'refuse'] as const) {
    it(`leaves none behind of the accounts that come meanwhile: ${accounts}`, async () => {
      const {store} = world
      const providers: typeof store.providers = {
        ...store.providers,
        async remove(name) {
          await world.addAccount(provider)
          return store.providers.remove(name)
        },
      }
      const removal = await removeProvider({...world.deps, store: {...store, providers}}, 'example', {accounts})
      assert.deepEqual(await store.accounts.list(), [])
      const isRevoked = accounts === 'forget' ? 0 : 1
      assert.deepEqual([removal.accounts, removal.revoked, revoked.length > 0], [1, isRevoked, isRevoked === 1])
    })
  }

  it('revokes what its flows hold', async () => {
    await addFlow('a')
    await addFlow('b', {provider: 'another'})
    await removeProvider(world.deps, 'example', {accounts: 'leave'})
    assert.deepEqual(revoked, ['made-up-held-a'])
    assert.deepEqual(
      (await world.store.flows.list()).map(({id}) => id),
      ['b'],
    )
  })

  it('sends nothing of it where the grants are to stay, or where it was granted elsewhere', async () => {
    await addFlow('a', {home: homeOf({...provider, clientId: 'another-client'})})
    await removeProvider(world.deps, 'example', {accounts: 'leave'})
    await world.store.providers.put(provider)
    await addFlow('b')
    await removeProvider(world.deps, 'example', {accounts: 'forget'})
    assert.deepEqual([revoked, await world.store.flows.list()], [[], []])
  })

  describe('beside a flow whose record is damaged', () => {
    beforeEach(async () => {
      await addFlow('a')
      await addFlow('b')
      const document = JSON.parse(await readFile(world.path, 'utf8')) as {flows: Record<string, object>}
      document.flows.a = {made: 'up'}
      await writeFile(world.path, JSON.stringify(document))
    })

    it('goes on', async () => {
      await removeProvider(world.deps, 'example', {accounts: 'leave'})
      assert.deepEqual([revoked, await world.store.flows.list()], [['made-up-held-b'], []])
    })

    it('the others are collected', async () => {
      const collected = await collectFlows(world.deps, {force: true})
      assert.deepEqual(
        collected.map(({id}) => id),
        ['b'],
      )
    })

    it('a provider can be called otherwise', async () => {
      await collectFlows(world.deps, {force: true})
      assert.equal((await renameProvider(world.deps, 'example', 'smithy')).name, 'smithy')
    })
  })
})
