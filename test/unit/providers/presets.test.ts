import assert from 'node:assert/strict'

import {applyIdentityUrl, findPreset, knownScopesOf, listPresets} from '../../../src/providers/presets.js'
import {twitchScopes} from '../../../src/providers/twitch-scopes.js'

describe('presets', () => {
  it('are those that are promised, in order', () => {
    const names = listPresets().map(({name}) => name)
    assert.deepEqual(names, ['discord', 'github', 'google', 'spotify', 'twitch', 'webex'])
  })

  it('are found by their name, and nothing else is', () => {
    assert.equal(findPreset('twitch')?.title, 'Twitch')
    for (const name of ['Twitch', '', 'constructor', '__proto__']) assert.equal(findPreset(name), undefined)
  })

  for (const preset of listPresets()) {
    describe(preset.title, () => {
      it('has https addresses alone, without a slash at the end of a base', () => {
        const urls = Object.entries(preset).filter(([key]) => /Url$|^issuer$/.test(key))
        assert(urls.length >= 5)
        for (const [key, value] of urls) {
          assert(typeof value === 'string' && new URL(value).protocol === 'https:', `${key}: ${String(value)}`)
        }
        assert(!preset.apiUrl?.endsWith('/'))
        assert(!preset.issuer?.endsWith('/'))
      })

      it('has what every login needs', () => {
        assert(preset.authorizeUrl)
        assert(preset.apiUrl)
        assert(preset.registerUrl)
        assert(preset.userinfoUrl ?? preset.validateUrl)
        assert.equal(preset.dialect, preset.name)
      })

      it('never asks for nothing', () => {
        for (const role of ['owner', 'bot', 'user'] as const) assert(preset.scopes[role].length > 0, role)
      })

      it('can be pointed at a stand-in, which gets all that would go to the service', () => {
        const moved = applyIdentityUrl(preset, 'http://localhost:8421/oauth2/')
        const {apiUrl: _api, registerUrl: _register, connectionsUrl: _connections, note: _note, ...rest} = moved
        for (const value of JSON.stringify(rest).match(/https?:[^"]*/g) ?? []) {
          assert.match(value, /^http:\/\/localhost:8421\/oauth2(\/[a-z]+)?$/)
        }
        assert.deepEqual(Object.keys(moved), Object.keys(preset))
        assert.equal(moved.apiUrl, preset.apiUrl)
      })
    })
  }

  it('point Twitch at a stand-in with its own layout', () => {
    const preset = findPreset('twitch')
    assert(preset)
    const moved = applyIdentityUrl(preset, 'http://localhost:8421/oauth2')
    assert.equal(moved.issuer, 'http://localhost:8421/oauth2')
    assert.equal(moved.authorizeUrl, 'http://localhost:8421/oauth2/authorize')
    assert.equal(moved.tokenUrl, 'http://localhost:8421/oauth2/token')
    assert.equal(moved.deviceUrl, 'http://localhost:8421/oauth2/device')
    assert.equal(moved.validateUrl, 'http://localhost:8421/oauth2/validate')
    assert.equal(moved.revokeUrl, 'http://localhost:8421/oauth2/revoke')
    assert.equal(moved.userinfoUrl, 'http://localhost:8421/oauth2/userinfo')
    assert.equal(moved.jwksUrl, 'http://localhost:8421/oauth2/keys')
  })

  it('ask Twitch for scopes that exist', () => {
    const preset = findPreset('twitch')
    assert(preset)
    for (const scope of Object.values(preset.scopes).flat()) assert(twitchScopes.includes(scope), scope)
  })

  it('know the scopes of Twitch, each once, with openid and the old names', () => {
    assert.equal(knownScopesOf({dialect: 'twitch'}), twitchScopes)
    assert.equal(knownScopesOf({dialect: 'google'}), undefined)
    assert.equal(new Set(twitchScopes).size, twitchScopes.length)
    assert.equal(twitchScopes.length, 94)
    for (const scope of ['openid', 'chat:read', 'user:bot', 'chat_login']) assert(twitchScopes.includes(scope), scope)
  })
})
