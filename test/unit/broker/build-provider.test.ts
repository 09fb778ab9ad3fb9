import assert from 'node:assert/strict'

import {buildProvider, type ProviderInput} from '../../../src/broker/build-provider.js'
import type {Provider} from '../../../src/model/provider.js'
import {Secret} from '../../../src/model/secret.js'
import type {DiscoveredEndpoints} from '../../../src/providers/provider-client.js'
import {makeProviderClient, makeProviderSource} from '../../support/broker-world.js'

const SECRET = new Secret('made-up-client-secret')
const DISCOVERED: DiscoveredEndpoints = {
  issuer: 'https://id.example.test',
  authorizeUrl: 'https://id.example.test/auth',
  tokenUrl: 'https://id.example.test/token',
  pkce: false,
  authMethods: ['client_secret_basic'],
}

const deps = {
  providers: makeProviderSource(),
  providerClient: makeProviderClient({discover: (issuer) => Promise.resolve({...DISCOVERED, issuer})}),
}
const build = (input: Partial<ProviderInput>, present?: Provider): Promise<Provider> =>
  buildProvider(deps, {name: 'example', ...input}, present)

describe('buildProvider', () => {
  describe('a preset', () => {
    it('is taken by name, or because the provider has its name', async () => {
      for (const input of [{name: 'twitch'}, {name: 'stand-in', preset: 'twitch'}]) {
        const provider = await build({...input, clientId: 'made-up', clientSecret: SECRET})
        assert.deepEqual(
          [provider.name, provider.preset, provider.dialect, provider.tokenUrl, provider.authMethod],
          [input.name, 'twitch', 'twitch', 'https://id.twitch.tv/oauth2/token', 'post'],
        )
        assert.equal('title' in provider, false)
      }
    })

    it('is moved whole with --identity-url, and each endpoint with its own flag', async () => {
      const provider = await build({
        name: 'twitch',
        clientId: 'made-up',
        identityUrl: 'http://localhost:8421/oauth2/',
        apiUrl: 'http://localhost:8421/helix',
        revokeUrl: 'http://localhost:9000/revoke',
      })
      assert.deepEqual(
        [provider.tokenUrl, provider.validateUrl, provider.apiUrl, provider.revokeUrl],
        [
          'http://localhost:8421/oauth2/token',
          'http://localhost:8421/oauth2/validate',
          'http://localhost:8421/helix',
          'http://localhost:9000/revoke',
        ],
      )
    })

    it('that does not exist is refused with the nearest', async () => {
      await assert.rejects(build({preset: 'twich', clientId: 'made-up'}), {
        code: 'invalid-input',
        message: 'There is no preset “twich”. Did you mean twitch?',
      })
    })

    it('is needed for --identity-url', async () => {
      await assert.rejects(build({identityUrl: 'https://id.example.test', clientId: 'made-up'}), {code: 'usage'})
    })
  })

  describe('an issuer', () => {
    it('fills in what is not typed', async () => {
      const provider = await build({
        issuer: 'https://id.example.test',
        clientId: 'made-up',
        clientSecret: SECRET,
        authorizeUrl: 'https://login.example.test/auth',
      })
      assert.deepEqual(
        [provider.dialect, provider.authorizeUrl, provider.tokenUrl, provider.authMethod, provider.pkce],
        ['rfc', 'https://login.example.test/auth', 'https://id.example.test/token', 'basic', true],
      )
      assert.deepEqual(provider.scopes.bot, ['openid', 'offline_access'])
    })

    it('is asked although the provider has the name of a preset', async () => {
      const provider = await build({name: 'google', issuer: 'https://id.example.test', clientId: 'made-up'})
      assert.deepEqual([provider.preset, provider.tokenUrl], [undefined, 'https://id.example.test/token'])
    })

    it('that is not safe is asked nothing', async () => {
      await assert.rejects(build({issuer: 'http://id.example.test', clientId: 'made-up'}), {code: 'invalid-input'})
    })
  })

  it('needs a client id, and says where to get one', async () => {
    await assert.rejects(build({name: 'twitch'}), {code: 'usage', hint: /--client-id .* https:\/\/dev\.twitch\.tv/})
    await assert.rejects(build({name: 'twitch', clientId: 'two words'}), {code: 'usage'})
  })

  it('needs a token URL without a preset', async () => {
    await assert.rejects(build({clientId: 'made-up'}), {code: 'usage', hint: /--token-url/})
  })

  it('checks the scopes where they are known', async () => {
    const input = {name: 'twitch', clientId: 'made-up', scopes: ['chat:raed']}
    await assert.rejects(build(input), {code: 'unknown-scope', message: /Did you mean chat:read/})
    const provider = await build({...input, scopes: ['chat:read']})
    assert.deepEqual(provider.scopes, {owner: ['chat:read'], bot: ['chat:read'], user: ['chat:read']})
    await build({tokenUrl: 'https://id.example.test/token', clientId: 'made-up', scopes: ['whatever']})
  })

  it('authenticates with a secret if and only if there is one', async () => {
    const input = {tokenUrl: 'https://id.example.test/token', clientId: 'made-up'}
    assert.equal((await build(input)).authMethod, 'none')
    assert.equal((await build({...input, clientSecret: SECRET})).authMethod, 'post')
    assert.equal((await build({...input, clientSecret: SECRET, authMethod: 'basic'})).authMethod, 'basic')
  })

  describe('over what was there', () => {
    const present = (parts: Partial<ProviderInput> = {}) =>
      build({name: 'twitch', clientId: 'made-up', clientSecret: SECRET, scopes: ['chat:read'], pkce: true, ...parts})

    it('changes what is typed and keeps the rest', async () => {
      const provider = await build({name: 'twitch', apiUrl: 'https://api.example.test'}, await present())
      assert.deepEqual(provider, {...(await present()), apiUrl: 'https://api.example.test'})
    })

    it('keeps the secret with the client id, and never uses it with another', async () => {
      const same = await build({name: 'twitch', clientId: 'made-up'}, await present())
      assert.ok(same.clientSecret?.equals(SECRET))
      const other = await build({name: 'twitch', clientId: 'another'}, await present())
      assert.deepEqual(['clientSecret' in other, other.authMethod], [false, 'none'])
      const both = await build({name: 'twitch', clientId: 'another', clientSecret: new Secret('new')}, await present())
      assert.ok(both.clientSecret?.equals(new Secret('new')))
    })

    it('drops the secret of a client that is said to have none', async () => {
      for (const input of [{publicClient: true}, {authMethod: 'none'}] as const) {
        const provider = await build({name: 'twitch', ...input}, await present())
        assert.deepEqual(['clientSecret' in provider, provider.authMethod], [false, 'none'])
      }
    })

    it('authenticates with a secret that comes to a public client', async () => {
      const open = await build({name: 'twitch', clientId: 'made-up'})
      assert.equal((await build({name: 'twitch', clientSecret: SECRET}, open)).authMethod, 'post')
      const openX = await build({name: 'x', clientId: 'made-up'})
      assert.equal(openX.authMethod, 'none')
      assert.equal((await build({name: 'x', clientSecret: SECRET}, openX)).authMethod, 'basic')
    })

    it('moves the endpoints with --identity-url, and nothing else', async () => {
      const provider = await build({name: 'twitch', identityUrl: 'http://localhost:8421/oauth2'}, await present())
      assert.equal(provider.tokenUrl, 'http://localhost:8421/oauth2/token')
      assert.deepEqual([provider.scopes.bot, provider.pkce, provider.preset], [['chat:read'], true, 'twitch'])
      assert.equal(provider.apiUrl, 'https://api.twitch.tv/helix')
    })

    it('fills in other options of its preset, and needs one for that', async () => {
      const before = await build({
        name: 'mine',
        preset: 'okta',
        presetOptions: {subdomain: 'acme'},
        clientId: 'made-up',
      })
      assert.equal(before.tokenUrl, 'https://acme.okta.com/oauth2/v1/token')
      const after = await build({name: 'mine', presetOptions: {subdomain: 'other'}}, before)
      assert.deepEqual([after.tokenUrl, after.preset], ['https://other.okta.com/oauth2/v1/token', 'okta'])
      const {preset: _none, ...plain} = before
      await assert.rejects(build({name: 'mine', presetOptions: {subdomain: 'other'}}, plain), {code: 'usage'})
    })

    it('begins anew with a preset or an issuer, and keeps the client and its redirect URI alone', async () => {
      const callbackUrl = 'http://localhost:9999/back'
      const before = await present({name: 'mine', preset: 'twitch', callbackUrl})
      for (const input of [{preset: 'github'}, {issuer: 'https://id.example.test'}]) {
        const after = await build({name: 'mine', ...input}, before)
        const fresh = await build({name: 'mine', ...input, clientId: 'made-up', clientSecret: SECRET, callbackUrl})
        assert.deepEqual(after, fresh)
      }
    })
  })
})
