import assert from 'node:assert/strict'

import {refreshAccount} from '../../../src/broker/refresh-account.js'
import type {RefreshInput, RefreshResult} from '../../../src/broker/refresh-attempt.js'
import {HOUR_MS, SECOND_MS} from '../../../src/model/time.js'
import type {FaultKind} from '../../../src/sandbox/fault-queue.js'
import {makeSandboxScene, type SandboxScene} from '../../support/sandbox-scene.js'

const KEY = 'twitch:2002'
const DUE: RefreshInput = {key: KEY, cause: 'due', withinMs: 5 * HOUR_MS, urgency: 'demand'}

/** At once and 30 s later, how many refreshes reached Twitch, and whether the bot can still act. */
interface End {
  passes: [RefreshResult['kind'], RefreshResult['kind']]
  sent: number
  acts: boolean
}
const AT_ONCE: End = {passes: ['refreshed', 'refreshed'], sent: 3, acts: true}
const LOST: End = {passes: ['in-doubt', 'rejected'], sent: 1, acts: false}
const NOT_THERE: End = {passes: ['in-doubt', 'refreshed'], sent: 2, acts: true}

interface Case {
  name: string
  fault: {kind: FaultKind; status?: number; process?: boolean}
  confidential: End
  public: End
}
const CASES: Case[] = [
  {name: 'no fault', fault: {kind: 'delay'}, confidential: {...AT_ONCE, sent: 2}, public: {...AT_ONCE, sent: 2}},
  {name: 'a lost reply', fault: {kind: 'drop'}, confidential: AT_ONCE, public: LOST},
  {
    name: 'a 502 after rotation',
    fault: {kind: 'status', status: 502, process: true},
    confidential: AT_ONCE,
    public: LOST,
  },
  {name: 'half a reply', fault: {kind: 'partial'}, confidential: AT_ONCE, public: LOST},
  {name: 'a good refresh_token and a broken rest', fault: {kind: 'malformed'}, confidential: AT_ONCE, public: AT_ONCE},
  {name: 'a request that was cut off', fault: {kind: 'drop-before'}, confidential: AT_ONCE, public: NOT_THERE},
  {name: 'a 500', fault: {kind: 'status', status: 500}, confidential: AT_ONCE, public: NOT_THERE},
]

describe('a refresh at Twitch', () => {
  for (const kind of ['confidential', 'public'] as const) {
    describe(`by a ${kind} client`, () => {
      let scene: SandboxScene
      before(async () => (scene = await makeSandboxScene(kind)))
      after(() => scene.dispose())

      async function live(fault: Case['fault']): Promise<End> {
        await scene.logIn('techydrroid')
        scene.sandbox.state.calls.clear()
        scene.clock.advance(HOUR_MS)
        scene.failRefresh(fault)
        const first = await refreshAccount(scene.deps, DUE)
        scene.clock.advance(30 * SECOND_MS)
        const second = await refreshAccount(scene.deps, DUE)
        const {answer} = await scene.helix({as: 'techydrroid'})
        return {passes: [first.kind, second.kind], sent: scene.refreshes().length, acts: answer.status === 200}
      }

      for (const {name, fault, [kind]: end} of CASES) {
        it(`${name}: ${end.passes.join(', ')}`, async () => {
          assert.deepEqual(await live(fault), end)
          // The penalty for a replay takes the grant as well.
          assert.ok(scene.sandbox.state.findGrant(scene.provider.clientId, '2002'), 'the authorization was destroyed')
        })
      }
    })
  }

  describe('the limit of 50 access tokens for one refresh token', () => {
    it('is over when they end; until then the account works', async () => {
      const scene = await makeSandboxScene()
      try {
        scene.sandbox.state.settings.accessTokenSeconds = 4 * 3600
        await scene.logIn('techydrroid')
        const forced: RefreshInput = {...DUE, cause: 'forced'}
        for (let count = 0; count < 50; count += 1) {
          assert.equal((await refreshAccount(scene.deps, forced)).kind, 'refreshed')
        }
        scene.clock.advance(HOUR_MS)
        assert.equal((await refreshAccount(scene.deps, forced)).kind, 'unavailable')
        assert.equal((await scene.account(KEY)).state.kind, 'ok')
        assert.equal((await scene.helix({as: 'techydrroid'})).answer.status, 200)

        scene.clock.advance(2 * HOUR_MS)
        assert.equal((await refreshAccount(scene.deps, forced)).kind, 'unavailable')
        assert.equal(scene.refreshes().length, 51)
        scene.clock.advance(HOUR_MS)
        assert.equal((await scene.helix({as: 'techydrroid'})).answer.status, 200)
        assert.equal(scene.refreshes().length, 52)
      } finally {
        await scene.dispose()
      }
    })
  })
})
