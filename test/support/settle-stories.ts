import assert from 'node:assert/strict'

import {refreshAccount} from '../../src/broker/refresh-account.js'
import type {RefreshResult} from '../../src/broker/refresh-attempt.js'
import {BehalfError} from '../../src/model/behalf-error.js'
import {Secret} from '../../src/model/secret.js'
import {HOUR_MS, MINUTE_MS, SECOND_MS} from '../../src/model/time.js'
import {withChangedLock} from './changed-lock.js'
import {
  accessTokenOf,
  DUE,
  FIRST_ACCESS,
  FIRST_REFRESH,
  KEY,
  type MakeRefreshScene,
  refreshTokenOf,
  type RefreshScene,
} from './refresh-scene.js'
import {grantTokens, replyWith, type ScriptedAnswer} from './scripted-refresh.js'
import {tokensOf} from './tokens-of.js'

/** What is kept of each answer, whatever the store (design 7, rules 3 and 4). */
export function describeSettling(makeScene: MakeRefreshScene): void {
  describe('settleAnswer', () => {
    let scene: RefreshScene
    beforeEach(async () => (scene = await makeScene()))
    afterEach(() => scene.dispose())

    const refreshWith = (answer: ScriptedAnswer): Promise<RefreshResult> => {
      scene.script.next(answer)
      return refreshAccount(scene.deps, DUE)
    }
    const reply = (status: number, body: object | string, parts = {}) => replyWith(scene.clock, status, body, parts)

    describe('rule 4: what an answer means', () => {
      it('not sent: unavailable, the intent is removed, the token kept', async () => {
        const result = await refreshWith({kind: 'not-sent', reason: 'refused'})
        assert.equal(result.kind, 'unavailable')
        const account = await scene.stored()
        assert.equal(account.doubt, undefined)
        assert.equal(refreshTokenOf(account), FIRST_REFRESH)
        const {clock} = scene
        assert.deepEqual(account.lastFailure, {
          at: clock.now(),
          count: 1,
          summary: 'refused',
          scheduleNotBefore: clock.now() + 30 * SECOND_MS,
        })
      })

      it('429: unavailable, and nobody tries before Retry-After', async () => {
        const result = await refreshWith(reply(429, '', {headers: {'retry-after': '90'}}))
        assert.equal(result.kind, 'unavailable')
        const {doubt, lastFailure} = await scene.stored()
        assert.deepEqual([doubt, lastFailure?.notBefore], [undefined, scene.clock.now() + 90 * SECOND_MS])
        scene.clock.advance(90 * SECOND_MS - 1)
        assert.equal((await refreshAccount(scene.deps, {...DUE, cause: 'forced'})).kind, 'unavailable')
        assert.equal(scene.script.sent.length, 1)
        scene.clock.advance(1)
        assert.equal((await refreshWith(grantTokens(scene.clock, 1))).kind, 'refreshed')
      })

      it('429 to a repeat: the doubt that was there stands again', async () => {
        await scene.reconfigure({replay: {kind: 'grace', graceMs: MINUTE_MS}})
        scene.script.next({kind: 'no-reply', reason: 'reset'}, reply(429, ''))
        assert.equal((await refreshAccount(scene.deps, DUE)).kind, 'unavailable')
        assert.equal((await scene.stored()).doubt?.sends, 1)
      })

      it('tokens: refreshed; failures are forgotten and the cause is noted', async () => {
        await refreshWith({kind: 'not-sent', reason: 'refused'})
        scene.clock.advance(SECOND_MS)
        const result = await refreshWith(grantTokens(scene.clock, 1))
        assert.equal(result.kind, 'refreshed')
        const account = await scene.stored()
        assert.deepEqual([accessTokenOf(account), refreshTokenOf(account)], ['made-up-access-1', 'made-up-refresh-1'])
        assert.equal(account.lastFailure, undefined)
        assert.deepEqual(account.lastRefresh, {at: scene.clock.now(), cause: 'due'})
        assert.equal(tokensOf(account).expiresAt, scene.clock.now() + 4 * HOUR_MS)
      })

      it('life counts from when the request was sent, not from the answer', async () => {
        const sentAt = scene.clock.now()
        await refreshWith(() => {
          const answer = reply(200, {access_token: 'made-up-access-1', token_type: 'bearer', expires_in: 60}, {sentAt})
          scene.clock.advance(15 * SECOND_MS)
          return answer
        })
        const {credential} = await scene.stored()
        assert.deepEqual([credential.issuedAt, credential.expiresAt], [sentAt, sentAt + MINUTE_MS])
      })

      it('invalid_grant: rejected, the account is kept and needs a login', async () => {
        const result = await refreshWith(reply(400, {error: 'invalid_grant'}))
        assert.equal(result.kind, 'rejected')
        const account = await scene.stored()
        assert.deepEqual(account.state, {
          kind: 'login-needed',
          reason: 'rejected',
          since: scene.clock.now(),
          detail: 'invalid_grant (status 400)',
        })
        assert.deepEqual([account.doubt, accessTokenOf(account)], [undefined, FIRST_ACCESS])
      })

      it('invalid_grant to a repeat: says that it was the lost reply', async () => {
        await scene.reconfigure({replay: {kind: 'grace', graceMs: MINUTE_MS}})
        scene.script.next({kind: 'no-reply', reason: 'reset'}, reply(400, {error: 'invalid_grant'}))
        assert.equal((await refreshAccount(scene.deps, DUE)).kind, 'rejected')
        const {state} = await scene.stored()
        assert.equal(state.kind === 'login-needed' && state.reason, 'lost-reply')
      })

      for (const error of ['invalid_client', 'unauthorized_client']) {
        it(`${error}: the provider is flagged until its settings change, no account is`, async () => {
          assert.equal((await refreshWith(reply(401, {error}))).kind, 'misconfigured')
          const account = await scene.stored()
          assert.deepEqual([account.state.kind, account.doubt, account.lastFailure], ['ok', undefined, undefined])
          assert.match((await scene.store.providers.getState('example'))?.misconfigured?.reason ?? '', /client/)

          assert.equal((await refreshAccount(scene.deps, DUE)).kind, 'misconfigured')
          assert.equal(scene.script.sent.length, 1)

          await scene.reconfigure({clientSecret: new Secret('the right made-up secret')})
          assert.equal((await refreshWith(grantTokens(scene.clock, 1))).kind, 'refreshed')
          assert.equal((await scene.store.providers.getState('example'))?.misconfigured, undefined)
        })
      }

      it('a flagged provider is asked once more when someone forces it', async () => {
        await refreshWith(reply(401, {error: 'invalid_client'}))
        scene.script.next(grantTokens(scene.clock, 1))
        assert.equal((await refreshAccount(scene.deps, {...DUE, cause: 'forced'})).kind, 'refreshed')
      })

      const doubtful: [string, () => ScriptedAnswer][] = [
        ['a reset once connected', () => ({kind: 'no-reply', reason: 'reset'})],
        ['a redirect', () => reply(302, '')],
        ['404', () => reply(404, {error: 'not_found'})],
        ['408', () => reply(408, '')],
        ['500', () => reply(500, {error: 'invalid_grant'})],
        ['502', () => reply(502, '<html>')],
        ['503 with Retry-After', () => reply(503, '', {headers: {'retry-after': '90'}})],
        ['another 400', () => reply(400, {error: 'invalid_request'})],
        ['a 400 that broke off', () => reply(400, '{"error":"invalid_grant"}', {complete: false})],
        ['a 200 that broke off', () => reply(200, '{"access_token":"a', {complete: false})],
        ['a 200 that cannot be read', () => reply(200, 'welcome')],
        ['a 200 without an access token', () => reply(200, {token_type: 'bearer'})],
      ]
      for (const [name, answer] of doubtful) {
        it(`${name}: in doubt, the token is kept`, async () => {
          assert.equal((await refreshWith(answer())).kind, 'in-doubt')
          const account = await scene.stored()
          assert.deepEqual([account.state.kind, account.doubt?.sends], ['ok', 1])
          assert.equal(refreshTokenOf(account), FIRST_REFRESH)
          assert.equal(account.lastFailure?.notBefore, undefined)
        })
      }
    })

    describe('rule 3: saved by what it replaces', () => {
      for (const [what, answer] of [
        ['tokens', () => grantTokens(scene.clock, 1)],
        ['a rejection', () => reply(400, {error: 'invalid_grant'})],
      ] as const) {
        it(`${what} that came too late changes nothing about a new login`, async () => {
          const login = new Secret('made-up-refresh-of-a-new-login')
          const result = await refreshWith(async () => {
            const {version: _version, ...account} = await scene.stored()
            const credential = {...account.credential, refreshToken: login}
            await scene.store.accounts.put({...account, grantId: 'a-new-grant', credential})
            return answer()
          })
          assert.equal(result.kind, 'superseded')
          const account = await scene.stored()
          assert.deepEqual([account.state.kind, refreshTokenOf(account)], ['ok', login.reveal()])
          assert.equal(account.doubt, undefined)
        })
      }

      it('does not bring back an account that was removed during the exchange', async () => {
        let lock: {remove(): Promise<void>} | undefined
        const store = withChangedLock(scene.store, (held) => {
          lock = held
          return {}
        })
        scene.script.next(async () => {
          await lock?.remove()
          return grantTokens(scene.clock, 1)
        })
        assert.equal((await refreshAccount({...scene.deps, store}, DUE)).kind, 'gone')
        assert.equal(await scene.store.accounts.get(KEY), undefined)
      })

      it('keeps what others wrote meanwhile', async () => {
        await refreshWith(async () => {
          await scene.store.accounts.update(KEY, (account) => ({...account, login: 'renamed', displayName: 'Renamed'}))
          return grantTokens(scene.clock, 1)
        })
        const account = await scene.stored()
        assert.deepEqual(
          [account.login, account.displayName, accessTokenOf(account)],
          ['renamed', 'Renamed', 'made-up-access-1'],
        )
      })
    })

    describe('scopes', () => {
      it('stay when the answer names none', async () => {
        await refreshWith(grantTokens(scene.clock, 1))
        assert.deepEqual(tokensOf(await scene.stored()).scopes, ['chat:read', 'user:read:chat'])
      })

      it('are replaced by fewer, and those that are gone are reported', async () => {
        const result = await refreshWith(grantTokens(scene.clock, 1, {scope: 'chat:read'}))
        assert.ok(result.kind === 'refreshed')
        assert.deepEqual(result.lostScopes, ['user:read:chat'])
        assert.deepEqual(tokensOf(await scene.stored()).scopes, ['chat:read'])
      })
    })

    it('tells what happened although it cannot be noted', async () => {
      scene.script.next({kind: 'no-reply', reason: 'reset'})
      const full = new BehalfError('store-full', 'There is no space left.')
      const update = () => Promise.reject(full)
      const store = {...scene.store, accounts: {...scene.store.accounts, update}}
      assert.equal((await refreshAccount({...scene.deps, store}, DUE)).kind, 'in-doubt')
      assert.equal((await scene.stored()).doubt?.sends, 1)
    })
  })
}
