import assert from 'node:assert/strict'

import {planHelixCall, type HelixInput, type HelixPlan} from '../../../src/broker/plan-helix-call.js'
import {listEndpoints} from '../../../src/helix/catalogue.js'
import {helixMap} from '../../../src/helix/helix-map.js'
import type {AccountContext} from '../../../src/model/account-context.js'
import type {BehalfError} from '../../../src/model/behalf-error.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'
import {makeProvider} from '../../support/make-provider.js'

const TWITCH = makeProvider({name: 'twitch', dialect: 'twitch', apiUrl: 'https://api.example.test/helix'})
const STAND_IN = makeProvider({name: 'stand-in', dialect: 'twitch', apiUrl: 'http://localhost:8421/helix'})
const FORGE = makeProvider({name: 'forge', apiUrl: 'https://forge.test'})

const FROM_FILE = {kind: 'file', path: '/work/.behalf.json'} as const
const FROM_VARIABLE = {kind: 'environment', variable: 'BEHALF_AS'} as const

describe('planHelixCall', () => {
  let world: BrokerWorld

  beforeEach(async () => {
    world = await makeBrokerWorld()
    await world.store.providers.put(TWITCH)
    await world.addAccount(TWITCH, {userId: '1001', login: 'streamer_sam', role: 'owner', credential: {scopes: []}})
    await world.addAccount(TWITCH, {userId: '2002', login: 'techydrroid', credential: {scopes: ['user:write:chat']}})
  })
  afterEach(() => world.dispose())

  const plan = (input: Partial<HelixInput> = {}): Promise<HelixPlan> =>
    planHelixCall({...world.deps, helix: helixMap}, {method: 'GET', path: 'users', query: [], ...input})
  const grant = (key: string, scopes: string[]) =>
    world.store.accounts.update(key, (account) => ({...account, credential: {...account.credential, scopes}}))
  const actorOf = ({actor}: HelixPlan): string => (actor.kind === 'app' ? `app of ${actor.provider.name}` : actor.key)

  /** How the call turns out: who acts, or why it is refused. */
  const outcome = async (input: Partial<HelixInput>): Promise<string> => {
    try {
      return actorOf(await plan(input))
    } catch (error) {
      return (error as BehalfError).code
    }
  }

  describe('checks the scope before the call', () => {
    const poll = {method: 'POST', path: 'polls', body: '{}'} as const

    it('and names endpoint, account and scope, and the login that adds it', async () => {
      await assert.rejects(plan(poll), {
        code: 'missing-scope',
        message: 'POST /polls needs the scope channel:manage:polls, which twitch/streamer_sam has not granted.',
        hint: 'behalf login --scope channel:manage:polls',
      })
      await assert.rejects(plan({...poll, as: 'techydrroid'}), {
        message: 'POST /polls needs the scope channel:manage:polls, which twitch/techydrroid has not granted.',
        hint: 'behalf bot add --expect techydrroid --scope channel:manage:polls',
      })
    })

    it('and names the provider in the command where it is not twitch', async () => {
      await world.store.providers.put(STAND_IN)
      await world.addAccount(STAND_IN, {userId: '5', login: 'local'})
      await assert.rejects(plan({...poll, as: 'local'}), {
        hint: 'behalf bot add --provider stand-in --expect local --scope channel:manage:polls',
      })
    })

    it('and names all that would do, and asks for the least', async () => {
      await assert.rejects(plan({path: 'polls'}), {
        message:
          'GET /polls needs one of the scopes channel:read:polls, channel:manage:polls, which twitch/streamer_sam has not granted.',
        hint: 'behalf login --scope channel:read:polls',
      })
    })

    it('and asks for a moderator’s in another’s channel', async () => {
      const hint = async (...query: [string, string][]) => {
        const error = await plan({path: 'guest_star/session', query}).catch((thrown: unknown) => thrown as BehalfError)
        assert.ok('hint' in error)
        return error.hint
      }
      assert.equal(await hint(['broadcaster_id', '9']), 'behalf login --scope moderator:read:guest_star')
      assert.equal(await hint(['broadcaster_id', '1001']), 'behalf login --scope channel:read:guest_star')
    })

    it('and lets pass what holds any of them', async () => {
      for (const scope of ['channel:read:polls', 'channel:manage:polls']) {
        await grant('twitch:1001', ['chat:read', scope])
        assert.equal(await outcome({path: 'polls'}), 'twitch:1001')
      }
    })

    it('but not with check: false, nor of an endpoint that is not listed', async () => {
      assert.equal(await outcome({...poll, check: false}), 'twitch:1001')
      assert.equal(await outcome({...poll, path: 'polls/of/tomorrow'}), 'twitch:1001')
      assert.equal(await outcome({...poll, method: 'PUT'}), 'twitch:1001')
    })

    it('but not of the application, whose grants are the provider’s to know', async () => {
      assert.equal(await outcome({method: 'POST', path: 'chat/messages', app: true}), 'app of twitch')
    })
  })

  describe('for every endpoint of the catalogue', () => {
    /** By what kinds of token it takes. */
    const expected = {
      user: {plain: 'twitch:1001', as: 'twitch:2002', app: 'refused', byDefault: 'twitch:2002'},
      app: {plain: 'app of twitch', as: 'refused', app: 'app of twitch', byDefault: 'app of twitch'},
      any: {plain: 'twitch:1001', as: 'twitch:2002', app: 'app of twitch', byDefault: 'twitch:2002'},
      none: {plain: 'twitch:1001', as: 'twitch:2002', app: 'app of twitch', byDefault: 'twitch:2002'},
      jwt: {plain: 'refused', as: 'refused', app: 'refused', byDefault: 'refused'},
    }
    const kindOf = (types: readonly string[]): keyof typeof expected =>
      types.includes('extension-jwt')
        ? 'jwt'
        : types.includes('none')
          ? 'none'
          : types.length === 2
            ? 'any'
            : types.includes('app')
              ? 'app'
              : 'user'

    const inputs: Record<keyof typeof expected.user, Partial<HelixInput>> = {
      plain: {},
      as: {as: 'techydrroid'},
      app: {app: true},
      byDefault: {context: {as: 'techydrroid', source: FROM_VARIABLE}},
    }
    const names = Object.keys(inputs) as (keyof typeof inputs)[]

    it('uses the right token by itself, and refuses the wrong one that was asked for', async () => {
      const all = [...new Set(listEndpoints().flatMap(({scopes}) => scopes))]
      await grant('twitch:1001', all)
      await grant('twitch:2002', all)
      for (const {method, path, tokenTypes} of listEndpoints()) {
        for (const name of names) {
          const turnsOut = await outcome({method, path, ...inputs[name]})
          assert.equal(turnsOut, expected[kindOf(tokenTypes)][name], `${method} ${path} ${name}`)
        }
      }
    })

    it('refuses an account without scopes exactly where one is needed', async () => {
      for (const {method, path, tokenTypes, scopes} of listEndpoints()) {
        if (!tokenTypes.includes('user')) continue
        const isRefused = scopes.length > 0 && path !== '/channels/followers'
        assert.equal(await outcome({method, path}), isRefused ? 'missing-scope' : 'twitch:1001', `${method} ${path}`)
      }
    })

    it('asks nothing of it with check: false', async () => {
      for (const {method, path} of listEndpoints()) {
        for (const name of ['as', 'app'] as const) {
          const turnsOut = await outcome({method, path, check: false, ...inputs[name]})
          assert.equal(turnsOut, name === 'as' ? 'twitch:2002' : 'app of twitch', `${method} ${path}`)
        }
      }
    })
  })

  it('says what to leave out', async () => {
    await assert.rejects(plan({path: 'eventsub/conduits', as: 'techydrroid'}), {hint: /^Leave out --as/})
    await assert.rejects(plan({path: 'polls', app: true}), {hint: /^Leave out --app/})
  })

  it('refuses before it looks for accounts or providers', async () => {
    await assert.rejects(plan({path: 'eventsub/conduits', as: 'nobody'}), {code: 'refused'})
    await assert.rejects(plan({path: 'polls', app: true, provider: 'nowhere'}), {code: 'refused'})
  })

  describe('fills in the account that acts', () => {
    it('in the query, and tells whose id it is', async () => {
      await grant('twitch:1001', ['channel:read:polls'])
      const {request, filled} = await plan({path: 'polls?first=1', query: [['after', 'x']]})
      assert.equal(request.query, 'first=1&after=x&broadcaster_id=1001')
      assert.deepEqual(filled, {name: 'broadcaster_id', value: '1001', login: 'streamer_sam'})
    })

    it('in the body', async () => {
      const {request, filled} = await plan({
        method: 'POST',
        path: 'chat/messages',
        as: 'techydrroid',
        body: '{"message":"hi"}',
      })
      assert.equal(request.body, '{"sender_id":"2002","message":"hi"}')
      assert.deepEqual(filled, {name: 'sender_id', value: '2002', login: 'techydrroid'})
    })

    it('but not where it was typed, into the path as well as apart', async () => {
      await grant('twitch:1001', ['channel:read:polls'])
      for (const typed of [{path: 'polls?broadcaster_id=9'}, {path: 'polls', query: [['broadcaster_id', '9']]}]) {
        const {request, filled} = await plan(typed as Partial<HelixInput>)
        assert.deepEqual([request.query, filled], ['broadcaster_id=9', undefined])
      }
    })

    it('but not with fill: false, for the application, or at an endpoint that is not listed', async () => {
      const message = {method: 'POST', path: 'chat/messages', as: 'techydrroid'} as const
      const {as: _as, ...fromApp} = message
      for (const input of [
        {...message, fill: false},
        {...fromApp, app: true},
        {...message, path: 'chat/news'},
      ]) {
        const {request, filled} = await plan(input)
        assert.deepEqual([request.query, request.body, filled], ['', undefined, undefined])
      }
    })
  })

  describe('lets the context decide', () => {
    const context = (parts: Partial<AccountContext>): AccountContext => ({source: FROM_FILE, ...parts})

    beforeEach(async () => {
      await world.store.providers.put(STAND_IN)
      await world.addAccount(STAND_IN, {userId: '5', login: 'local', role: 'owner'})
      await world.addAccount(STAND_IN, {userId: '6', login: 'techydrroid'})
    })

    const cases: [string, Partial<HelixInput>, string][] = [
      ['who acts', {context: context({as: 'techydrroid'})}, 'twitch:2002'],
      ['at which provider', {context: context({as: 'techydrroid', provider: 'stand-in'})}, 'stand-in:6'],
      ['whose owner acts', {context: context({provider: 'stand-in'})}, 'stand-in:5'],
      ['nothing, where it says nothing', {context: context({})}, 'twitch:1001'],
      [
        'nothing against --as, not even the provider',
        {as: 'techydrroid', context: context({provider: 'stand-in'})},
        'twitch:2002',
      ],
      [
        'not against --provider',
        {provider: 'twitch', context: context({as: 'techydrroid', provider: 'stand-in'})},
        'twitch:2002',
      ],
      ['whose application acts', {app: true, context: context({provider: 'stand-in'})}, 'app of stand-in'],
      ['whose application acts, by the account', {app: true, context: context({as: 'local'})}, 'app of stand-in'],
      ['not so against --provider', {app: true, provider: 'twitch', context: context({as: 'local'})}, 'app of twitch'],
      [
        'whose application acts by itself',
        {path: 'eventsub/conduits', context: context({as: 'local'})},
        'app of stand-in',
      ],
    ]
    for (const [what, input, turnsOut] of cases) {
      it(what, async () => {
        assert.equal(await outcome(input), turnsOut)
      })
    }

    it('and names the place where it was read when it is wrong; nobody else acts (rule 9)', async () => {
      await assert.rejects(plan({context: {as: 'techydroid', source: FROM_VARIABLE}}), {
        code: 'account-not-found',
        message: 'BEHALF_AS: There is no account “techydroid”. Did you mean techydrroid?',
        hint: 'behalf status',
      })
      await assert.rejects(plan({context: context({as: ' '})}), {
        code: 'invalid-input',
        message: /^\/work\/\.behalf\.json: /,
      })
      await assert.rejects(plan({context: context({as: 'local', provider: 'nowhere'})}), {
        code: 'provider-not-found',
        message: /^\/work\/\.behalf\.json: There is no provider/,
      })
      await assert.rejects(plan({app: true, context: context({as: 'nobody'})}), {
        code: 'account-not-found',
        message: /^\/work\/\.behalf\.json: /,
      })
    })

    it('and names no place for what was typed', async () => {
      const typed = [
        {as: 'nobody', context: context({as: 'x'})},
        {provider: 'nowhere', context: context({})},
      ]
      for (const input of typed) await assert.rejects(plan(input), {message: /^There is no /})
    })

    it('but never leads to a provider that is not Twitch', async () => {
      await world.store.providers.put(FORGE)
      await world.addAccount(FORGE, {userId: '7', login: 'builder', role: 'owner'})
      await assert.rejects(plan({context: context({provider: 'forge'})}), {code: 'usage', message: /^\/work/})
      await assert.rejects(plan({context: context({as: 'forge/builder'})}), {code: 'account-not-found'})
    })
  })
})
