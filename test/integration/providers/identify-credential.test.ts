import assert from 'node:assert/strict'

import type {Credential} from '../../../src/model/credential.js'
import type {Provider} from '../../../src/model/provider.js'
import {Secret} from '../../../src/model/secret.js'
import {createProviderClient} from '../../../src/providers/oauth-client.js'
import type {ProviderClient} from '../../../src/providers/provider-client.js'
import {createFakeClock} from '../../support/fake-clock.js'
import {startJsonServer, type JsonServer} from '../../support/json-server.js'
import {makeCredential} from '../../support/make-account.js'
import {makeProvider} from '../../support/make-provider.js'

const KEY: Credential = {kind: 'api-key', key: new Secret('made-up-key'), issuedAt: 0}
const BASIC: Credential = {kind: 'basic', username: 'vera', password: new Secret('pässword: x'), issuedAt: 0}

describe('identifyCredential', () => {
  let server: JsonServer
  let client: ProviderClient

  beforeEach(async () => {
    server = await startJsonServer({'GET /me': {body: {id: 'Vera', name: 'Vera V.'}}})
    client = createProviderClient({clock: createFakeClock(), limits: {connectMs: 1000, totalMs: 300}})
  })
  afterEach(() => server.stop())

  const identify = (credential: Credential, parts: Partial<Provider> = {}) =>
    client.identifyCredential(makeProvider({userinfoUrl: `${server.origin}/me`, ...parts}), credential)
  const sent = (name: string) => server.requests.map(({headers}) => headers[name])

  it('sends each kind in its own way, and tells whose it is', async () => {
    assert.deepEqual(await identify(KEY), {userId: 'Vera', login: 'vera', displayName: 'Vera V.'})
    await identify(BASIC)
    await identify(makeCredential({accessToken: new Secret('made-up-access')}))
    const oauth1: Credential = {kind: 'oauth1', token: new Secret('t'), tokenSecret: new Secret('s'), issuedAt: 0}
    await identify(oauth1)
    const [key, basic, bearer, signed] = sent('authorization')
    assert.deepEqual(
      [key, basic, bearer],
      [
        'Bearer made-up-key',
        `Basic ${Buffer.from('vera:pässword: x', 'utf8').toString('base64')}`,
        'Bearer made-up-access',
      ],
    )
    assert.match(String(signed), /^OAuth .*oauth_token="t"/)
  })

  it('puts a key where the service wants it, beside what the service always wants', async () => {
    await identify(KEY, {apiKey: {header: 'X-Api-Key'}, requestHeaders: {'x-version': '2'}})
    assert.deepEqual(
      [sent('x-api-key'), sent('authorization'), sent('x-version')],
      [['made-up-key'], [undefined], ['2']],
    )
  })

  it('asks in the way that the service takes', async () => {
    server.answers = {'POST /me': {body: {id: 7}}}
    assert.equal((await identify(KEY, {userinfoMethod: 'POST'})).userId, '7')
  })

  it('finds the person where the settings say', async () => {
    server.answers = {'GET /me': {body: {id: 'not this', data: {user: {id: 42, nick: 'Vera_V'}}}}}
    const identity = {userId: 'data.user.id', login: 'data.user.nick'}
    assert.deepEqual(await identify(KEY, {identity}), {userId: '42', login: 'vera_v'})
  })

  it('follows nobody: what a service sends on is refused, and the key goes nowhere else', async () => {
    const elsewhere = await startJsonServer({'GET /me': {body: {id: 'someone'}}})
    try {
      server.answers = {'GET /me': {status: 302, body: '', headers: {location: `${elsewhere.origin}/me`}}}
      await assert.rejects(identify(KEY), {code: 'credential-refused', status: 302})
      assert.deepEqual(elsewhere.requests, [])
    } finally {
      await elsewhere.stop()
    }
  })

  for (const [what, answer, code] of [
    ['401', {status: 401}, 'credential-refused'],
    ['403', {status: 403, body: {id: 'vera'}}, 'credential-refused'],
    ['400', {status: 400}, 'credential-refused'],
    ['404', {status: 404}, 'configuration'],
    ['405', {status: 405}, 'configuration'],
    ['429', {status: 429}, 'unavailable'],
    ['500', {status: 500}, 'unavailable'],
    ['a page', {body: '<html>'}, 'configuration'],
    ['a list', {body: [{id: 'vera'}]}, 'configuration'],
    ['nobody', {body: {id: ''}}, 'configuration'],
    ['an id that is no text', {body: {id: {}}}, 'configuration'],
    ['anonymous', {body: {id: 'anonymous', anonymous: true}}, 'credential-refused'],
    ['not signed in', {body: {id: 'x', authenticated: false}}, 'credential-refused'],
  ] as const) {
    it(`throws ${code} for ${what}, and does not name the secret`, async () => {
      server.answers = {'GET /me': answer}
      await assert.rejects(identify(BASIC), (error: Error & {code?: string; hint?: string}) => {
        assert.equal(error.code, code)
        assert.doesNotMatch(`${error.message} ${error.hint ?? ''}`, /pässword/)
        return true
      })
      assert.equal(server.requests.length, 1)
    })
  }

  it('throws unavailable where nobody is, and configuration without a URL to ask', async () => {
    await assert.rejects(identify(KEY, {userinfoUrl: 'http://127.0.0.1:1/me'}), {code: 'unavailable'})
    const {userinfoUrl: _none, ...mute} = makeProvider()
    await assert.rejects(client.identifyCredential(mute, KEY), {code: 'configuration', hint: /--userinfo-url/})
  })

  it('goes to no private network where the URL was set over HTTP', async () => {
    await assert.rejects(identify(KEY, {addressesFrom: 'http'}), {code: 'unavailable'})
    assert.deepEqual(server.requests, [])
  })
})
