import assert from 'node:assert/strict'

import {getFreshToken} from '../../../src/broker/get-fresh-token.js'
import {refreshAccount} from '../../../src/broker/refresh-account.js'
import {BehalfError} from '../../../src/model/behalf-error.js'
import {Secret} from '../../../src/model/secret.js'
import {HOUR_MS, MINUTE_MS, SECOND_MS} from '../../../src/model/time.js'
import type {Validation} from '../../../src/providers/provider-client.js'
import type {Store} from '../../../src/store/store.js'
import {Crash, withCrash} from '../../support/crashing-store.js'
import {
  DUE,
  FIRST_ACCESS,
  FIRST_REFRESH,
  KEY,
  makeRefreshScene,
  type RefreshScene,
} from '../../support/refresh-scene.js'
import {grantTokens, replyWith} from '../../support/scripted-refresh.js'
import {tokensOf} from '../../support/tokens-of.js'

const LIFE_MS = 4 * HOUR_MS
const DOWN = {kind: 'not-sent', reason: 'refused'} as const

describe('getFreshToken', () => {
  let scene: RefreshScene
  beforeEach(async () => (scene = await makeRefreshScene()))
  afterEach(() => scene.dispose())

  const get = async (minTtlMs = 0) => {
    const {accessToken, warning} = await getFreshToken(scene.deps, KEY, minTtlMs)
    return {token: accessToken.reveal(), warning}
  }
  const sent = () => scene.script.sent.length

  describe('rule 6: on demand', () => {
    it('hands out what is fresh, and asks nobody', async () => {
      scene.clock.advance(LIFE_MS - MINUTE_MS - 1)
      assert.deepEqual(await get(), {token: FIRST_ACCESS, warning: undefined})
    })

    it('refreshes when a minute is left', async () => {
      scene.clock.advance(LIFE_MS - MINUTE_MS)
      scene.script.next(grantTokens(scene.clock, 1))
      assert.deepEqual(await get(), {token: 'made-up-access-1', warning: undefined})
    })

    it('never refreshes by itself where no expiry is known', async () => {
      await scene.store.accounts.update(KEY, (account) => {
        const {expiresAt: _none, ...credential} = tokensOf(account)
        return {...account, credential}
      })
      scene.clock.advance(1000 * HOUR_MS)
      assert.equal((await get()).token, FIRST_ACCESS)
    })

    it('saves what an earlier process left, though the token in hand is fresh', async () => {
      scene.script.next(grantTokens(scene.clock, 1))
      await assert.rejects(refreshAccount({...scene.deps, store: withCrash(scene.store, 'before commit')}, DUE), Crash)
      assert.equal((await get()).token, 'made-up-access-1')
      assert.equal(sent(), 1)
    })
  })

  describe('--min-ttl', () => {
    it('is content with a token that lives that long', async () => {
      scene.clock.advance(HOUR_MS)
      assert.equal((await get(3 * HOUR_MS)).token, FIRST_ACCESS)
    })

    it('refreshes one that does not', async () => {
      scene.clock.advance(HOUR_MS + 1)
      scene.script.next(grantTokens(scene.clock, 1))
      assert.deepEqual(await get(3 * HOUR_MS), {token: 'made-up-access-1', warning: undefined})
      assert.equal((await scene.stored()).lastRefresh?.cause, 'min-ttl')
    })

    it('beyond any token’s life gets one refresh, then the token with a warning', async () => {
      scene.script.next(grantTokens(scene.clock, 1))
      const first = await get(5 * HOUR_MS)
      assert.deepEqual(first, {token: 'made-up-access-1', warning: 'The token lives for 4 h only.'})
      scene.clock.advance(2 * HOUR_MS)
      const second = await get(5 * HOUR_MS)
      assert.deepEqual(second, {token: 'made-up-access-1', warning: 'The token lives for 2 h only.'})
      assert.equal(sent(), 1)
    })
  })

  describe('when the refresh fails', () => {
    it('hands out what still lives, with a warning', async () => {
      scene.clock.advance(LIFE_MS - 1)
      scene.script.next(DOWN)
      const {token, warning} = await get()
      assert.equal(token, FIRST_ACCESS)
      assert.match(warning ?? '', /example\/made_up_2002 could not be refreshed: refused/)
    })

    it('is unavailable once it does not, and tries again after a second', async () => {
      scene.clock.advance(LIFE_MS)
      scene.script.next(DOWN)
      await assert.rejects(get(), {code: 'unavailable'})
      scene.clock.advance(SECOND_MS - 1)
      await assert.rejects(get(), {code: 'unavailable'})
      scene.clock.advance(1)
      scene.script.next(grantTokens(scene.clock, 1))
      assert.equal((await get()).token, 'made-up-access-1')
    })

    it('asks for a login when the refresh token is refused, and sends nothing more', async () => {
      scene.clock.advance(LIFE_MS)
      scene.script.next(replyWith(scene.clock, 400, {error: 'invalid_grant'}))
      const login = {code: 'login-needed', hint: 'behalf bot add --provider example --expect made_up_2002'}
      await assert.rejects(get(), login)
      await assert.rejects(get(), login)
      assert.equal(sent(), 1)
    })

    it('uses the access token of an account that needs a login while it lives', async () => {
      scene.clock.advance(LIFE_MS - 30 * SECOND_MS)
      scene.script.next(replyWith(scene.clock, 400, {error: 'invalid_grant'}))
      const {token, warning} = await get()
      assert.equal(token, FIRST_ACCESS)
      assert.match(warning ?? '', /needs a login: the provider no longer accepts its refresh token/)
      assert.equal((await get()).token, FIRST_ACCESS)
      assert.equal(sent(), 1)
    })

    it('names the provider when that refuses the client', async () => {
      scene.clock.advance(LIFE_MS)
      scene.script.next(replyWith(scene.clock, 401, {error: 'invalid_client'}))
      await assert.rejects(get(), {
        code: 'provider-misconfigured',
        hint: 'behalf provider update example --client-secret-file -',
      })
    })

    it('says in no error what the tokens are', async () => {
      scene.clock.advance(LIFE_MS)
      const answer = {error: 'invalid_request', error_description: `${FIRST_REFRESH} is wrong`}
      // The one more send that rule 5 allows once the token has expired.
      scene.script.next(replyWith(scene.clock, 400, answer), replyWith(scene.clock, 400, answer))
      await assert.rejects(get(), (error: BehalfError) => {
        assert.doesNotMatch(`${error.message} ${String(error.hint)} ${String(error.cause)}`, /token-of-2002/)
        return error.code === 'unavailable'
      })
    })
  })

  describe('when the lock is held by someone who does not finish (rule 1)', () => {
    const timeout = new BehalfError('lock-timeout', 'The account is in use by process 4711')

    function whileHeld(meanwhile: () => Promise<unknown> = () => Promise.resolve()): Store {
      const {store} = scene
      const lock = async () => {
        await meanwhile()
        throw timeout
      }
      return {...store, accounts: {...store.accounts, lock}}
    }

    it('hands out what lives', async () => {
      scene.clock.advance(LIFE_MS - 1)
      const {accessToken, warning} = await getFreshToken({...scene.deps, store: whileHeld()}, KEY, 0)
      assert.deepEqual([accessToken.reveal(), warning], [FIRST_ACCESS, timeout.message])
    })

    it('names the holder once nothing lives', async () => {
      scene.clock.advance(LIFE_MS)
      await assert.rejects(getFreshToken({...scene.deps, store: whileHeld()}, KEY, 0), timeout)
    })

    it('hands out what another has fetched while this one waited', async () => {
      scene.clock.advance(LIFE_MS)
      scene.script.next(grantTokens(scene.clock, 1))
      const store = whileHeld(() => refreshAccount(scene.deps, DUE))
      const {accessToken} = await getFreshToken({...scene.deps, store}, KEY, 0)
      assert.equal(accessToken.reveal(), 'made-up-access-1')
    })
  })

  describe('rule 10: tokens go home', () => {
    for (const [what, change, why] of [
      ['another client id', {clientId: 'another-made-up-client'}, /another client id/],
      ['another token origin', {tokenUrl: 'https://evil.test/token'}, /lead elsewhere/],
      ['another API origin', {apiUrl: 'https://evil.test/api'}, /lead elsewhere/],
    ] as const) {
      it(`hands nothing out and sends nothing under ${what}`, async () => {
        await scene.reconfigure(change)
        await assert.rejects(get(), {code: 'login-needed', message: why})
        scene.clock.advance(LIFE_MS)
        await assert.rejects(get(), {code: 'login-needed', message: why})
      })
    }
  })

  it('says that an account is not there', async () => {
    await assert.rejects(getFreshToken(scene.deps, 'example:404', 0), {code: 'account-not-found'})
  })
})

describe('getFreshToken when the wall clock is earlier than the last write (rule 6)', () => {
  async function withClockBack(validation: Validation, backMs: number, work: (scene: RefreshScene) => Promise<void>) {
    const scene = await makeRefreshScene({validation})
    try {
      scene.clock.advance(LIFE_MS)
      await scene.store.accounts.update(KEY, (account) => ({...account, displayName: 'Written late'}))
      scene.clock.setWall(scene.clock.now() - backMs)
      await work(scene)
    } finally {
      await scene.dispose()
    }
  }

  it('believes the provider, which says the token lives', () =>
    withClockBack({kind: 'live'}, HOUR_MS, async (scene) => {
      assert.equal((await getFreshToken(scene.deps, KEY, 0)).accessToken.reveal(), FIRST_ACCESS)
      assert.deepEqual(scene.script.asked, [FIRST_ACCESS])
    }))

  it('believes the provider, which says the token is dead', () =>
    withClockBack({kind: 'dead'}, HOUR_MS, async (scene) => {
      scene.script.next(grantTokens(scene.clock, 1))
      assert.equal((await getFreshToken(scene.deps, KEY, 0)).accessToken.reveal(), 'made-up-access-1')
    }))

  it('does not hand out what is dead when the refresh fails', () =>
    withClockBack({kind: 'dead'}, HOUR_MS, async (scene) => {
      scene.script.next(DOWN)
      await assert.rejects(getFreshToken(scene.deps, KEY, 0), {code: 'unavailable'})
    }))

  it('waits for a refusal where nobody can be asked', () =>
    withClockBack({kind: 'unsupported'}, HOUR_MS, async (scene) => {
      assert.equal((await getFreshToken(scene.deps, KEY, 0)).accessToken.reveal(), FIRST_ACCESS)
    }))

  it('believes a clock that is 10 s behind, for two clocks are never the same', () =>
    withClockBack({kind: 'dead'}, 10 * SECOND_MS, async (scene) => {
      scene.script.next(DOWN)
      assert.equal((await getFreshToken(scene.deps, KEY, 0)).accessToken.reveal(), FIRST_ACCESS)
      assert.deepEqual(scene.script.asked, [])
    }))

  it('does not believe one that is further behind', () =>
    withClockBack({kind: 'live'}, 10 * SECOND_MS + 1, async (scene) => {
      await getFreshToken(scene.deps, KEY, 0)
      assert.deepEqual(scene.script.asked, [FIRST_ACCESS])
    }))

  it('asks nobody who is not who granted the token (rule 10)', () =>
    withClockBack({kind: 'live'}, HOUR_MS, async (scene) => {
      await scene.reconfigure({validateUrl: 'https://evil.test/validate', clientSecret: new Secret('made up')})
      await assert.rejects(getFreshToken(scene.deps, KEY, 0), {code: 'login-needed'})
      assert.deepEqual(scene.script.asked, [])
    }))
})
