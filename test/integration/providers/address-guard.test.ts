import assert from 'node:assert/strict'
import {once} from 'node:events'
import {createServer, type AddressInfo, type Server} from 'node:net'

import {callHelix} from '../../../src/helix/helix-client.js'
import type {AddressGuard} from '../../../src/model/address-guard.js'
import type {Provider} from '../../../src/model/provider.js'
import {Secret} from '../../../src/model/secret.js'
import {createAddressGuard, type Resolve} from '../../../src/providers/create-address-guard.js'
import {createProviderClient} from '../../../src/providers/oauth-client.js'
import type {ProviderClient} from '../../../src/providers/provider-client.js'
import {createFakeClock} from '../../support/fake-clock.js'
import {makeCredential} from '../../support/make-account.js'
import {makeProvider} from '../../support/make-provider.js'

const TOKEN = new Secret('made-up-token')
const REQUEST = {
  redirectUri: 'http://localhost:8420/callback',
  state: new Secret('made-up-state'),
  scopes: [],
  forceConsent: false,
}
const GRANT = {accessToken: TOKEN, tokenType: 'bearer', issuedAt: 0}

/** Everything by which a provider is spoken to; what comes back says that it could not be reached, or it throws so. */
const EXCHANGES: Record<string, (client: ProviderClient, provider: Provider) => Promise<unknown>> = {
  'a code': (client, provider) =>
    client.exchangeCode(provider, new URLSearchParams({code: 'made-up', state: 'made-up-state'}), REQUEST),
  'a device code': (client, provider) => client.startDevice(provider, []),
  'the poll of a device': (client, provider) =>
    client.pollDevice(
      provider,
      {deviceCode: TOKEN, userCode: 'A', verificationUri: '', expiresAt: 1e15, intervalMs: 1},
      [],
    ),
  'a refresh': (client, provider) => client.sendRefresh(provider, TOKEN, () => Promise.resolve(true)),
  'a revocation': (client, provider) => client.revoke(provider, TOKEN, 'access_token'),
  'a validation': (client, provider) => client.validate({...provider, dialect: 'twitch'}, TOKEN),
  'who it was': (client, provider) => client.identify(provider, GRANT),
  'the app token': (client, provider) => client.requestAppToken(provider),
  'what is known of the client': (client, provider) => client.checkClient(provider),
  'temporary credentials': (client, provider) => client.beginOAuth1(provider, 'oob'),
  discovery: (client, provider) => client.discover(String(provider.tokenUrl), {addressesFrom: 'http'}),
  'a call': (client, provider) =>
    client.sendCall(provider, makeCredential(), {method: 'GET', url: `${String(provider.apiUrl)}/me`, headers: []}),
}

describe('the address guard', () => {
  let server: Server
  let port: number
  let connections: number
  let answer: string
  beforeEach(async () => {
    connections = 0
    answer = 'HTTP/1.1 503 Down\r\ncontent-length: 0\r\n\r\n'
    server = createServer((socket) => {
      connections += 1
      socket.on('error', () => undefined)
      socket.on('data', () => socket.end(answer))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  })
  afterEach(async () => {
    server.close()
    await once(server, 'close')
  })

  /** A provider all of whose URLs are at this host, and came over HTTP. */
  function remoteProvider(host: string, parts: Partial<Provider> = {}): Provider {
    const base = `http://${host}:${String(port)}`
    return makeProvider({
      addressesFrom: 'http',
      authorizeUrl: `${base}/authorize`,
      tokenUrl: `${base}/token`,
      deviceUrl: `${base}/device`,
      revokeUrl: `${base}/revoke`,
      validateUrl: `${base}/validate`,
      userinfoUrl: `${base}/me`,
      apiUrl: `${base}/api`,
      requestTokenUrl: `${base}/request-token`,
      ...parts,
    })
  }

  const clientOf = (guard: AddressGuard): ProviderClient => createProviderClient({clock: createFakeClock(), guard})
  const outcomeOf = async (exchange: Promise<unknown>): Promise<string> =>
    exchange.then(
      (outcome) => JSON.stringify(outcome),
      (error: unknown) => String(error),
    )
  const resolveTo =
    (...addresses: string[]): Resolve =>
    (_host, _options, callback) => {
      callback(
        null,
        addresses.map((address) => ({address, family: address.includes(':') ? 6 : 4})),
      )
    }

  for (const [what, exchange] of Object.entries(EXCHANGES)) {
    for (const host of ['127.0.0.1', 'localhost']) {
      it(`keeps ${what} from ${host}`, async () => {
        const outcome = await outcomeOf(
          exchange(clientOf(createAddressGuard({allowPrivate: false})), remoteProvider(host)),
        )
        assert.match(outcome, /where a URL set over HTTP may not lead|"kind":"unavailable"|could not be reached/)
        assert.equal(connections, 0)
      })
    }

    it(`lets ${what} go there where that is allowed`, async () => {
      await outcomeOf(exchange(clientOf(createAddressGuard({allowPrivate: true})), remoteProvider('127.0.0.1')))
      assert.notEqual(connections, 0)
    })

    it(`lets ${what} of the terminal’s providers go there`, async () => {
      if (what === 'discovery') return
      const {addressesFrom: _http, ...provider} = remoteProvider('localhost')
      await outcomeOf(exchange(clientOf(createAddressGuard({allowPrivate: false})), provider))
      assert.notEqual(connections, 0)
    })
  }

  it('says of a refresh that nothing was sent', async () => {
    const client = clientOf(createAddressGuard({allowPrivate: false}))
    const sent = await client.sendRefresh(remoteProvider('localhost'), TOKEN, () => assert.fail('it was connected'))
    assert.equal(sent.kind, 'not-sent')
  })

  it('says of the whole that it cannot be reached', async () => {
    const client = clientOf(createAddressGuard({allowPrivate: false}))
    assert.equal(await client.canReach(remoteProvider('localhost')), false)
    assert.equal(connections, 0)
  })

  for (const host of [
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '169.254.169.254',
    '2130706433',
    '0x7f.1',
    '0',
  ]) {
    it(`takes https://${host} for what it is`, async () => {
      const tokenUrl = `https://${host}:${String(port)}/token`
      const guard = createAddressGuard({allowPrivate: false, resolve: () => assert.fail('nobody was to ask')})
      const sent = await clientOf(guard).sendRefresh(remoteProvider('localhost', {tokenUrl}), TOKEN, () =>
        Promise.resolve(true),
      )
      assert.ok(sent.kind === 'not-sent')
      assert.match(sent.reason, /where a URL set over HTTP may not lead/)
      assert.equal(connections, 0)
    })
  }

  for (const address of [
    '169.254.169.254',
    '100.100.100.200',
    '168.63.129.16',
    'fd00:ec2::254',
    '::ffff:169.254.169.254',
    '0.0.0.0',
  ]) {
    it(`keeps from ${address} even where private networks are allowed`, async () => {
      const guard = createAddressGuard({allowPrivate: true, resolve: resolveTo(address)})
      const sent = await clientOf(guard).sendRefresh(remoteProvider('localhost'), TOKEN, () => Promise.resolve(true))
      assert.ok(sent.kind === 'not-sent')
      assert.match(sent.reason, /reserved address/)
    })
  }

  it('refuses a name with one such address among others', async () => {
    for (const addresses of [
      ['1.1.1.1', '127.0.0.1'],
      ['2606:4700::1111', '::1'],
    ]) {
      const guard = createAddressGuard({allowPrivate: false, resolve: resolveTo(...addresses)})
      const sent = await clientOf(guard).sendRefresh(remoteProvider('localhost'), TOKEN, () => Promise.resolve(true))
      assert.equal(sent.kind, 'not-sent')
    }
    assert.equal(connections, 0)
  })

  it('connects to the very address that was judged, whatever the name means a moment later', async () => {
    const answers = ['127.0.0.1', '169.254.169.254']
    let asked = 0
    const resolve: Resolve = (host, options, callback) => {
      resolveTo(answers[asked++] ?? '')(host, options, callback)
    }
    const client = clientOf(createAddressGuard({allowPrivate: true, resolve}))
    assert.equal(
      (await client.sendRefresh(remoteProvider('localhost'), TOKEN, () => Promise.resolve(true))).kind,
      'reply',
    )
    assert.deepEqual([asked, connections], [1, 1])
    assert.equal(
      (await client.sendRefresh(remoteProvider('localhost'), TOKEN, () => Promise.resolve(true))).kind,
      'not-sent',
    )
  })

  it('has nobody sent elsewhere by a redirect', async () => {
    answer = `HTTP/1.1 307 Elsewhere\r\nlocation: http://127.0.0.1:${String(port)}/again\r\ncontent-length: 0\r\n\r\n`
    const client = clientOf(createAddressGuard({allowPrivate: true}))
    await outcomeOf(client.identify(remoteProvider('127.0.0.1'), GRANT))
    assert.equal(connections, 1)
  })

  describe('before Helix', () => {
    const call = (host: string, guard?: AddressGuard) =>
      callHelix(
        {apiUrl: `http://${host}:${String(port)}`, addressesFrom: 'http', method: 'GET', path: '/users', query: ''},
        {accessToken: TOKEN, clientId: 'made-up'},
        guard,
      )

    for (const host of ['127.0.0.1', 'localhost']) {
      it(`keeps a call from ${host}, and lets it go there where that is allowed`, async () => {
        await assert.rejects(call(host, createAddressGuard({allowPrivate: false})), {code: 'unavailable'})
        await assert.rejects(call(host), {code: 'internal'})
        assert.equal(connections, 0)
        assert.equal((await call(host, createAddressGuard({allowPrivate: true}))).status, 503)
      })
    }
  })
})
