import assert from 'node:assert/strict'

import {refreshAccounts, type RefreshReport} from '../../../src/broker/refresh-accounts.js'
import {HOUR_MS, MINUTE_MS, SECOND_MS} from '../../../src/model/time.js'
import {nextRefreshAt} from '../../../src/model/token-life.js'
import type {Validation} from '../../../src/providers/provider-client.js'
import {KEY, makeRefreshScene, ON_DEMAND, type RefreshScene} from '../../support/refresh-scene.js'
import {grantTokens, replyWith, type ScriptedAnswer} from '../../support/scripted-refresh.js'
import {refreshAccount} from '../../../src/broker/refresh-account.js'
import {tokensOf} from '../../support/tokens-of.js'

const DOWN = {kind: 'not-sent', reason: 'refused'} as const
const PASS = {withinMs: 20 * MINUTE_MS, force: false}

async function pass(scene: RefreshScene, input: Partial<typeof PASS> = {}): Promise<RefreshReport> {
  return refreshAccounts(scene.deps, {accounts: await scene.store.accounts.list(), ...PASS, ...input})
}
const outcomes = ({results}: RefreshReport) => results.map(({outcome}) => outcome)

describe('refreshAccounts', () => {
  let scene: RefreshScene
  beforeEach(async () => (scene = await makeRefreshScene()))
  afterEach(() => scene.dispose())

  const sent = () => scene.script.sent.length
  const dueAt = async () => nextRefreshAt(await scene.stored()) ?? NaN

  describe('rule 6: early, not late', () => {
    it('leaves alone what is not due', async () => {
      scene.clock.setWall((await dueAt()) - 1)
      assert.deepEqual(outcomes(await pass(scene)), ['fresh'])
      assert.equal(sent(), 0)
    })

    it('refreshes at about 80 % of the token’s life', async () => {
      scene.clock.setWall(await dueAt())
      scene.script.next(grantTokens(scene.clock, 1))
      assert.deepEqual(outcomes(await pass(scene)), ['refreshed'])
    })

    it('refreshes what ends within the given time', async () => {
      scene.clock.advance(2 * HOUR_MS)
      assert.deepEqual(outcomes(await pass(scene, {withinMs: 2 * HOUR_MS - 1})), ['fresh'])
      scene.script.next(grantTokens(scene.clock, 1))
      assert.deepEqual(outcomes(await pass(scene, {withinMs: 2 * HOUR_MS})), ['refreshed'])
    })

    it('uses a refresh token that lapses unused by half its life', async () => {
      const lapse = {refreshTokenIssuedAt: scene.clock.now(), refreshTokenExpiresAt: scene.clock.now() + 2 * HOUR_MS}
      await scene.store.accounts.update(KEY, (one) => ({...one, credential: {...one.credential, ...lapse}}))
      scene.clock.advance(HOUR_MS - 1)
      assert.deepEqual(outcomes(await pass(scene)), ['fresh'])
      scene.clock.advance(1)
      scene.script.next(grantTokens(scene.clock, 1))
      assert.deepEqual(outcomes(await pass(scene)), ['refreshed'])
    })

    it('leaves alone what has no known expiry', async () => {
      await scene.store.accounts.update(KEY, (account) => {
        const {expiresAt: _none, ...credential} = tokensOf(account)
        return {...account, credential}
      })
      scene.clock.advance(1000 * HOUR_MS)
      assert.deepEqual(outcomes(await pass(scene)), ['fresh'])
    })
  })

  it('keeps to the backoff, with jitter, and forcing it does not', async () => {
    scene.clock.advance(4 * HOUR_MS)
    for (const waitMs of [30 * SECOND_MS, 60 * SECOND_MS]) {
      scene.script.next(DOWN)
      assert.deepEqual(outcomes(await pass(scene)), ['unavailable'])
      scene.clock.advance(waitMs - 1)
      assert.deepEqual(outcomes(await pass(scene)), ['unavailable'])
      scene.clock.advance(1)
    }
    scene.script.next(DOWN)
    await pass(scene)
    scene.clock.advance(SECOND_MS)
    scene.script.next(grantTokens(scene.clock, 1))
    assert.deepEqual(outcomes(await pass(scene, {force: true})), ['refreshed'])
  })

  it('refreshes what is fresh when it is forced, once per pass', async () => {
    scene.script.next(grantTokens(scene.clock, 1))
    assert.deepEqual(outcomes(await pass(scene, {force: true})), ['refreshed'])
  })

  it('saves what an earlier process left', async () => {
    scene.script.next(grantTokens(scene.clock, 1))
    const lock = await scene.store.accounts.lock(KEY, {waitMs: 0})
    await lock.begin()
    const exchange = grantTokens(scene.clock, 7)
    assert.ok(exchange.kind === 'reply')
    await lock.recordReply(exchange.reply)
    await lock.release()
    await pass(scene)
    assert.equal(tokensOf(await scene.stored()).accessToken.reveal(), 'made-up-access-7')
    assert.equal(sent(), 0)
  })

  it('reports an account that needs a login, sends nothing for it, and says how to mend it', async () => {
    scene.clock.advance(4 * HOUR_MS)
    scene.script.next(replyWith(scene.clock, 400, {error: 'invalid_grant'}))
    assert.deepEqual(outcomes(await pass(scene)), ['rejected'])
    for (const force of [false, true]) {
      const [result] = (await pass(scene, {force})).results
      assert.equal(result?.outcome, 'login-needed')
      assert.equal(result.detail, 'the provider no longer accepts its refresh token')
      assert.equal(result.hint, 'behalf bot add --provider example --expect made_up_2002')
      assert.deepEqual([result.alive, sent()], [false, 1])
    }
  })

  it('reports an account whose provider is gone, and goes on with the others', async () => {
    await scene.addAccount({...scene.provider, name: 'lost'}, {userId: '1'})
    scene.clock.advance(4 * HOUR_MS)
    scene.script.next(grantTokens(scene.clock, 1))
    const {results} = await pass(scene)
    assert.deepEqual(
      results.map(({account, outcome}) => [account.key, outcome]),
      [
        [KEY, 'refreshed'],
        ['lost:1', 'unavailable'],
      ],
    )
    assert.match(results[1]?.detail ?? '', /There is no provider “lost”/)
  })

  it('reports scopes that went missing', async () => {
    scene.script.next(grantTokens(scene.clock, 1, {scope: 'chat:read'}))
    const [result] = (await pass(scene, {force: true})).results
    assert.deepEqual([result?.outcome, result?.detail], ['refreshed', 'these scopes are gone: user:read:chat'])
  })

  it('leaves out an account that was removed meanwhile', async () => {
    const accounts = await scene.store.accounts.list()
    const lock = await scene.store.accounts.lock(KEY, {waitMs: 0})
    await lock.remove()
    await lock.release()
    scene.clock.advance(4 * HOUR_MS)
    assert.deepEqual((await refreshAccounts(scene.deps, {...PASS, accounts})).results, [])
  })

  describe('a client that the provider refuses', () => {
    const refused: ScriptedAnswer = {
      kind: 'reply',
      reply: {status: 401, headers: {}, body: '{"error":"invalid_client"}', complete: true, sentAt: 0},
    }

    for (const force of [false, true]) {
      it(`is sent at most 16 times and reported once for 100 accounts${force ? ' that are forced' : ''}`, async () => {
        for (let user = 1; user < 100; user += 1) await scene.addAccount(scene.provider, {userId: String(user)})
        scene.clock.advance(4 * HOUR_MS)
        scene.script.next(...Array.from({length: 100}, () => refused))
        const {results, misconfigured} = await pass(scene, {force})
        assert.equal(results.length, 100)
        assert.deepEqual(new Set(results.map(({outcome}) => outcome)), new Set(['misconfigured']))
        assert.deepEqual(misconfigured, [
          {
            provider: 'example',
            reason: 'invalid_client (status 401)',
            hint: 'behalf provider update example --client-secret-file -',
          },
        ])
        assert.ok(sent() <= 16, `${String(sent())} requests`)
        const states = (await scene.store.accounts.list()).map(({state}) => state.kind)
        assert.deepEqual(new Set(states), new Set(['ok']))
      })
    }
  })
})

describe('refreshAccounts at Twitch', () => {
  async function atTwitch(validation: Validation, work: (scene: RefreshScene) => Promise<void>): Promise<void> {
    const scene = await makeRefreshScene({validation})
    try {
      await scene.reconfigure(
        {dialect: 'twitch', validateUrl: 'https://id.example.test/validate'},
        {
          lastValidatedAt: scene.clock.now(),
        },
      )
      await work(scene)
    } finally {
      await scene.dispose()
    }
  }

  it('validates every hour', () =>
    atTwitch({kind: 'live'}, async (scene) => {
      scene.clock.advance(HOUR_MS - 1)
      assert.deepEqual(outcomes(await pass(scene)), ['fresh'])
      scene.clock.advance(1)
      assert.deepEqual(outcomes(await pass(scene)), ['validated'])
      assert.deepEqual(outcomes(await pass(scene)), ['fresh'])
      assert.equal(scene.script.asked.length, 1)
    }))

  it('validates although a wrong clock has noted that it did so in the future', () =>
    atTwitch({kind: 'live'}, async (scene) => {
      await scene.store.accounts.noteValidated(KEY, scene.clock.now() + 1000 * HOUR_MS)
      assert.deepEqual(outcomes(await pass(scene)), ['validated'])
    }))

  it('refreshes a token that turns out to be dead', () =>
    atTwitch({kind: 'dead'}, async (scene) => {
      scene.clock.advance(HOUR_MS)
      scene.script.next(grantTokens(scene.clock, 1, {scope: ['chat:read', 'user:read:chat']}))
      assert.deepEqual(outcomes(await pass(scene)), ['refreshed'])
    }))

  it('leaves the token alone when it cannot be validated', () =>
    atTwitch({kind: 'unavailable', reason: 'down'}, async (scene) => {
      scene.clock.advance(HOUR_MS)
      const [result] = (await pass(scene)).results
      assert.deepEqual([result?.outcome, result?.alive, result?.detail], ['unavailable', true, 'down'])
    }))

  it('reports a new login name and missing scopes, once', () =>
    atTwitch({kind: 'live', login: 'renamed', scopes: ['chat:read']}, async (scene) => {
      scene.clock.advance(HOUR_MS)
      const [result] = (await pass(scene)).results
      assert.equal(result?.detail, 'it is called renamed now; these scopes are gone: user:read:chat')
      const account = await scene.stored()
      assert.deepEqual([account.login, tokensOf(account).scopes], ['renamed', ['chat:read']])
      scene.clock.advance(HOUR_MS)
      assert.equal((await pass(scene)).results[0]?.detail, undefined)
    }))

  it('does not note what it learnt about a token that has been replaced meanwhile', () =>
    atTwitch({kind: 'live', login: 'renamed'}, async (scene) => {
      scene.clock.advance(HOUR_MS)
      const accounts = await scene.store.accounts.list()
      scene.script.next(grantTokens(scene.clock, 1, {scope: ['chat:read', 'user:read:chat']}))
      await refreshAccount(scene.deps, {...ON_DEMAND, cause: 'forced'})
      await refreshAccounts(scene.deps, {...PASS, accounts})
      assert.equal((await scene.stored()).login, 'made_up_2002')
    }))

  it('validates neither an account that needs a login nor one of a provider that has moved', () =>
    atTwitch({kind: 'live'}, async (scene) => {
      scene.clock.advance(HOUR_MS)
      await scene.reconfigure({dialect: 'twitch', validateUrl: 'https://evil.test/validate'})
      assert.deepEqual(outcomes(await pass(scene)), ['login-needed'])
      const state = {kind: 'login-needed', reason: 'rejected', since: 0} as const
      await scene.store.accounts.update(KEY, (account) => ({...account, state}))
      await scene.reconfigure({dialect: 'twitch', validateUrl: 'https://id.example.test/validate'})
      assert.deepEqual(outcomes(await pass(scene)), ['login-needed'])
      assert.deepEqual(scene.script.asked, [])
    }))
})
