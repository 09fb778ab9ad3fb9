import assert from 'node:assert/strict'
import {once} from 'node:events'
import {createServer, type RequestListener} from 'node:http'
import type {AddressInfo} from 'node:net'
import {text} from 'node:stream/consumers'

import type {Provider} from '../../../src/model/provider.js'
import {Secret} from '../../../src/model/secret.js'
import {createProviderClient} from '../../../src/providers/oauth-client.js'
import type {ProviderClient} from '../../../src/providers/provider-client.js'
import {createFakeClock, type FakeClock} from '../../support/fake-clock.js'
import {makeProvider} from '../../support/make-provider.js'
import {startOAuth1Server, type OAuth1Server} from '../../support/oauth1-server.js'

describe('a login by OAuth 1.0a', () => {
  let clock: FakeClock
  let server: OAuth1Server
  let provider: Provider
  let client: ProviderClient

  beforeEach(async () => {
    clock = createFakeClock(Date.now())
    server = await startOAuth1Server(() => clock.now())
    provider = makeProvider({name: 'twitter', ...server.provider})
    client = createProviderClient({clock})
  })

  afterEach(() => server.stop())

  it('ends with a token and whose it is, by the PIN that the person was shown', async () => {
    const {authorizationUrl, ...temporary} = await client.beginOAuth1(provider, 'oob')
    const decision = await server.decide(authorizationUrl, 'Ada')
    assert.ok(decision.kind === 'pin')
    const {credential, identity} = await client.finishOAuth1(provider, {...temporary, verifier: ` ${decision.pin}\n`})
    assert.deepEqual(identity, {userId: '7000000', login: 'ada'})
    assert.equal(credential.issuedAt, clock.now())
    const url = `${server.origin}/1.1/account/verify_credentials.json`
    const reply = await client.sendCall(provider, credential, {method: 'GET', url, headers: []})
    assert.deepEqual(JSON.parse(await text(reply.body)), {id_str: '7000000', screen_name: 'Ada', name: 'ADA'})
    assert.deepEqual(server.refused, [])
  })

  it('comes back to the callback, with what was in its query', async () => {
    const callback = 'http://localhost:8420/callback?state=a+b%26c'
    const {authorizationUrl, ...temporary} = await client.beginOAuth1(provider, callback, {forceConsent: true})
    const decision = await server.decide(authorizationUrl, 'ada')
    assert.ok(decision.kind === 'redirect')
    const {searchParams} = new URL(decision.url)
    assert.equal(searchParams.get('state'), 'a b&c')
    assert.equal(searchParams.get('oauth_token'), temporary.requestToken)
    const verifier = searchParams.get('oauth_verifier') ?? ''
    assert.equal((await client.finishOAuth1(provider, {...temporary, verifier})).identity.login, 'ada')
    // A request token opens something once.
    await assert.rejects(client.finishOAuth1(provider, {...temporary, verifier}), {code: 'login-failed'})
  })

  it('carries the provider’s own parameters to the authorization page', async () => {
    const own = {...provider, authorizeParams: {lang: 'de'}, consentParams: {force_login: 'true'}}
    const query = async (forceConsent: boolean) =>
      Object.fromEntries(new URL((await client.beginOAuth1(own, 'oob', {forceConsent})).authorizationUrl).searchParams)
    const {oauth_token: token = '', ...others} = await query(true)
    assert.deepEqual([others, token.startsWith('made-up-')], [{lang: 'de', force_login: 'true'}, true])
    assert.equal((await query(false)).force_login, undefined)
  })

  it('is refused for a wrong PIN, and for one before anybody authorized', async () => {
    const {authorizationUrl, ...temporary} = await client.beginOAuth1(provider, 'oob')
    const refused = {code: 'login-failed', message: /^twitter refuses the PIN: .*Could not authenticate you/}
    await assert.rejects(client.finishOAuth1(provider, {...temporary, verifier: '1'}), refused)
    await server.decide(authorizationUrl, 'ada')
    for (const verifier of ['1', 'made up \u{1f4a9}', ''])
      await assert.rejects(client.finishOAuth1(provider, {...temporary, verifier}), {code: 'login-failed'})
  })

  it('names the client when the service does not know it, and the clock when that is off', async () => {
    const other = {...provider, clientSecret: new Secret('made-up-other-secret')}
    await assert.rejects(client.beginOAuth1(other, 'oob'), (error: Error & {code: string; hint: string}) => {
      assert.equal(error.code, 'provider-misconfigured')
      assert.equal(error.message, 'twitter refuses the client made-up-consumer-key (Could not authenticate you).')
      assert.ok(!`${error.message}${error.hint}`.includes('made-up-other-secret'))
      return true
    })
    const ahead = createFakeClock(clock.now() + 20 * 60_000)
    await assert.rejects(createProviderClient({clock: ahead}).beginOAuth1(provider, 'oob'), {
      code: 'provider-misconfigured',
      hint: 'The clock of this machine is 20 minutes ahead of the service’s. Set it.',
    })
  })

  it('needs a client secret and a URL for request tokens', async () => {
    const {clientSecret: _none, ...open} = provider
    await assert.rejects(client.beginOAuth1(open, 'oob'), {code: 'configuration'})
    const {requestTokenUrl: _nowhere, ...other} = provider
    await assert.rejects(client.beginOAuth1(other, 'oob'), {code: 'configuration'})
  })
})

describe('answers of a service of OAuth 1.0a', () => {
  let stop: () => Promise<void>
  let provider: Provider
  let client: ProviderClient

  // Its clock is compared with the server's: what was the time when this file was loaded is long ago in a whole run.
  beforeEach(() => {
    client = createProviderClient({clock: createFakeClock(Date.now())})
  })

  async function answerWith(listener: RequestListener): Promise<void> {
    const server = createServer(listener)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
    provider = makeProvider({requestTokenUrl: `${origin}/r`, authorizeUrl: `${origin}/a`, tokenUrl: `${origin}/t`})
    stop = async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    }
  }

  afterEach(() => stop())

  const reply = (status: number, body: string) =>
    answerWith((_request, response) => response.writeHead(status).end(body))

  it('are refused from before revision A, which does not confirm the callback', async () => {
    await reply(200, 'oauth_token=made-up&oauth_token_secret=made-up')
    await assert.rejects(client.beginOAuth1(provider, 'oob'), {code: 'login-failed', message: /revision A/})
  })

  it('are refused when they are no form, name a thing twice, or hold what no token is made of', async () => {
    const confirmed = '&oauth_callback_confirmed=true'
    for (const body of [
      '',
      '{"oauth_token":"made-up"}',
      '<html>made up</html>',
      `oauth_token=a&oauth_token=b&oauth_token_secret=c${confirmed}`,
      `oauth_token=a%0d%0ab&oauth_token_secret=c${confirmed}`,
      `oauth_token=&oauth_token_secret=c${confirmed}`,
      `oauth_token=${'x'.repeat(5_000)}&oauth_token_secret=c${confirmed}`,
    ]) {
      await reply(200, body)
      await assert.rejects(client.beginOAuth1(provider, 'oob'), {code: 'login-failed'}, body.slice(0, 80))
      await stop()
    }
    await reply(200, 'x')
  })

  it('of 5xx are nobody’s fault here, and a redirect is not followed', async () => {
    await reply(503, 'made up')
    await assert.rejects(client.beginOAuth1(provider, 'oob'), {code: 'unavailable'})
    await stop()
    await answerWith((_request, response) => response.writeHead(302, {location: '/elsewhere'}).end())
    await assert.rejects(client.beginOAuth1(provider, 'oob'), {code: 'provider-misconfigured'})
  })

  it('are quoted without the secrets that were sent, and without steering a terminal', async () => {
    await answerWith((request, response) => {
      response
        .writeHead(401)
        .end(`oauth_problem=token_rejected%1b[31m+made-up-temporary-secret+${request.method ?? ''}`)
    })
    const authorization = {
      requestToken: 'made-up-request-token',
      requestTokenSecret: new Secret('made-up-temporary-secret'),
      verifier: 'made-up-verifier',
    }
    await assert.rejects(client.finishOAuth1(provider, authorization), {
      message: 'example refuses the PIN: it is wrong, used or too old (token_rejected [31m [secret] POST).',
    })
  })

  it('that are pages for browsers are not quoted', async () => {
    await reply(401, `<html>${'made up '.repeat(1_000)}</html>`)
    await assert.rejects(client.beginOAuth1(provider, 'oob'), {
      message: 'example refuses the client made-up-client.',
    })
  })
})
