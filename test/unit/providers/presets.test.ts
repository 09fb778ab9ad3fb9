import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'

import {z} from 'zod'

import {presetRowSchema} from '../../../build/preset-schema.js'
import {DIALECTS} from '../../../src/model/provider.js'
import {requiredOptionsOf} from '../../../src/providers/presets/fill-preset.js'
import {settingsOf, type Preset} from '../../../src/providers/presets/preset.js'
import {applyIdentityUrl, findPreset, knownScopesOf, listPresets} from '../../../src/providers/presets.js'

const folder = join(import.meta.dirname, '../../../src/providers/presets')
const readRows = (file: string) => z.array(presetRowSchema).parse(JSON.parse(readFileSync(join(folder, file), 'utf8')))

/** Those that have to be held against their services' documentation. */
const PROMISED =
  'twitch google github gitlab discord spotify webex slack microsoft x facebook linkedin reddit zoom notion dropbox ' +
  'bitbucket atlassian strava youtube twitter'

const urlsOf = (preset: Preset): [string, string][] =>
  Object.entries(preset).filter(
    (entry): entry is [string, string] => /Url$|^issuer$/.test(entry[0]) && typeof entry[1] === 'string',
  )

describe('presets', () => {
  const all = listPresets()
  const verified = all.filter(({documented}) => documented)

  it('are more than 200, each name once, in order', () => {
    const names = all.map(({name}) => name)
    assert(names.length >= 200, String(names.length))
    assert.deepEqual(names, [...new Set(names)].sort())
  })

  it('have the shape that the schema describes', () => {
    assert.equal(readRows('verified.json').length + readRows('derived.json').length, all.length)
  })

  it('have https addresses and no others, in every row', () => {
    for (const preset of all) {
      const urls = urlsOf(preset)
      assert(urls.length >= 2, preset.name)
      for (const [key, value] of urls) {
        const filled = value.replace(/\{[a-z]+\}/g, 'acme')
        assert.equal(new URL(filled).protocol, 'https:', `${preset.name} ${key}: ${value}`)
      }
    }
  })

  it('are marked where they were held against documentation: those that are promised, with sources and the day', () => {
    assert.deepEqual(
      verified.map(({name}) => name),
      PROMISED.split(' ').sort(),
    )
    for (const {name, documented} of verified) {
      assert.match(documented?.on ?? '', /^20\d\d-\d\d-\d\d$/, name)
      assert(documented?.sources.length, name)
    }
    assert(readRows('derived.json').every(({documented}) => documented === undefined))
  })

  it('name nothing as unverified that the row does not set', () => {
    for (const preset of verified) {
      for (const name of preset.documented?.unverified ?? []) assert(name in preset, `${preset.name}: ${name}`)
    }
  })

  it('name dialects that there are, and use each of them', () => {
    assert.deepEqual([...new Set(all.map(({dialect}) => dialect))].sort(), [...DIALECTS].sort())
  })

  it('are found by their name, and nothing else is', () => {
    assert.equal(findPreset('twitch')?.title, 'Twitch')
    assert.equal(findPreset('asana')?.title, 'Asana')
    for (const name of ['Twitch', '', 'constructor', '__proto__']) assert.equal(findPreset(name), undefined)
  })

  it('come with the notice of the list that some were taken from', () => {
    const notice = readFileSync(join(folder, 'grant-license.txt'), 'utf8')
    assert.match(notice, /Copyright \(c\) 2014-present, Simeon Velichkov/)
    assert.match(notice, /The above copyright notice and this permission notice shall be included/)
  })

  for (const preset of verified) {
    describe(preset.title, () => {
      it('has what every login needs', () => {
        for (const key of ['apiUrl', 'registerUrl', 'refresh'] as const) assert(preset[key], key)
        assert(preset.userinfoUrl ?? preset.validateUrl)
        assert(preset.identity?.userId ?? preset.dialect !== 'rfc', 'who someone is')
        assert.deepEqual(requiredOptionsOf(preset), [])
      })

      it('never asks for nothing, where there are scopes', () => {
        if (['notion', 'twitter'].includes(preset.name)) return
        for (const role of ['owner', 'bot', 'user'] as const) assert((preset.scopes[role] ?? []).length > 0, role)
      })

      it('can be pointed at a stand-in, which gets all that would go to the service', () => {
        const moved = applyIdentityUrl(preset, 'http://localhost:8421/oauth2/')
        const {apiUrl: _api, registerUrl: _register, connectionsUrl: _connections, ...rest} = settingsOf(moved)
        const {scopes: _scopes, ...addresses} = rest
        for (const value of JSON.stringify(addresses).match(/https?:[^"]*/g) ?? []) {
          assert.match(value, /^http:\/\/localhost:8421\/oauth2(\/[a-z-]+)?$/)
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
    const known = knownScopesOf({dialect: 'twitch'}) ?? []
    for (const scope of Object.values(preset.scopes).flat()) assert(known.includes(scope), scope)
  })

  it('know the scopes of Twitch, each once, with openid and the old names', () => {
    const known = knownScopesOf({dialect: 'twitch'}) ?? []
    assert.equal(knownScopesOf({dialect: 'google'}), undefined)
    assert.equal(new Set(known).size, known.length)
    assert.equal(known.length, 94)
    for (const scope of ['openid', 'chat:read', 'user:bot', 'chat_login']) assert(known.includes(scope), scope)
  })
})
