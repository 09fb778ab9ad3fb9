import assert from 'node:assert/strict'
import {connect} from 'node:net'
import {text} from 'node:stream/consumers'

import fc from 'fast-check'

import type {Credential} from '../../../src/model/credential.js'
import type {Provider} from '../../../src/model/provider.js'
import {Secret} from '../../../src/model/secret.js'
import {createProviderClient} from '../../../src/providers/oauth-client.js'
import {headers, method, pairs, path} from '../../support/arbitrary-request.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'
import {createFakeClock} from '../../support/fake-clock.js'
import {startJsonServer, type JsonServer} from '../../support/json-server.js'
import {makeProvider} from '../../support/make-provider.js'
import {startOAuth1Server, type OAuth1Server} from '../../support/oauth1-server.js'
import {startPassthrough, type PassthroughScene} from '../../support/passthrough-scene.js'

/** So many requests of each kind; the long run has the full figure. */
const RUNS = process.env.BEHALF_TEST_LONG === '1' ? 20_000 : 300

const COOKIE = 'made-up-session-cookie'
const OWN_KEY = 'made-up-key-of-the-caller'
const FORM: [string, string] = ['Content-Type', 'application/x-www-form-urlencoded']

describe('the passthrough of other kinds than tokens, under arbitrary requests', () => {
  let world: BrokerWorld
  let daemon: PassthroughScene
  let api: JsonServer
  let twitter: OAuth1Server
  let token: string

  before(async () => {
    const clock = createFakeClock()
    world = await makeBrokerWorld({clock, client: createProviderClient({clock})})
    daemon = await startPassthrough(world.deps)
    api = await startJsonServer()
    twitter = await startOAuth1Server(() => clock.now())
    const {userId: _told, ...granted} = twitter.grant('ada')
    await add({name: 'twitter', ...twitter.provider}, {kind: 'oauth1', ...granted, issuedAt: 1})
    const at = {apiUrl: `${api.origin}/v1`, otpHeader: 'X-OTP'}
    const key: Credential = {kind: 'api-key', key: new Secret('made-up-key'), issuedAt: 1}
    await add({name: 'keyed', credentialKinds: ['api-key'], apiKey: {header: 'X-Api-Key'}, ...at}, key)
    const basic: Credential = {kind: 'basic', username: 'ada', password: new Secret('made-up'), issuedAt: 1}
    await add({name: 'jenkins', credentialKinds: ['basic'], ...at}, basic)
    const scopes = ['api:twitter', 'api:keyed', 'api:jenkins']
    token = await daemon.issue(
      scopes,
      ['twitter', 'keyed', 'jenkins'].map((name) => `${name}/subject:slack:U1`),
    )
  })

  after(async () => {
    await daemon.stop()
    await Promise.all([api.stop(), twitter.stop()])
    await world.dispose()
  })

  async function add(parts: Partial<Provider>, credential: Credential): Promise<void> {
    const provider = makeProvider(parts)
    await world.store.providers.put(provider)
    const who = {role: 'user' as const, subject: 'slack:U1', userId: '7', login: 'ada'}
    const {key} = await world.addAccount(provider, who)
    await world.store.accounts.update(key, (account) => ({...account, credential}))
  }

  async function send(start: string, extra: [string, string][], content: string): Promise<string> {
    const lines = [...extra, ['X-Api-Key', OWN_KEY], ['X-OTP', OWN_KEY]]
      .map((line) => `${line.join(': ')}\r\n`)
      .join('')
    const socket = connect(daemon.port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(
      Buffer.from(
        `${start} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nCookie: ${COOKIE}\r\n` +
          `${lines}Content-Length: ${String(content.length)}\r\nConnection: close\r\n\r\n${content}`,
        'latin1',
      ),
    )
    return text(socket.setEncoding('latin1')).catch(() => '')
  }

  it('sends nothing that a service of OAuth 1.0a would take for a wrong signature', async () => {
    let forms = 0
    await fc.assert(
      fc.asyncProperty(method, path, pairs, fc.option(pairs), headers, async (verb, rest, query, form, extra) => {
        const before = twitter.calls.length
        twitter.refused.length = 0
        const asked = rest.includes('?') ? '' : `?${query}`
        const others = form === null ? extra : extra.filter(([name]) => name !== 'Content-Type')
        const typed = form === null ? others : [...others, FORM]
        const answer = await send(`${verb} /api/twitter/${rest}${asked}`, typed, form ?? '')
        assert.match(answer, /^HTTP\/1\.1 \d{3} /)
        assert.deepEqual(twitter.refused, [])
        const passed = twitter.calls.slice(before)
        assert.ok(passed.length <= 1)
        for (const {login} of passed) assert.equal(login, 'ada')
        if (passed.length === 1 && form !== null && form !== '') forms += 1
      }),
      {numRuns: RUNS},
    )
    assert.ok(forms > RUNS / 50, `${String(forms)} forms passed`)
    assert.ok(twitter.calls.length > RUNS / 20, `${String(twitter.calls.length)} requests passed`)
  })

  it('sends nothing of the caller’s to a service of API keys or passwords', async () => {
    const name = fc.constantFrom('keyed', 'jenkins')
    await fc.assert(
      fc.asyncProperty(name, method, path, pairs, headers, async (provider, verb, rest, query, extra) => {
        api.requests.length = 0
        const answer = await send(`${verb} /api/${provider}/${rest}${rest.includes('?') ? '' : `?${query}`}`, extra, '')
        assert.match(answer, /^HTTP\/1\.1 \d{3} /)
        assert.ok(api.requests.length <= 1)
        const [request] = api.requests
        if (!request) return
        const said = JSON.stringify(request.headers)
        for (const own of [token, COOKIE, OWN_KEY]) assert.ok(!said.includes(own), own)
        const {authorization, 'x-api-key': key, 'x-otp': code} = request.headers
        const mine = provider === 'keyed' ? [undefined, 'made-up-key'] : ['Basic YWRhOm1hZGUtdXA=', undefined]
        assert.deepEqual([authorization, key, code], [...mine, undefined])
        assert.ok(request.path.startsWith('/v1/') || request.path.startsWith('/v1?') || request.path === '/v1')
      }),
      {numRuns: RUNS},
    )
  })
})
