import assert from 'node:assert/strict'

import {mayActAs} from '../../../src/broker/choose-account.js'
import {issueLoginToken} from '../../../src/broker/issue-login-token.js'
import type {Flow} from '../../../src/model/flow.js'
import {Secret} from '../../../src/model/secret.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'
import {makeProvider} from '../../support/make-provider.js'

describe('the API token of a web login', () => {
  let world: BrokerWorld

  beforeEach(async () => {
    world = await makeBrokerWorld()
    await world.store.providers.put(makeProvider())
  })
  afterEach(() => world.dispose())

  /** A web login that ended well, with whom the provider calls so. */
  async function endLogin(userId: string): Promise<string> {
    const {key} = await world.addAccount(makeProvider(), {role: 'user', subject: `example:${userId}`, userId})
    const flow: Flow = {
      id: 'made-up-flow',
      state: new Secret('made-up-state'),
      provider: 'example',
      role: 'user',
      scopes: [],
      redirectUri: 'http://localhost:8420/callback',
      startPage: true,
      createdAt: 0,
      expiresAt: 1,
      outcome: {kind: 'done', account: key, created: true, missingScopes: [], cannotRefresh: false},
    }
    await world.store.flows.put(flow)
    return key
  }

  for (const userId of ['2002', 'team:*', '*']) {
    it(`of “${userId}” is for that account and for no other`, async () => {
      const key = await endLogin(userId)
      assert.equal((await issueLoginToken(world.deps, 'made-up-flow'))?.scope, 'api:example')
      const [issued] = await world.store.apiTokens.list()
      assert.ok(issued)
      assert.deepEqual([issued.as, issued.asAny, issued.issuedTo], [[key], false, key])
      for (const subject of ['example:team:3003', 'example:3003']) {
        const other = {key: `example@${subject}`, role: 'user' as const, provider: 'example', subject}
        assert.equal(mayActAs(issued, other), false)
      }
    })
  }
})
