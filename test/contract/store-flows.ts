import assert from 'node:assert/strict'

import type {Flow, FlowOutcome} from '../../src/model/flow.js'
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

    it('gets a flow by its id, as often as one likes', async () => {
      const {store, other} = current()
      const flow = makeFlow('a', {replaceOwner: true})
      await store.flows.put(flow)
      for (const each of [store, other, other]) assert.deepEqual(reveal(await each.flows.get('a')), reveal(flow))
      for (const id of ['b', '', '__proto__']) assert.equal(await other.flows.get(id), undefined)
      await other.flows.take(flow.state)
      assert.equal(await store.flows.get('a'), undefined)
    })

    for (const outcome of [
      {kind: 'done', account: 'twitch:2002', created: true, missingScopes: ['chat:edit'], cannotRefresh: false},
      {kind: 'failed', code: 'wrong-person', message: 'Made up.', hint: 'behalf bot add'},
      {kind: 'failed', code: 'unavailable', message: 'Made up.'},
    ] satisfies FlowOutcome[]) {
      it(`keeps how a flow ended (${outcome.kind}), and gives one that has ended to nobody`, async () => {
        const {store, other} = current()
        const flow = makeFlow('a')
        await store.flows.put(flow)
        const taken = await store.flows.take(flow.state)
        assert.ok(taken)
        await store.flows.put({...taken, outcome: structuredClone<FlowOutcome>(outcome)})
        assert.deepEqual((await other.flows.get('a'))?.outcome, outcome)
        assert.equal(await other.flows.take(flow.state), undefined)
        assert.deepEqual(
          (await other.flows.list()).map(({id}) => id),
          ['a'],
        )
        assert.equal(await other.flows.remove('a'), true)
      })
    }

    it('keeps no outcome that it could not read back', async () => {
      const {store} = current()
      const outcome = {kind: 'failed', code: 'made-up-code', message: 'Made up.'} as unknown as Flow['outcome']
      await assert.rejects(store.flows.put({...makeFlow('a'), ...(outcome && {outcome})}), {code: 'invalid-input'})
      assert.deepEqual(await store.flows.list(), [])
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
