import assert from 'node:assert/strict'

import type {Flow} from '../../src/model/flow.js'
import {Secret} from '../../src/model/secret.js'
import type {StoreUnderTest} from './store-harness.js'

/** A made-up flow. */
const makeFlow = (id: string, parts: Partial<Flow> = {}): Flow => ({
  id,
  state: new Secret(`made-up-state-of-${id}`),
  provider: 'twitch',
  role: 'bot',
  scopes: ['chat:read'],
  redirectUri: 'http://localhost:8420/callback',
  createdAt: 1,
  expiresAt: 2,
  ...parts,
})

const reveal = (flow: Flow | undefined): unknown =>
  flow && {
    ...flow,
    state: flow.state.reveal(),
    codeVerifier: flow.codeVerifier?.reveal(),
    nonce: flow.nonce?.reveal(),
  }

export function describeFlows(current: () => StoreUnderTest): void {
  describe('flows', () => {
    it('gives a flow to who knows its state, once, also when it has expired', async () => {
      const {store, other, clock} = current()
      const flow = makeFlow('a', {
        subject: 'slack:U02AB',
        expect: '2002',
        codeVerifier: new Secret('made-up-verifier'),
        nonce: new Secret('made-up-nonce'),
      })
      await store.flows.put(flow)
      await store.flows.put(makeFlow('b'))
      clock.advance(3_600_000)
      assert.deepEqual(reveal(await other.flows.take(flow.state)), reveal(flow))
      assert.equal(await store.flows.take(flow.state), undefined)
      assert.deepEqual(
        (await store.flows.list()).map(({id}) => id),
        ['b'],
      )
    })

    it('gives nothing for another state, or the id', async () => {
      const {store} = current()
      assert.equal(await store.flows.take(new Secret('x')), undefined)
      await store.flows.put(makeFlow('a'))
      for (const text of ['a', '', 'made-up-state-of-', 'made-up-state-of-A']) {
        assert.equal(await store.flows.take(new Secret(text)), undefined)
      }
    })

    it('gives a flow to one of many who take it at once', async () => {
      const {store, other} = current()
      const flow = makeFlow('a')
      await store.flows.put(flow)
      const taken = await Promise.all(
        Array.from({length: 10}, (_, i) => (i % 2 === 0 ? store : other).flows.take(flow.state)),
      )
      assert.equal(taken.filter((found) => found !== undefined).length, 1)
    })

    it('lists flows by their creation and removes them by id', async () => {
      const {store, other} = current()
      await store.flows.put(makeFlow('b', {createdAt: 1}))
      await store.flows.put(makeFlow('a', {createdAt: 2}))
      assert.deepEqual(
        (await other.flows.list()).map(({id}) => id),
        ['b', 'a'],
      )
      assert.equal(await other.flows.remove('b'), true)
      assert.equal(await other.flows.remove('b'), false)
      assert.equal(await store.flows.take(makeFlow('b').state), undefined)
    })

    it('replaces a flow that is put again', async () => {
      const {store} = current()
      await store.flows.put(makeFlow('a'))
      await store.flows.put(makeFlow('a', {state: new Secret('made-up-second-state')}))
      assert.equal(await store.flows.take(makeFlow('a').state), undefined)
      assert.equal((await store.flows.take(new Secret('made-up-second-state')))?.id, 'a')
    })
  })
}
