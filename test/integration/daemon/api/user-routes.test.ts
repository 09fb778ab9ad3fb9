import assert from 'node:assert/strict'
import {inspect} from 'node:util'

import {takeOneTimeCode} from '../../../../src/broker/one-time-code.js'
import {createProviderClient} from '../../../../src/providers/oauth-client.js'
import {startApi, type ApiScene} from '../../../support/api-scene.js'
import {makeBrokerWorld, type BrokerWorld} from '../../../support/broker-world.js'
import type {SeenAnswer} from '../../../support/expect-described.js'
import {startJenkinsServer, type JenkinsServer} from '../../../support/jenkins-server.js'
import {makeProvider} from '../../../support/make-provider.js'

/** What stands below `name` in an answer. */
const field = (json: unknown, name: string): unknown => (json as Record<string, unknown>)[name]

const VERA = '/api/v1/users/slack%3AU1'
const SAM = '/api/v1/users/slack%3AU2'
const VERAS = {provider: 'jenkins', username: 'vera', password: 'made-up-token-of-vera'}

describe('the users of the API', () => {
  let world: BrokerWorld
  let scene: ApiScene
  let jenkins: JenkinsServer
  let bot: string

  beforeEach(async () => {
    jenkins = await startJenkinsServer()
    world = await makeBrokerWorld()
    for (const name of ['jenkins', 'other']) await world.store.providers.put(jenkinsOf(name))
    scene = await startApi({...world.deps, providerClient: createProviderClient({clock: world.clock})})
    bot = await scene.issue(['flow:start'], {as: ['subject:slack:*']})
  })
  afterEach(async () => {
    await scene.stop()
    await world.dispose()
    await jenkins.stop()
  })

  function jenkinsOf(name: string) {
    const {authorizeUrl: _a, tokenUrl: _t, clientSecret: _s, ...rest} = makeProvider()
    return {
      ...rest,
      name,
      credentialKinds: ['basic' as const],
      clientId: '',
      apiUrl: jenkins.origin,
      userinfoUrl: `${jenkins.origin}/me/api/json`,
      otpHeader: 'X-Otp',
    }
  }

  const call = (method: string, target: string, body?: object, token = bot): Promise<SeenAnswer> =>
    scene.call(method, target, body === undefined ? {token} : {token, body})
  const keys = async () => (await world.store.accounts.names()).map(({key}) => key)

  describe('PUT /api/v1/users/<subject>', () => {
    it('keeps what the service takes, and answers without the secret', async () => {
      const {status, json, text} = await call('PUT', VERA, VERAS)
      assert.deepEqual([status, field(json, 'created')], [200, true])
      const account = field(json, 'account')
      assert.deepEqual(
        ['key', 'login', 'subject', 'credential', 'state'].map((name) => field(account, name)),
        ['jenkins@slack:U1', 'vera', 'slack:U1', 'basic', 'ok'],
      )
      const seen = [text, inspect(scene.logged, {depth: 9}), inspect(scene.audited)].join()
      assert.doesNotMatch(seen, /made-up-token/)
      assert.equal((await call('PUT', VERA, VERAS)).status, 200)
      assert.deepEqual(await keys(), ['jenkins@slack:U1'])
    })

    it('answers 422 for what the service refuses, and keeps nothing', async () => {
      const {status, headers, text} = await call('PUT', VERA, {...VERAS, password: 'made-up-and-wrong'})
      assert.deepEqual([status, headers.get('x-behalf-error')], [422, 'credential-refused'])
      assert.doesNotMatch(text, /made-up/)
      assert.deepEqual(await keys(), [])
    })

    it('answers 409 for another person than the one who is linked, or expected', async () => {
      await call('PUT', VERA, VERAS)
      const sams = {provider: 'jenkins', username: 'sam', password: 'made-up-token-of-sam'}
      assert.equal((await call('PUT', VERA, sams)).status, 409)
      assert.equal((await call('PUT', SAM, {...sams, expect: 'vera'})).status, 409)
      assert.deepEqual(await keys(), ['jenkins@slack:U1'])
      assert.equal((await call('PUT', SAM, {...sams, expect: 'sam'})).status, 200)
    })

    it('keeps one of many that come at once for one subject', async () => {
      const answers = await Promise.all(
        ['vera', 'sam', 'vera', 'sam'].map((name) =>
          call('PUT', VERA, {provider: 'jenkins', username: name, password: `made-up-token-of-${name}`}),
        ),
      )
      const [first] = await world.store.accounts.list()
      const won = answers.filter(({status}) => status === 200).map(({json}) => field(field(json, 'account'), 'login'))
      assert.deepEqual([...new Set(won)], [first?.login])
    })

    for (const [what, body] of [
      ['nothing', {}],
      ['no provider', {api_key: 'x'}],
      ['neither', {provider: 'jenkins'}],
      ['both', {...VERAS, api_key: 'x'}],
      ['half of it', {provider: 'jenkins', username: 'vera'}],
      ['the other half', {provider: 'jenkins', password: 'x'}],
      ['an empty password', {...VERAS, password: ''}],
      ['a huge one', {...VERAS, password: 'x'.repeat(9000)}],
      ['a number', {...VERAS, password: 1}],
      ['a line break', {...VERAS, password: 'x\r\nHost: evil'}],
      ['a colon in the name', {...VERAS, username: 'a:b'}],
      ['something more', {...VERAS, role: 'owner'}],
      ['a kind that is not taken', {provider: 'jenkins', api_key: 'made-up-key'}],
    ] as const) {
      it(`answers 400 for ${what}, and the service is not asked`, async () => {
        const {status, text} = await call('PUT', VERA, body)
        assert.equal(status, 400, text)
        assert.deepEqual(jenkins.calls, [])
      })
    }

    for (const whom of ['%20', 'two%20words', 'slack%3A*', 'import%3A1234567890abcdef', 'x'.repeat(201)]) {
      it(`takes no subject like ${whom.slice(0, 30)}`, async () => {
        const any = await scene.issue(['flow:start'], {as: ['subject:slack:*', 'subject:x:*']})
        const {status} = await call('PUT', `/api/v1/users/${whom}`, VERAS, any)
        assert.ok([400, 403].includes(status), String(status))
        assert.deepEqual([await keys(), jenkins.calls], [[], []])
      })
    }

    it('answers 404 for a provider that is not there', async () => {
      assert.equal((await call('PUT', VERA, {...VERAS, provider: 'nowhere'})).status, 404)
    })
  })

  it('hands out no password with token:read', async () => {
    await call('PUT', VERA, VERAS)
    const reader = await scene.issue(['token:read', 'account:read'], {as: ['subject:slack:*']})
    const {status, text} = await call('GET', '/api/v1/accounts/jenkins%40slack%3AU1/token', undefined, reader)
    assert.equal(status, 400, text)
    assert.equal((await call('GET', '/api/v1/accounts/jenkins%40slack%3AU1', undefined, reader)).status, 200)
    assert.doesNotMatch(text, /made-up/)
  })

  describe('GET /api/v1/users', () => {
    beforeEach(() => call('PUT', VERA, VERAS))

    it('lists who has linked something, as far as the token may act as them', async () => {
      const {json} = await call('GET', '/api/v1/users')
      const [user, ...others] = field(json, 'users') as {subject: string; accounts: unknown[]}[]
      assert.deepEqual([user?.subject, user?.accounts.length, others], ['slack:U1', 1, []])
      const other = await scene.issue(['flow:start'], {as: ['subject:webex:*', 'other/subject:slack:*']})
      assert.deepEqual(field((await call('GET', '/api/v1/users', undefined, other)).json, 'users'), [])
    })

    it('shows one, and says 404 only to who may act as them', async () => {
      assert.equal(field((await call('GET', VERA)).json, 'subject'), 'slack:U1')
      assert.equal((await call('GET', SAM)).status, 404)
      const other = await scene.issue(['flow:start'], {as: ['subject:webex:*']})
      assert.deepEqual(
        await Promise.all([VERA, SAM].map(async (user) => (await call('GET', user, undefined, other)).status)),
        [403, 403],
      )
    })
  })

  describe('DELETE /api/v1/users/<subject>', () => {
    beforeEach(() => call('PUT', VERA, VERAS))

    it('forgets what was linked', async () => {
      const {status, json} = await call('DELETE', VERA)
      assert.deepEqual([status, field(json, 'revoked')], [200, false])
      assert.deepEqual(await keys(), [])
      assert.equal((await call('DELETE', VERA)).status, 404)
    })

    it('wants to know where, for several', async () => {
      await call('PUT', VERA, {...VERAS, provider: 'other'})
      assert.equal((await call('DELETE', VERA)).status, 400)
      assert.equal((await call('DELETE', `${VERA}?provider=other`)).status, 200)
      assert.deepEqual(await keys(), ['jenkins@slack:U1'])
      const limited = await scene.issue(['flow:start'], {as: ['other/subject:slack:*']})
      assert.equal((await call('DELETE', `${VERA}?provider=jenkins`, undefined, limited)).status, 403)
    })
  })

  describe('POST /api/v1/users/<subject>/otp', () => {
    beforeEach(() => call('PUT', VERA, VERAS))

    it('keeps a code for the next call as this user, once', async () => {
      const {status, json, text} = await call('POST', `${VERA}/otp`, {code: '123456'})
      assert.deepEqual([status, field(json, 'provider')], [200, 'jenkins'])
      assert.equal(field(json, 'expires_at'), new Date(world.clock.now() + 60_000).toISOString())
      assert.doesNotMatch(`${text}${inspect([scene.logged, scene.audited], {depth: 9})}`, /123456/)
      const [account] = await world.store.accounts.list()
      assert.ok(account)
      assert.equal((await takeOneTimeCode(world.deps, account))?.reveal(), '123456')
      assert.equal(await takeOneTimeCode(world.deps, account), undefined)
    })

    for (const body of [{}, {code: ''}, {code: 1}, {code: 'a b'}, {code: 'x'.repeat(65)}, {code: '1', more: 1}]) {
      it(`answers 400 for ${JSON.stringify(body).slice(0, 20)}`, async () =>
        assert.equal((await call('POST', `${VERA}/otp`, body)).status, 400))
    }

    it('answers 404 where nothing is linked', async () =>
      assert.equal((await call('POST', `${SAM}/otp`, {code: '1'})).status, 404))
  })

  describe('who may', () => {
    const calls = [
      ['GET', '/api/v1/users'],
      ['GET', VERA],
      ['PUT', VERA, VERAS],
      ['DELETE', VERA],
      ['POST', `${VERA}/otp`, {code: '1'}],
    ] as const

    for (const [method, target, body] of calls) {
      it(`is nobody without flow:start: ${method} ${target}`, async () => {
        assert.equal((await scene.call(method, target, body ? {body} : {})).status, 401)
        for (const scope of ['account:read', 'admin', 'helix']) {
          const token = await scene.issue([scope], {as: ['subject:slack:*']})
          assert.equal((await call(method, target, body, token)).status, 403, scope)
        }
        assert.deepEqual([await keys(), jenkins.calls], [[], []])
      })
    }

    it('is not who may act as any account: chat users are none of these', async () => {
      const any = await scene.issue(['flow:start'])
      assert.equal((await call('PUT', VERA, VERAS, any)).status, 403)
      assert.deepEqual(field((await call('GET', '/api/v1/users', undefined, any)).json, 'users'), [])
    })
  })
})
