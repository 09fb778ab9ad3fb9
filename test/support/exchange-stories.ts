import assert from 'node:assert/strict'

import {refreshAccount} from '../../src/broker/refresh-account.js'
import {BehalfError} from '../../src/model/behalf-error.js'
import {HOUR_MS, MINUTE_MS} from '../../src/model/time.js'
import {withChangedLock} from './changed-lock.js'
import {Crash, withCrash, type CrashPoint} from './crashing-store.js'
import {makeCredential, withoutRefreshToken} from './make-account.js'
import {
  accessTokenOf,
  DUE,
  FIRST_ACCESS,
  FIRST_REFRESH,
  KEY,
  type MakeRefreshScene,
  ON_DEMAND,
  refreshTokenOf,
  type RefreshScene,
} from './refresh-scene.js'
import {grantTokens} from './scripted-refresh.js'

const LOST = {kind: 'no-reply', reason: 'reset'} as const
const FULL = new BehalfError('store-full', 'There is no space left.')
const refuse = () => Promise.reject(FULL)

/** What one exchange does and leaves behind, whatever the store (design 7, rules 2, 3 and 5). */
export function describeExchange(makeScene: MakeRefreshScene): void {
  describe('exchangeToken', () => {
    let scene: RefreshScene
    beforeEach(async () => (scene = await makeScene()))
    afterEach(() => scene.dispose())

    describe('rule 2: durable before handed out', () => {
      it('notes the intent, connects, checks the lock, writes, records the reply, judges it, saves, lets go', async () => {
        const steps: string[] = []
        const note =
          <A extends unknown[], T>(name: string, work: (...args: A) => Promise<T>) =>
          (...args: A): Promise<T> => {
            steps.push(name)
            return work(...args)
          }
        const store = withChangedLock(scene.store, (lock) => ({
          begin: note('begin', () => lock.begin()),
          isHeld: note('isHeld', () => lock.isHeld()),
          recordReply: note('recordReply', (reply) => lock.recordReply(reply)),
          commit: note('commit', (change) => lock.commit(change)),
          release: note('release', () => lock.release()),
        }))
        scene.script.next(() => {
          steps.push('write')
          return grantTokens(scene.clock, 1)
        })
        const client = scene.deps.providerClient
        const providerClient = {
          ...client,
          sendRefresh: note('connect', client.sendRefresh.bind(client)),
          judgeRefresh: note('judge', client.judgeRefresh.bind(client)),
        }
        await refreshAccount({...scene.deps, store, providerClient}, DUE)
        assert.deepEqual(steps, ['begin', 'connect', 'isHeld', 'write', 'recordReply', 'judge', 'commit', 'release'])
      })

      it('sends nothing when the intent cannot be made durable', async () => {
        const store = withChangedLock(scene.store, () => ({begin: refuse}))
        await assert.rejects(refreshAccount({...scene.deps, store}, DUE), {code: 'store-full'})
        assert.deepEqual(scene.script.sent, [])
        assert.equal((await scene.stored()).doubt, undefined)
      })

      it('sends nothing when the lock is no longer its own, and takes the intent back', async () => {
        scene.script.next(grantTokens(scene.clock, 1))
        const store = withChangedLock(scene.store, () => ({isHeld: () => Promise.resolve(false)}))
        assert.equal((await refreshAccount({...scene.deps, store}, DUE)).kind, 'unavailable')
        assert.deepEqual(scene.script.sent, [])
        assert.equal((await scene.stored()).doubt, undefined)
      })

      const deaths: [CrashPoint, string][] = [
        ['after recordReply', 'the reply was recorded'],
        ['before commit', 'the reply was judged'],
      ]
      for (const [point, when] of deaths) {
        it(`finishes what another process left that died after ${when}`, async () => {
          scene.script.next(grantTokens(scene.clock, 1))
          await assert.rejects(refreshAccount({...scene.deps, store: withCrash(scene.store, point)}, DUE), Crash)
          assert.equal(accessTokenOf(await scene.stored()), FIRST_ACCESS)
          assert.equal((await scene.stored()).doubt?.hasReply, true)

          const result = await refreshAccount(await scene.openAgain(), ON_DEMAND)
          assert.equal(result.kind, 'superseded')
          assert.equal(accessTokenOf(await scene.stored()), 'made-up-access-1')
          assert.equal((await scene.stored()).doubt, undefined)
          assert.deepEqual(scene.script.sent, [FIRST_REFRESH])
        })
      }

      it('goes on with what it finished, if that is not enough', async () => {
        scene.script.next(grantTokens(scene.clock, 1), grantTokens(scene.clock, 2))
        await assert.rejects(
          refreshAccount({...scene.deps, store: withCrash(scene.store, 'before commit')}, DUE),
          Crash,
        )
        scene.clock.advance(4 * HOUR_MS)
        assert.equal((await refreshAccount(scene.deps, ON_DEMAND)).kind, 'refreshed')
        assert.deepEqual(scene.script.sent, [FIRST_REFRESH, 'made-up-refresh-1'])
      })

      it('hands out what could not be saved but is recorded, and saves it the next time', async () => {
        scene.script.next(grantTokens(scene.clock, 1))
        const store = withChangedLock(scene.store, () => ({commit: refuse}))
        const result = await refreshAccount({...scene.deps, store}, DUE)
        assert.ok(result.kind === 'refreshed')
        assert.deepEqual([accessTokenOf(result.account), result.warning], ['made-up-access-1', FULL.message])
        assert.equal(accessTokenOf(await scene.stored()), FIRST_ACCESS)

        await refreshAccount(scene.deps, ON_DEMAND)
        assert.equal(accessTokenOf(await scene.stored()), 'made-up-access-1')
        assert.deepEqual(scene.script.sent, [FIRST_REFRESH])
      })

      it('hands out what an earlier process left although it still cannot be saved', async () => {
        scene.script.next(grantTokens(scene.clock, 1))
        const store = withChangedLock(scene.store, () => ({commit: refuse}))
        for (const input of [DUE, ON_DEMAND]) {
          const result = await refreshAccount({...scene.deps, store}, input)
          assert.ok(result.kind === 'refreshed')
          assert.equal(accessTokenOf(result.account), 'made-up-access-1')
        }
        assert.deepEqual(scene.script.sent, [FIRST_REFRESH])
      })

      it('hands nothing out that is durable nowhere', async () => {
        scene.script.next(grantTokens(scene.clock, 1))
        const store = withChangedLock(scene.store, () => ({recordReply: refuse, commit: refuse}))
        await assert.rejects(refreshAccount({...scene.deps, store}, DUE), {code: 'store-full'})
      })

      it('saves what could not be recorded', async () => {
        scene.script.next(grantTokens(scene.clock, 1))
        const store = withChangedLock(scene.store, () => ({recordReply: refuse}))
        assert.equal((await refreshAccount({...scene.deps, store}, DUE)).kind, 'refreshed')
        assert.equal(accessTokenOf(await scene.stored()), 'made-up-access-1')
      })

      it('does not ask a provider that has moved about what an earlier process left (rule 10)', async () => {
        const validateUrl = 'https://id.example.test/validate'
        await scene.reconfigure({dialect: 'twitch', validateUrl}, {})
        scene.script.next(grantTokens(scene.clock, 1))
        await assert.rejects(
          refreshAccount({...scene.deps, store: withCrash(scene.store, 'before commit')}, DUE),
          Crash,
        )

        await scene.reconfigure({dialect: 'twitch', validateUrl: 'https://evil.test/validate'})
        const result = await refreshAccount(scene.deps, DUE)
        assert.deepEqual([result.kind, 'reason' in result && result.reason], ['login-needed', 'origin-changed'])
      })
    })

    describe('rule 5: a lost reply', () => {
      it('is sent again where the last refresh returned the same token, or none', async () => {
        for (const [number, refreshToken] of [FIRST_REFRESH, undefined].entries()) {
          scene.script.next(
            grantTokens(scene.clock, number * 2, {refresh_token: refreshToken}),
            LOST,
            grantTokens(scene.clock, number * 2 + 1, {refresh_token: FIRST_REFRESH}),
          )
          await refreshAccount(scene.deps, DUE)
          scene.clock.advance(HOUR_MS)
          assert.equal((await refreshAccount(scene.deps, DUE)).kind, 'refreshed')
          scene.clock.advance(HOUR_MS)
        }
        assert.equal(scene.script.sent.length, 6)
      })

      it('stays at one send where nothing is known of repeats', async () => {
        scene.script.next(LOST)
        const result = await refreshAccount(scene.deps, DUE)
        assert.ok(result.kind === 'in-doubt')
        assert.equal(result.reason, 'the access token in hand is used while it lives')
        assert.equal(scene.script.sent.length, 1)
      })

      it('is sent again within half the grace, counted from the first send', async () => {
        await scene.reconfigure({replay: {kind: 'grace', graceMs: 2 * MINUTE_MS}})
        scene.script.next(LOST, LOST, LOST, LOST)
        await refreshAccount(scene.deps, DUE)
        scene.clock.advance(MINUTE_MS - 1)
        scene.script.next(LOST)
        await refreshAccount(scene.deps, DUE)
        assert.equal(scene.script.sent.length, 5)
        scene.clock.advance(1)
        await refreshAccount(scene.deps, DUE)
        assert.equal(scene.script.sent.length, 5)
      })
    })

    describe('an account without a refresh token', () => {
      const credential = withoutRefreshToken(makeCredential())
      const put = async () => scene.store.accounts.put({...(await scene.stored()), credential})

      it('is left alone while its access token lives', async () => {
        await put()
        assert.equal((await refreshAccount(scene.deps, DUE)).kind, 'superseded')
      })

      for (const [when, advanceMs, cause] of [
        ['has expired', 4 * HOUR_MS, 'expired'],
        ['is refused', 2 * MINUTE_MS, 'refused'],
      ] as const) {
        it(`needs a login once its access token ${when}`, async () => {
          await put()
          scene.clock.advance(advanceMs)
          const result = await refreshAccount(scene.deps, {key: KEY, cause, urgency: 'demand'})
          assert.equal(result.kind, 'rejected')
          const {state} = await scene.stored()
          assert.ok(state.kind === 'login-needed')
          assert.equal(state.reason, 'no-refresh-token')
        })
      }
    })

    it('sends nothing for an account that needs a login, even when forced', async () => {
      const state = {kind: 'login-needed', reason: 'rejected', since: scene.clock.now()} as const
      await scene.store.accounts.update(KEY, (account) => ({...account, state}))
      for (const input of [DUE, {...DUE, cause: 'forced'}, {...DUE, cause: 'refused'}] as const) {
        scene.clock.advance(2 * MINUTE_MS)
        assert.equal((await refreshAccount(scene.deps, input)).kind, 'login-needed', input.cause)
      }
      assert.equal(refreshTokenOf(await scene.stored()), FIRST_REFRESH)
    })
  })

  describe('exchangeToken where a replay ends everything (rule 5, probe)', () => {
    for (const [validation, kind, sends] of [
      [{kind: 'live'}, 'refreshed', 2],
      [{kind: 'dead'}, 'rejected', 1],
      [{kind: 'unavailable', reason: 'down'}, 'in-doubt', 1],
      [{kind: 'unsupported'}, 'in-doubt', 1],
    ] as const) {
      it(`asks about the access token in hand after 30 s; ${validation.kind}: ${kind}`, async () => {
        const scene = await makeScene({validation})
        try {
          await scene.reconfigure({replay: {kind: 'probe'}})
          scene.script.next(LOST, grantTokens(scene.clock, 1))
          await refreshAccount(scene.deps, DUE)
          scene.clock.advance(29_999)
          await refreshAccount(scene.deps, DUE)
          assert.deepEqual([scene.script.asked, scene.script.sent.length], [[], 1])

          scene.clock.advance(1)
          assert.equal((await refreshAccount(scene.deps, DUE)).kind, kind)
          assert.deepEqual([scene.script.asked, scene.script.sent.length], [[FIRST_ACCESS], sends])
          const {state} = await scene.stored()
          assert.equal(state.kind === 'login-needed' && state.reason, kind === 'rejected' && 'lost-reply')
        } finally {
          await scene.dispose()
        }
      })
    }
  })
}
