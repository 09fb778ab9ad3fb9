import assert from 'node:assert/strict'

import {changeProvider} from '../../../../src/broker/change-provider.js'
import {findEstrangement} from '../../../../src/model/account-status.js'
import type {Provider} from '../../../../src/model/provider.js'
import {Secret} from '../../../../src/model/secret.js'
import {startApi, type ApiScene, type CallOptions} from '../../../support/api-scene.js'
import {
  makeBrokerWorld,
  makeProviderClient,
  makeProviderSource,
  type BrokerWorld,
} from '../../../support/broker-world.js'
import type {SeenAnswer} from '../../../support/expect-described.js'
import {makeProvider} from '../../../support/make-provider.js'

/** What the tables of such backends have in a row. */
const ROW = {
  client_id: 'made-up-client',
  client_secret: 'made-up-client-secret',
  provider_scope: 'read write',
  authorisation_base_url: 'https://id.example.test/authorize',
  token_grabber_base_url: 'https://id.example.test/token',
  user_info_base_url: 'https://api.example.test/me',
}

const field = (answer: SeenAnswer, name: string): unknown => (answer.json as Record<string, unknown>)[name]
const without = (name: keyof typeof ROW): Partial<typeof ROW> => {
  const {[name]: _gone, ...rest} = ROW
  return rest
}

describe('the providers of the API', () => {
  let world: BrokerWorld
  let scene: ApiScene
  let admin: string
  beforeEach(async () => {
    world = await makeBrokerWorld({client: {revoke: () => Promise.resolve({kind: 'revoked'})}})
    scene = await startApi(world.deps)
    admin = await scene.issue(['admin'], {name: 'admin'})
  })
  afterEach(async () => {
    await scene.stop()
    await world.dispose()
  })

  const call = (method: string, name: string, body?: CallOptions['body'], rest: CallOptions = {}) =>
    scene.call(method, `/api/v1/oauth/${name}`, {token: admin, ...(body !== undefined && {body}), ...rest})
  const stored = async (name = 'forge'): Promise<Provider | undefined> => world.store.providers.get(name)
  const form = (fields: Record<string, string>): CallOptions & {body: string} => ({
    headers: {'content-type': 'application/x-www-form-urlencoded'},
    body: new URLSearchParams(fields).toString(),
  })
  const estrangement = async (name = 'forge') => {
    const [account, provider] = [await world.store.accounts.get(`${name}:2002`), await stored(name)]
    assert.ok(account && provider)
    return findEstrangement(account, provider)
  }
  const addWithAccount = async (row: object = ROW): Promise<void> => {
    assert.equal((await call('POST', 'forge', row)).status, 200)
    const provider = await stored()
    assert.ok(provider)
    await world.addAccount(provider)
  }

  it('are for `admin` alone', async () => {
    const token = await scene.issue(['account:read', 'introspect'])
    for (const [method, path] of [
      ['GET', '/api/v1/oauth'],
      ['GET', '/api/v1/oauth/forge'],
      ['POST', '/api/v1/oauth/forge'],
      ['PUT', '/api/v1/oauth/forge'],
      ['PATCH', '/api/v1/oauth/forge'],
      ['DELETE', '/api/v1/oauth/forge'],
    ] as const) {
      const body = method === 'GET' || method === 'DELETE' ? {} : {body: ROW}
      assert.equal((await scene.call(method, path, body)).status, 401, `${method} ${path}`)
      assert.equal((await scene.call(method, path, {token, ...body})).status, 403, `${method} ${path}`)
    }
    assert.deepEqual(await world.store.providers.list(), [])
  })

  describe('POST', () => {
    it('adds one, and never shows its secret', async () => {
      const answer = await call('POST', 'forge', ROW)
      assert.equal(answer.status, 200)
      assert.deepEqual(
        [field(answer, 'name'), field(answer, 'confidential'), field(answer, 'provider_scope')],
        ['forge', true, 'read write'],
      )
      assert.ok((await stored())?.clientSecret?.equals(new Secret('made-up-client-secret')))
      for (const seen of [
        answer,
        await call('GET', 'forge'),
        await scene.call('GET', '/api/v1/oauth', {token: admin}),
      ]) {
        assert.doesNotMatch(seen.text, /made-up-client-secret|"client_secret"/)
      }
    })

    it('takes a form, as the ancestors sent', async () => {
      const answer = await call('POST', 'forge', undefined, form({...ROW, pkce: 'false', refresh_replay: 'grace:30'}))
      assert.equal(answer.status, 200)
      const provider = await stored()
      assert.deepEqual([provider?.pkce, provider?.replay], [false, {kind: 'grace', graceMs: 30_000}])
      assert.deepEqual(provider?.scopes.bot, ['read', 'write'])
    })

    it('needs the client alone where a preset knows the rest', async () => {
      const client = {client_id: 'made-up', client_secret: 'made-up-secret'}
      assert.equal((await call('POST', 'github', client)).status, 200)
      assert.equal((await call('POST', 'work', {...client, preset: 'github'})).status, 200)
      assert.equal((await stored('work'))?.dialect, 'github')
      const {status, json} = await call('POST', 'other', {client_id: 'made-up', preset: 'githb'})
      assert.equal(status, 400)
      assert.match(JSON.stringify(json), /Did you mean github/)
    })

    it('needs no client for a service of API keys, but to know where a key can be tried', async () => {
      const service = {
        credential_kinds: ['api-key'],
        api_key_header: 'X-Api-Key',
        user_info_base_url: ROW.user_info_base_url,
      }
      const answer = await call('POST', 'keys', service)
      assert.equal(answer.status, 400)
      assert.match(String(field(answer, 'message')), /api_url/)
      const added = await call('POST', 'keys', undefined, {
        ...form({
          ...service,
          credential_kinds: 'api-key basic',
          api_url: 'https://api.example.test',
          identity_user_id: 'me.id',
        }),
      })
      assert.deepEqual(
        [
          added.status,
          field(added, 'credential_kinds'),
          field(added, 'api_key_header'),
          field(added, 'identity_user_id'),
        ],
        [200, ['api-key', 'basic'], 'X-Api-Key', 'me.id'],
      )
    })

    it('fills in the options of a preset', async () => {
      const client = {client_id: 'made-up', client_secret: 'made-up-secret', preset: 'shopify'}
      const answer = await call('POST', 'shop', {...client, preset_options: {subdomain: 'made-up-shop'}})
      assert.equal(answer.status, 200, answer.text)
      assert.match(String(field(answer, 'token_grabber_base_url')), /made-up-shop/)
    })

    it('takes a client without a secret that says so', async () => {
      const answer = await call('POST', 'forge', {...without('client_secret'), auth_method: 'none'})
      assert.deepEqual([answer.status, field(answer, 'confidential')], [200, false])
    })

    for (const name of Object.keys(ROW) as (keyof typeof ROW)[]) {
      it(`names ${name} when it is missing`, async () => {
        const answer = await call('POST', 'forge', without(name))
        assert.deepEqual([answer.status, field(answer, 'message')], [400, `These fields are missing: ${name}.`])
        assert.equal(await stored(), undefined)
      })
    }

    it('names all that is missing', async () => {
      const expected = `These fields are missing: ${Object.keys(ROW).join(', ')}.`
      assert.equal(field(await call('POST', 'forge', {}), 'message'), expected)
      assert.equal(field(await call('POST', 'forge'), 'message'), expected)
    })

    const wrong: [string, CallOptions['body'], number][] = [
      ['a field that there is not', {...ROW, token_url: 'https://id.example.test'}, 400],
      ['a name in the body', {...ROW, name: 'smithy'}, 400],
      ['an empty client id', {...ROW, client_id: '  '}, 400],
      ['a client id with a space in it', {...ROW, client_id: 'a b'}, 400],
      ['a secret that is a number', {...ROW, client_secret: 1}, 400],
      ['a URL without TLS', {...ROW, token_grabber_base_url: 'http://id.example.test/token'}, 400],
      ['a URL with a password', {...ROW, user_info_base_url: 'https://a:b@id.example.test/'}, 400],
      ['a URL of another scheme', {...ROW, authorisation_base_url: 'file:///etc/passwd'}, 400],
      ['no URL', {...ROW, revoke_url: 'nonsense'}, 400],
      ['a dialect that there is not', {...ROW, dialect: 'klingon'}, 400],
      ['a way of replay that there is not', {...ROW, refresh_replay: 'often'}, 400],
      ['a list', [], 400],
      ['half of it', '{"client_id":', 400],
    ]
    for (const [what, body, status] of wrong) {
      it(`answers ${String(status)} for ${what}, and stores nothing`, async () => {
        const headers = typeof body === 'string' ? {'content-type': 'application/json'} : {}
        assert.equal((await call('POST', 'forge', body, {headers})).status, status)
        assert.equal(await stored(), undefined)
      })
    }

    it('says which field a wrong URL is in', async () => {
      const answer = await call('POST', 'forge', {...ROW, token_grabber_base_url: 'http://id.example.test'})
      assert.match(String(field(answer, 'message')), /^token_grabber_base_url is not a URL/)
    })

    it('answers 415 for what is neither JSON nor a form', async () => {
      const text = {headers: {'content-type': 'text/plain'}, body: JSON.stringify(ROW)}
      assert.equal((await call('POST', 'forge', undefined, text)).status, 415)
    })

    it('answers 400 for a form with a field twice', async () => {
      const twice = form(ROW)
      assert.equal((await call('POST', 'forge', undefined, {...twice, body: `${twice.body}&client_id=b`})).status, 400)
    })

    for (const name of ['v1', 'Forge', '-forge', 'a'.repeat(41), 'a%20b']) {
      it(`answers 400 for the name ${name}`, async () => {
        for (const method of ['POST', 'PUT', 'PATCH']) assert.equal((await call(method, name, ROW)).status, 400)
      })
    }

    it('takes no name that is a place of ours', async () => {
      for (const name of ['login', 'callback']) {
        const headers = {authorization: `Bearer ${admin}`, 'content-type': 'application/json'}
        const answer = await fetch(`${scene.origin}/api/v1/oauth/${name}`, {
          method: 'PUT',
          headers,
          body: JSON.stringify(ROW),
        })
        assert.equal(answer.status, name === 'login' ? 400 : 405)
        assert.equal(await stored(name), undefined)
      }
    })

    it('answers 409 for one that is there, even with the same settings', async () => {
      await call('POST', 'forge', ROW)
      const answer = await call('POST', 'forge', ROW)
      assert.deepEqual([answer.status, answer.headers.get('x-behalf-error')], [409, 'provider-exists'])
    })

    it('adds one only once, however many ask at the same time', async () => {
      const ids = ['one', 'two', 'three', 'four', 'five']
      const answers = await Promise.all(ids.map((id) => call('POST', 'forge', {...ROW, client_id: id})))
      assert.deepEqual(answers.map(({status}) => status).sort(), [200, 409, 409, 409, 409])
      const winner = ids[answers.findIndex(({status}) => status === 200)]
      assert.equal((await stored())?.clientId, winner)
    })
  })

  describe('PUT', () => {
    it('sets all of it anew', async () => {
      await call('POST', 'forge', {...ROW, revoke_url: 'https://id.example.test/revoke'})
      const answer = await call('PUT', 'forge', {
        ...ROW,
        client_secret: 'another-made-up-secret',
        provider_scope: 'read',
      })
      assert.deepEqual([answer.status, field(answer, 'revoke_url')], [200, undefined])
      const provider = await stored()
      assert.deepEqual(provider?.scopes.user, ['read'])
      assert.ok(provider.clientSecret?.equals(new Secret('another-made-up-secret')))
    })

    it('wants all of it, and answers 404 for one that is not there', async () => {
      assert.equal((await call('PUT', 'forge', ROW)).status, 404)
      await call('POST', 'forge', ROW)
      assert.equal((await call('PUT', 'forge', {client_id: 'made-up'})).status, 400)
    })
  })

  describe('PATCH', () => {
    beforeEach(async () => addWithAccount())

    it('changes what is given, and leaves the accounts alone', async () => {
      const answer = await call('PATCH', 'forge', {provider_scope: 'read', client_secret: 'another-made-up-secret'})
      assert.deepEqual([answer.status, field(answer, 'login_needed')], [200, 0])
      assert.equal(await estrangement(), undefined)
      assert.ok((await stored())?.clientSecret?.equals(new Secret('another-made-up-secret')))
    })

    it('answers 400 where nothing is given, 404 where it is not there', async () => {
      assert.equal((await call('PATCH', 'forge', {})).status, 400)
      assert.equal((await call('PATCH', 'forge')).status, 400)
      assert.equal((await call('PATCH', 'smithy', {pkce: false})).status, 404)
    })

    for (const [name, url] of [
      ['token_grabber_base_url', 'https://elsewhere.test/token'],
      ['user_info_base_url', 'https://elsewhere.test/me'],
      ['api_url', 'https://elsewhere.test'],
      ['revoke_url', 'https://elsewhere.test/revoke'],
      ['validate_url', 'https://elsewhere.test/validate'],
      ['preset', 'github'],
    ] as const) {
      it(`erases the secret and has the accounts log in again when ${name} leads elsewhere (rule 10)`, async () => {
        const answer = await call('PATCH', 'forge', {[name]: url})
        assert.deepEqual([answer.status, field(answer, 'confidential'), field(answer, 'login_needed')], [200, false, 1])
        assert.equal((await stored())?.clientSecret, undefined)
        assert.equal(await estrangement(), 'origin-changed')
      })
    }

    it('erases the secret for another device address too, which would be sent it', async () => {
      await call('PATCH', 'forge', {device_url: 'https://elsewhere.test/device'})
      assert.equal((await stored())?.clientSecret, undefined)
      assert.equal(await estrangement(), undefined)
    })

    for (const change of [
      {identity_user_id: 'nickname'},
      {identity_login: 'nickname'},
      {identity_display_name: 'nickname'},
      {dialect: 'github'},
    ]) {
      it(`erases the secret where people would be known by something else: ${JSON.stringify(change)}`, async () => {
        assert.equal(field(await call('PATCH', 'forge', change), 'confidential'), false)
        assert.equal((await stored())?.clientSecret, undefined)
        await call('PATCH', 'forge', {client_secret: 'given-made-up-secret'})
        assert.equal(field(await call('PATCH', 'forge', change), 'confidential'), true)
      })
    }

    it('keeps a secret that is given with the new address, and no other', async () => {
      const change = {token_grabber_base_url: 'https://elsewhere.test/token', client_secret: 'given-made-up-secret'}
      await call('PATCH', 'forge', change)
      assert.ok((await stored())?.clientSecret?.equals(new Secret('given-made-up-secret')))
      assert.equal(await estrangement(), 'origin-changed')
    })

    it('keeps the secret when only the path of an address changes', async () => {
      await call('PATCH', 'forge', {token_grabber_base_url: 'https://id.example.test/v2/token'})
      assert.ok((await stored())?.clientSecret)
      assert.equal(await estrangement(), undefined)
    })

    it('has the accounts log in again under another client id, whose secret was not the old one', async () => {
      assert.equal(field(await call('PATCH', 'forge', {client_id: 'another'}), 'login_needed'), 1)
      assert.deepEqual([(await stored())?.clientSecret, await estrangement()], [undefined, 'client-changed'])
    })

    it('has no way to keep the accounts', async () => {
      assert.equal((await call('PATCH', 'forge', {keep_accounts: true})).status, 400)
    })

    it('loses none of the changes that are made at the same time', async () => {
      const changes = [{pkce: false}, {provider_scope: 'one'}, {refresh_replay: 'safe'}, {auth_method: 'basic'}]
      const answers = await Promise.all(changes.map((change) => call('PATCH', 'forge', change)))
      assert.deepEqual(new Set(answers.map(({status}) => status)), new Set([200]))
      const provider = await stored()
      assert.deepEqual(
        [provider?.pkce, provider?.scopes.user, provider?.replay, provider?.authMethod],
        [false, ['one'], {kind: 'safe'}, 'basic'],
      )
    })
  })

  describe('PATCH of the name', () => {
    it('calls it otherwise while nothing goes by its name', async () => {
      await call('POST', 'forge', ROW)
      const answer = await call('PATCH', 'forge', {name: 'smithy', pkce: false})
      assert.deepEqual([answer.status, field(answer, 'name'), field(answer, 'pkce')], [200, 'smithy', false])
      assert.equal(await stored(), undefined)
      assert.ok((await stored('smithy'))?.clientSecret?.equals(new Secret('made-up-client-secret')))
    })

    it('is refused with 409 while it has accounts, flows or API tokens, and changes nothing', async () => {
      await call('POST', 'forge', ROW)
      const token = await scene.issue(['api:forge:read'])
      const refused = async () => {
        const answer = await call('PATCH', 'forge', {name: 'smithy', pkce: false})
        assert.deepEqual([answer.status, answer.headers.get('x-behalf-error')], [409, 'provider-in-use'])
        assert.deepEqual([(await stored())?.pkce, await stored('smithy')], [true, undefined])
      }
      await refused()
      await scene.call('DELETE', `/api/v1/tokens/${token.slice(4, 12)}`, {token: admin})
      await addAccountOf('forge')
      await refused()
    })

    it('is refused where the name is taken or none', async () => {
      await call('POST', 'forge', ROW)
      await call('POST', 'smithy', ROW)
      assert.equal((await call('PATCH', 'forge', {name: 'smithy'})).status, 409)
      for (const name of ['login', 'callback', 'v1', 'Forge', '']) {
        assert.equal((await call('PATCH', 'forge', {name})).status, 400, name)
      }
      assert.ok(await stored())
    })
  })

  const addAccountOf = async (name: string): Promise<void> => {
    const provider = await stored(name)
    assert.ok(provider)
    await world.addAccount(provider)
  }

  describe('DELETE', () => {
    it('removes it with its accounts, which are revoked, and no others', async () => {
      await call('POST', 'smithy', ROW)
      await addAccountOf('smithy')
      await addWithAccount({...ROW, revoke_url: 'https://id.example.test/revoke'})
      const answer = await call('DELETE', 'forge')
      assert.deepEqual(
        [answer.status, field(answer, 'removed_accounts'), field(answer, 'revoked_accounts')],
        [200, 1, 1],
      )
      assert.deepEqual(
        (await world.store.accounts.list()).map(({key}) => key),
        ['smithy:2002'],
      )
      assert.equal((await call('GET', 'forge')).status, 404)
      assert.equal((await call('DELETE', 'forge')).status, 404)
    })

    it('forgets them without being revoked where that is said', async () => {
      await addWithAccount()
      const client = makeProviderClient()
      world.deps.providerClient.revoke = client.revoke.bind(client)
      const answer = await scene.call('DELETE', '/api/v1/oauth/forge?keep_grant=true', {token: admin})
      assert.deepEqual([answer.status, field(answer, 'revoked_accounts')], [200, 0])
      assert.deepEqual(await world.store.accounts.list(), [])
    })

    it('forgets what was granted under other settings without sending it anywhere', async () => {
      await addWithAccount()
      await call('PATCH', 'forge', {revoke_url: 'https://elsewhere.test/revoke'})
      const sent: unknown[] = []
      world.deps.providerClient.revoke = (provider) => {
        sent.push(provider.revokeUrl)
        return Promise.resolve({kind: 'revoked'})
      }
      assert.equal((await call('DELETE', 'forge')).status, 200)
      assert.deepEqual([sent, await world.store.accounts.list()], [[], []])
    })

    it('forgets nothing when the service cannot be reached', async () => {
      await addWithAccount()
      world.deps.providerClient.revoke = () => Promise.resolve({kind: 'failed', reason: 'it is down'})
      const answer = await call('DELETE', 'forge')
      assert.equal(answer.status, 503)
      assert.ok(await stored())
      assert.ok(await world.store.accounts.get('forge:2002'))
    })

    it('refuses a parameter that it does not know', async () => {
      await addWithAccount()
      assert.equal((await scene.call('DELETE', '/api/v1/oauth/forge?keep=true', {token: admin})).status, 400)
      assert.ok(await stored())
    })
  })

  describe('whose client the environment gives', () => {
    const clientSecret = new Secret('made-up-secret-of-the-environment')
    beforeEach(async () => {
      await scene.stop()
      const overrides = [
        {name: 'forge', clientSecret},
        {name: 'twitch', clientId: 'made-up', clientSecret},
      ]
      scene = await startApi({...world.deps, providers: makeProviderSource({overrides})})
    })

    it('are not led elsewhere: nobody could take the secret back', async () => {
      assert.equal((await call('POST', 'forge', ROW)).status, 403)
      assert.equal((await call('POST', 'twitch', {...ROW, provider_scope: 'chat:read'})).status, 403)
      await world.store.providers.put(makeProvider({name: 'forge'}))
      assert.equal((await call('PATCH', 'forge', {api_url: 'https://elsewhere.test'})).status, 403)
      assert.equal((await call('PUT', 'forge', {...ROW, token_grabber_base_url: 'https://elsewhere.test'})).status, 403)
      await world.store.providers.put(makeProvider({name: 'smithy'}))
      assert.equal((await call('PATCH', 'smithy', {name: 'twitch'})).status, 403)
      assert.equal((await stored())?.apiUrl, undefined)
    })

    it('may be changed in what sends it nowhere else', async () => {
      await world.store.providers.put(makeProvider({name: 'forge'}))
      assert.equal((await call('PATCH', 'forge', {pkce: false})).status, 200)
      assert.equal((await call('GET', 'twitch')).status, 200)
    })
  })

  it('remember which addresses came over HTTP', async () => {
    await world.store.providers.put(makeProvider({name: 'forge'}))
    const origin = async (): Promise<unknown> => field(await call('GET', 'forge'), 'addresses_from')
    await call('PATCH', 'forge', {pkce: false})
    assert.equal(await origin(), 'terminal')
    await call('PATCH', 'forge', {user_info_base_url: 'https://id.example.test/me'})
    assert.equal(await origin(), 'http')
    await call('PATCH', 'forge', {pkce: true})
    assert.equal(await origin(), 'http')
    await call('POST', 'smithy', ROW)
    assert.equal((await stored('smithy'))?.addressesFrom, 'http')
    // At the terminal one of many may be changed, and the others stay what they were; or all are set anew.
    const typed = {name: 'smithy', clientId: 'made-up', tokenUrl: 'https://id.example.test/token'}
    await changeProvider(world.deps, typed, {anew: false})
    assert.equal((await stored('smithy'))?.addressesFrom, 'http')
    await changeProvider(world.deps, typed, {anew: true})
    assert.equal((await stored('smithy'))?.addressesFrom, undefined)
  })
})
