import assert from 'node:assert/strict'

import {beginLogin, type LoginInput, type PendingLogin} from '../../../src/broker/begin-login.js'
import type {Provider} from '../../../src/model/provider.js'
import type {TokenGrant} from '../../../src/model/refresh.js'
import {Secret} from '../../../src/model/secret.js'
import {MINUTE_MS} from '../../../src/model/time.js'
import type {AuthorizationRequest, DevicePoll} from '../../../src/providers/provider-client.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'
import {createFakeClock} from '../../support/fake-clock.js'
import {makeProvider} from '../../support/make-provider.js'

const INPUT: LoginInput = {role: 'bot', scopes: [], method: 'browser'}

describe('beginLogin', () => {
  let world: BrokerWorld
  let provider: Provider
  let asked: AuthorizationRequest | undefined
  let exchanged: AuthorizationRequest | undefined
  let polls: (DevicePoll | (() => DevicePoll))[]
  let deviceScopes: string[] | undefined
  const polledAt: number[] = []

  const grant = (): TokenGrant => ({
    accessToken: new Secret('made-up-access'),
    tokenType: 'bearer',
    issuedAt: world.clock.now(),
  })

  beforeEach(async () => {
    asked = undefined
    exchanged = undefined
    polls = []
    polledAt.length = 0
    const clock = createFakeClock(undefined, {autoAdvance: true})
    world = await makeBrokerWorld({
      clock,
      client: {
        authorizationUrl(_provider, request) {
          asked = request
          return Promise.resolve('https://id.example.test/authorize?made=up')
        },
        exchangeCode(_provider, _callback, request) {
          exchanged = request
          return Promise.resolve(grant())
        },
        startDevice(_provider, scopes) {
          deviceScopes = scopes
          return Promise.resolve({
            deviceCode: new Secret('made-up-device-code'),
            userCode: 'KTRWPLMA',
            verificationUri: 'https://example.test/activate',
            expiresAt: clock.now() + MINUTE_MS,
            intervalMs: 5000,
          })
        },
        pollDevice() {
          polledAt.push(clock.now())
          const poll = polls.shift() ?? {kind: 'pending'}
          return Promise.resolve(typeof poll === 'function' ? poll() : poll)
        },
        identify: () => Promise.resolve({userId: '2002', login: 'techydrroid'}),
        revoke: () => Promise.resolve({kind: 'revoked'}),
      },
    })
    provider = makeProvider({deviceUrl: 'https://id.example.test/device'})
    await world.store.providers.put(provider)
  })
  afterEach(() => world.dispose())

  const begin = (parts: Partial<LoginInput> = {}) => beginLogin(world.deps, {...INPUT, ...parts})
  async function beginRedirect(parts: Partial<LoginInput> = {}) {
    const pending = await begin(parts)
    assert.ok(pending.kind === 'redirect')
    return pending
  }
  async function beginDevice(parts: Partial<LoginInput> = {}): Promise<Extract<PendingLogin, {kind: 'device'}>> {
    const pending = await begin({method: 'device', ...parts})
    assert.ok(pending.kind === 'device')
    return pending
  }
  const callback = (state = asked?.state.reveal() ?? '') => new URLSearchParams({code: 'made-up-code', state})

  describe('what is asked for', () => {
    const askedFor = async (parts: Partial<LoginInput>) => {
      await begin(parts)
      return asked?.scopes
    }

    it('is the role’s default scopes and those that are typed, each once', async () => {
      assert.deepEqual(await askedFor({scopes: ['write', 'read']}), ['read', 'write'])
    })

    for (const [role, parts] of [
      ['owner', {}],
      ['bot', {expect: 'made_up_2002'}],
      ['user', {subject: 'slack:U02AB'}],
    ] as const) {
      it(`includes what the ${role} had, unless that is reset`, async () => {
        const subject = 'subject' in parts ? parts : {}
        await world.addAccount(provider, {role, ...subject, credential: {scopes: ['earlier']}})
        assert.deepEqual(await askedFor({role, ...parts}), ['read', 'earlier'])
        assert.deepEqual(await askedFor({role, ...parts, resetScopes: true}), ['read'])
      })
    }

    it('includes nothing of another bot, when it is not said which', async () => {
      await world.addAccount(provider, {credential: {scopes: ['earlier']}})
      assert.deepEqual(await askedFor({}), ['read'])
      assert.deepEqual(await askedFor({expect: 'someone_else'}), ['read'])
    })

    it('is refused where a scope does not exist, before anything begins', async () => {
      await world.store.providers.put(makeProvider({name: 'twitch', dialect: 'twitch'}))
      await assert.rejects(begin({provider: 'twitch', scopes: ['chat:raed']}), {code: 'unknown-scope'})
      assert.deepEqual([asked, await world.store.flows.list()], [undefined, []])
    })

    it('is a consent page for everyone but the owner, and for an owner who is to be replaced', async () => {
      const forced = async (parts: Partial<LoginInput>) => {
        await begin(parts)
        return asked?.forceConsent
      }
      assert.equal(await forced({role: 'bot'}), true)
      assert.equal(await forced({role: 'user', subject: 'slack:U02AB'}), true)
      assert.equal(await forced({role: 'owner'}), false)
      assert.equal(await forced({role: 'owner', replaceOwner: true}), true)
    })

    it('goes with PKCE unless the provider has none, and with a nonce for OpenID Connect', async () => {
      await begin()
      assert.deepEqual([asked?.codeVerifier?.reveal().length, asked?.nonce], [64, undefined])
      await world.store.providers.put({...provider, pkce: false})
      await begin({scopes: ['openid']})
      assert.deepEqual([asked?.codeVerifier, asked?.nonce instanceof Secret], [undefined, true])
    })
  })

  describe('by redirect', () => {
    it('ends with the callback that belongs to it, once', async () => {
      const pending = await beginRedirect()
      const {account} = await pending.finish(callback())
      assert.equal(account.login, 'techydrroid')
      assert.deepEqual([exchanged?.state, exchanged?.codeVerifier], [asked?.state, asked?.codeVerifier])
      exchanged = undefined
      await assert.rejects(pending.finish(callback()), {code: 'login-failed'})
      assert.equal(exchanged, undefined)
    })

    for (const state of ['', 'made-up', 'x'.repeat(100_000)]) {
      it(`is not ended by the state ${JSON.stringify(state.slice(0, 10))}, and waits on`, async () => {
        const pending = await beginRedirect()
        await assert.rejects(pending.finish(callback(state)), {code: 'login-failed'})
        assert.deepEqual([exchanged, await world.store.accounts.list()], [undefined, []])
        await pending.finish(callback())
      })
    }

    it('is not ended by the callback of another login', async () => {
      await beginRedirect({role: 'owner'})
      const other = callback()
      const pending = await beginRedirect()
      await assert.rejects(pending.finish(other), {code: 'login-failed'})
      assert.deepEqual([exchanged, await world.store.accounts.list()], [undefined, []])
    })

    it('waits ten minutes', async () => {
      const inTime = await beginRedirect()
      world.clock.advance(10 * MINUTE_MS - 1)
      await inTime.finish(callback())
      const late = await beginRedirect()
      assert.equal(late.expiresAt, world.clock.now() + 10 * MINUTE_MS)
      world.clock.advance(10 * MINUTE_MS)
      await assert.rejects(late.finish(callback()), {code: 'login-failed', message: /expired/})
    })

    it('can be abandoned', async () => {
      const pending = await beginRedirect()
      await pending.abandon()
      assert.deepEqual(await world.store.flows.list(), [])
      await assert.rejects(pending.finish(callback()), {code: 'login-failed'})
    })

    it('comes back to the provider’s own redirect URI before the general one', async () => {
      assert.equal((await beginRedirect()).redirectUri, 'http://localhost:8420/callback')
      await world.store.providers.put({...provider, callbackUrl: 'http://localhost:9999/back'})
      assert.equal((await beginRedirect()).redirectUri, 'http://localhost:9999/back')
      assert.equal(asked?.redirectUri, 'http://localhost:9999/back')
    })

    it('needs an authorization page', async () => {
      const {authorizeUrl: _none, ...rest} = provider
      await world.store.providers.put(rest)
      await assert.rejects(begin(), {code: 'configuration', hint: 'Log in with --device.'})
    })
  })

  describe('by device', () => {
    it('is what a Twitch client without a secret does by itself, also when asked to paste', async () => {
      const {clientSecret: _none, ...open} = provider
      await world.store.providers.put({...open, dialect: 'twitch'})
      for (const method of ['browser', 'paste', 'device'] as const) assert.equal((await begin({method})).kind, 'device')
      await world.store.providers.put({...provider, dialect: 'twitch'})
      assert.equal((await begin()).kind, 'redirect')
      await world.store.providers.put(open)
      assert.equal((await begin()).kind, 'redirect')
    })

    it('polls at the interval, more slowly when told so, until it is granted', async () => {
      const pending = await beginDevice({scopes: ['write']})
      const start = world.clock.now()
      polls = [
        {kind: 'pending'},
        {kind: 'slow-down'},
        {kind: 'unavailable', reason: 'down'},
        () => ({kind: 'granted', grant: grant()}),
      ]
      const {account} = await pending.finish(new AbortController().signal)
      assert.equal(account.login, 'techydrroid')
      assert.deepEqual(deviceScopes, ['read', 'write'])
      assert.deepEqual(
        polledAt.map((at) => at - start),
        [5000, 10_000, 20_000, 30_000],
      )
    })

    for (const [kind, message] of [
      ['denied', /declined/],
      ['expired', /expired/],
    ] as const) {
      it(`ends when it is ${kind}`, async () => {
        const pending = await beginDevice()
        polls = [{kind}]
        await assert.rejects(pending.finish(new AbortController().signal), {code: 'login-failed', message})
        assert.equal(polledAt.length, 1)
      })
    }

    it('ends when nobody comes', async () => {
      const pending = await beginDevice()
      await assert.rejects(pending.finish(new AbortController().signal), {code: 'login-failed', message: /expired/})
      assert.equal(polledAt.length, 12)
    })

    it('ends when it is given up', async () => {
      const pending = await beginDevice()
      const controller = new AbortController()
      polls = [
        () => {
          controller.abort()
          return {kind: 'pending'}
        },
      ]
      await assert.rejects(pending.finish(controller.signal), {code: 'interrupted'})
      assert.equal(polledAt.length, 1)
    })

    it('needs a device endpoint', async () => {
      const {deviceUrl: _none, ...rest} = provider
      await world.store.providers.put(rest)
      await assert.rejects(begin({method: 'device'}), {code: 'configuration', hint: 'Log in without --device.'})
    })
  })
})
