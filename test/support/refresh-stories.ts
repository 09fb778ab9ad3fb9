import assert from 'node:assert/strict'
import {setTimeout as wait} from 'node:timers/promises'

import {refreshAccount} from '../../src/broker/refresh-account.js'
import {BehalfError} from '../../src/model/behalf-error.js'
import {HOUR_MS} from '../../src/model/time.js'
import type {Store} from '../../src/store/store.js'
import {
  accessTokenOf,
  DUE,
  FIRST_REFRESH,
  KEY,
  type MakeRefreshScene,
  ON_DEMAND,
  type RefreshScene,
} from './refresh-scene.js'
import {grantTokens, replyWith} from './scripted-refresh.js'
import {tokensOf} from './tokens-of.js'

const LOST = {kind: 'no-reply', reason: 'reset'} as const

/** What callers get who want a token at once, whatever the store (design 7, rule 1). */
export function describeRefresh(makeScene: MakeRefreshScene): void {
  describe('refreshAccount', () => {
    let scene: RefreshScene
    beforeEach(async () => (scene = await makeScene()))
    afterEach(() => scene.dispose())

    it('sends once, however many callers of two processes want a token (rule 1)', async () => {
      scene.script.next(async () => {
        await wait(20)
        return grantTokens(scene.clock, 1)
      })
      const other = await scene.openAgain()
      scene.clock.advance(4 * HOUR_MS)
      const callers = Array.from({length: 20}, (_, index) =>
        refreshAccount(index % 2 === 0 ? scene.deps : other, ON_DEMAND),
      )
      const kinds = (await Promise.all(callers)).map((result) => {
        assert.ok('account' in result)
        assert.equal(accessTokenOf(result.account), 'made-up-access-1')
        return result.kind
      })
      assert.deepEqual(scene.script.sent, [FIRST_REFRESH])
      assert.equal(kinds.filter((kind) => kind === 'refreshed').length, 1)
      assert.equal(kinds.filter((kind) => kind === 'superseded').length, 19)
    })

    it('waits for the lock 45 s at most (rule 1)', async () => {
      let waited: number | undefined
      const {store} = scene
      const busy: Store = {
        ...store,
        accounts: {
          ...store.accounts,
          lock(_key, {waitMs}) {
            waited = waitMs
            return Promise.reject(new BehalfError('lock-timeout', 'in use'))
          },
        },
      }
      await assert.rejects(refreshAccount({...scene.deps, store: busy}, DUE), {code: 'lock-timeout'})
      assert.equal(waited, 45_000)
    })

    it('frees the lock when the exchange fails in an unforeseen way, and keeps the doubt', async () => {
      scene.script.next(() => Promise.reject(new Error('a fault of ours')))
      await assert.rejects(refreshAccount(scene.deps, DUE), /a fault of ours/)
      const lock = await scene.store.accounts.lock(KEY, {waitMs: 0})
      await lock.release()
      assert.equal(lock.account?.doubt?.sends, 1)
    })

    it('sends again at once three times where that is safe, then leaves it (rule 5)', async () => {
      await scene.reconfigure({replay: {kind: 'safe'}})
      scene.script.next(LOST, LOST, LOST, LOST)
      const result = await refreshAccount(scene.deps, DUE)
      assert.deepEqual([result.kind, scene.script.sent.length], ['in-doubt', 4])
      assert.equal((await scene.stored()).doubt?.sends, 4)
    })

    it('sends four times at most, also when each answer was waited for in vain', async () => {
      await scene.reconfigure({replay: {kind: 'safe'}})
      const timeout = () => {
        scene.clock.advance(20_000)
        return LOST
      }
      scene.script.next(timeout, timeout, timeout, timeout, timeout)
      const result = await refreshAccount(scene.deps, DUE)
      assert.deepEqual([result.kind, scene.script.sent.length], ['in-doubt', 4])
    })

    it('goes on at once with a refresh token that came with a broken rest (rule 2)', async () => {
      const {clock, script} = scene
      script.next(replyWith(clock, 200, '{"refresh_token":"made-up-refresh-1","acc'), grantTokens(clock, 2))
      const result = await refreshAccount(scene.deps, DUE)
      assert.equal(result.kind, 'refreshed')
      assert.deepEqual(script.sent, [FIRST_REFRESH, 'made-up-refresh-1'])
      assert.equal(tokensOf(await scene.stored()).refreshToken?.reveal(), 'made-up-refresh-2')
    })

    it('says that an account is gone', async () => {
      assert.deepEqual(await refreshAccount(scene.deps, {...DUE, key: 'example:404'}), {kind: 'gone'})
    })
  })
}
