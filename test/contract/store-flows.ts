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

const revealAll = (values: object): unknown =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      value instanceof Secret ? value.reveal() : (value as unknown),
    ]),
  )

const reveal = (flow: Flow | undefined): unknown =>
  flow && {
    ...flow,
    state: flow.state.reveal(),
    codeVerifier: flow.codeVerifier?.reveal(),
    nonce: flow.nonce?.reveal(),
    requestToken: flow.requestToken?.secret.reveal(),
    device: flow.device && revealAll(flow.device),
    held: flow.held && {...flow.held, tokens: revealAll(flow.held.tokens), code: flow.held.code?.reveal()},
  }

export function describeFlows(current: () => StoreUnderTest): void {
  describe('flows', () => {
    it('finds a flow by its state, whatever has become of it', async () => {
      const {store, other, clock} = current()
      const flow = makeFlow('a', {
        subject: 'slack:U02AB',
        expect: '2002',
        codeVerifier: new Secret('made-up-verifier'),
        nonce: new Secret('made-up-nonce'),
        requestToken: {token: 'made-up-request-token', secret: new Secret('made-up-request-secret')},
        device: {
          deviceCode: new Secret('made-up-device-code'),
          userCode: 'ABCDEFGH',
          verificationUri: 'https://id.example.test/device',
          intervalMs: 5000,
          expiresAt: 3,
          nextPollAt: 2,
        },
        pin: true,
        home: '["made-up-client"]',
        startedBy: 'AAAAAAAA',
        startPage: true,
        confirm: 'code',
        returnTo: 'https://panel.example/back',
        browser: 'made-up-fingerprint',
        presses: 2,
        takenAt: 1,
        held: {
          tokens: {
            accessToken: new Secret('made-up-access-token'),
            refreshToken: new Secret('made-up-refresh-token'),
            tokenType: 'bearer',
            scopes: ['chat:read'],
            issuedAt: 1,
            expiresAt: 2,
          },
          who: {userId: '2002', login: 'techydrroid', displayName: 'TechyDrroid', scopes: ['chat:read']},
          code: new Secret('ABCD1234'),
          misses: 2,
        },
        tokenGiven: true,
      })
      await store.flows.put(flow)
      await store.flows.put(makeFlow('b'))
      clock.advance(3_600_000)
      assert.deepEqual(reveal(await other.flows.find(flow.state)), reveal(flow))
      assert.deepEqual(reveal(await store.flows.find(makeFlow('b').state)), reveal(makeFlow('b')))
    })

    it('keeps tokens of OAuth 1.0a that wait to be confirmed', async () => {
      const {store, other} = current()
      const tokens = {
        kind: 'oauth1' as const,
        token: new Secret('made-up-token'),
        tokenSecret: new Secret('made-up-token-secret'),
        issuedAt: 1,
      }
      await store.flows.put(makeFlow('a', {held: {tokens, who: {userId: '1', login: 'ada'}, misses: 0}}))
      const kept = (await other.flows.get('a'))?.held?.tokens
      assert.deepEqual(kept && revealAll(kept), revealAll(tokens))
    })

    it('finds nothing by another state, or the id', async () => {
      const {store} = current()
      assert.equal(await store.flows.find(new Secret('x')), undefined)
      await store.flows.put(makeFlow('a'))
      for (const text of ['a', '', 'made-up-state-of-', 'made-up-state-of-A']) {
        assert.equal(await store.flows.find(new Secret(text)), undefined)
      }
    })

    it('lets one of many who would take a flow at once take it', async () => {
      const {store, other} = current()
      await store.flows.put(makeFlow('a'))
      const take = async (each: typeof store) =>
        each.flows.update('a', (flow) => (flow.takenAt === undefined ? {...flow, takenAt: 5} : undefined))
      const taken = await Promise.all(Array.from({length: 10}, (_, i) => take(i % 2 === 0 ? store : other)))
      assert.equal(taken.filter((found) => found !== undefined).length, 1)
      assert.equal((await other.flows.get('a'))?.takenAt, 5)
    })

    it('changes no flow that is not there, or whose change fails', async () => {
      const {store, other} = current()
      assert.equal(await store.flows.update('a', (flow) => flow), undefined)
      await store.flows.put(makeFlow('a'))
      const failing = store.flows.update('a', () => {
        throw new Error('made up')
      })
      await assert.rejects(failing, /made up/)
      assert.deepEqual(reveal(await other.flows.get('a')), reveal(makeFlow('a')))
    })

    it('knows when expired flows were collected, in every process', async () => {
      const {store, other} = current()
      assert.equal(await store.flows.collectedAt(), undefined)
      await store.flows.noteCollected(900_000)
      assert.equal(await other.flows.collectedAt(), 900_000)
      await other.flows.put(makeFlow('a'))
      assert.equal(await store.flows.collectedAt(), 900_000)
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
      assert.equal(await store.flows.find(makeFlow('b').state), undefined)
    })

    it('gets a flow by its id, as often as one likes', async () => {
      const {store, other} = current()
      const flow = makeFlow('a', {replaceOwner: true})
      await store.flows.put(flow)
      for (const each of [store, other, other]) assert.deepEqual(reveal(await each.flows.get('a')), reveal(flow))
      for (const id of ['b', '', '__proto__']) assert.equal(await other.flows.get(id), undefined)
      await other.flows.remove('a')
      assert.equal(await store.flows.get('a'), undefined)
    })

    for (const outcome of [
      {kind: 'done', account: 'twitch:2002', created: true, missingScopes: ['chat:edit'], cannotRefresh: false},
      {kind: 'failed', code: 'wrong-person', message: 'Made up.', hint: 'behalf bot add'},
      {kind: 'failed', code: 'unavailable', message: 'Made up.'},
    ] satisfies FlowOutcome[]) {
      it(`keeps how a flow ended (${outcome.kind})`, async () => {
        const {store, other} = current()
        const flow = makeFlow('a')
        await store.flows.put(flow)
        await store.flows.update('a', (now) => ({...now, outcome: structuredClone<FlowOutcome>(outcome)}))
        assert.deepEqual((await other.flows.get('a'))?.outcome, outcome)
        assert.deepEqual((await other.flows.find(flow.state))?.outcome, outcome)
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
      assert.equal(await store.flows.find(makeFlow('a').state), undefined)
      assert.equal((await store.flows.find(new Secret('made-up-second-state')))?.id, 'a')
    })
  })
}
