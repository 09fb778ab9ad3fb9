import assert from 'node:assert/strict'

import {readSettings} from '../../../src/config/settings.js'
import {BehalfError} from '../../../src/model/behalf-error.js'

const HOME = {HOME: '/home/made-up'}

const failure = (environment: Record<string, string>, flags = {}): BehalfError => {
  try {
    readSettings(flags, {...HOME, ...environment})
  } catch (error) {
    assert.ok(error instanceof BehalfError)
    return error
  }
  throw new Error('nothing was thrown')
}

describe('the settings', () => {
  describe('whether private addresses are allowed', () => {
    const isAllowed = (value: string): boolean =>
      readSettings({}, {...HOME, BEHALF_ALLOW_PRIVATE_ADDRESSES: value}).allowPrivateAddresses

    it('is off unless it is switched on', () => {
      for (const value of ['', '0', 'false', 'no', 'OFF']) assert.equal(isAllowed(value), false, value)
      for (const value of ['1', 'true', 'Yes', ' on ']) assert.equal(isAllowed(value), true, value)
    })

    it('is refused where it is neither', () => {
      const {code, message} = failure({BEHALF_ALLOW_PRIVATE_ADDRESSES: 'perhaps'})
      assert.deepEqual([code, message], ['configuration', 'BEHALF_ALLOW_PRIVATE_ADDRESSES is neither on nor off.'])
    })
  })

  describe('where the store is', () => {
    const cases: [string, Record<string, string>, {store?: string}, string][] = [
      ['the data home by default', {}, {}, '/home/made-up/.local/share/behalf/store.json'],
      ['XDG_DATA_HOME', {XDG_DATA_HOME: '/data'}, {}, '/data/behalf/store.json'],
      [
        'a relative XDG_DATA_HOME is ignored',
        {XDG_DATA_HOME: 'data'},
        {},
        '/home/made-up/.local/share/behalf/store.json',
      ],
      ['BEHALF_STORE', {BEHALF_STORE: '/srv/tokens.db'}, {}, '/srv/tokens.db'],
      ['.json is added to a name without extension', {BEHALF_STORE: '/srv/tokens'}, {}, '/srv/tokens.json'],
      ['a dot in a folder is no extension', {BEHALF_STORE: '/srv/a.b/tokens'}, {}, '/srv/a.b/tokens.json'],
      ['the flag wins', {BEHALF_STORE: '/srv/tokens.json'}, {store: '/tmp/other.json'}, '/tmp/other.json'],
      ['an empty variable is none', {BEHALF_STORE: ''}, {}, '/home/made-up/.local/share/behalf/store.json'],
    ]
    for (const [title, environment, flags, path] of cases) {
      it(title, () => {
        assert.deepEqual(readSettings(flags, {...HOME, ...environment}).store, {kind: 'json', path})
      })
    }

    it('refuses an empty flag and a zero byte', () => {
      assert.equal(failure({}, {store: ''}).code, 'configuration')
      assert.equal(failure({BEHALF_STORE: 'a\0b'}).code, 'configuration')
    })
  })

  describe('the sealing secret', () => {
    it('is a key file in the configuration home by default', () => {
      const path = '/home/made-up/.config/behalf/secret.key'
      assert.deepEqual(readSettings({}, HOME).sealingSecret, {kind: 'default-key-file', path})
      const {sealingSecret} = readSettings({}, {...HOME, XDG_CONFIG_HOME: '/etc/xdg-made-up'})
      assert.deepEqual(sealingSecret, {kind: 'default-key-file', path: '/etc/xdg-made-up/behalf/secret.key'})
    })

    it('comes from BEHALF_SECRET, or from the file that BEHALF_SECRET_FILE names', () => {
      const inline = readSettings({}, {...HOME, BEHALF_SECRET: 'made-up passphrase'}).sealingSecret
      assert.ok(inline.kind === 'inline' && inline.value.reveal() === 'made-up passphrase')
      const {sealingSecret} = readSettings({}, {...HOME, BEHALF_SECRET_FILE: '/run/made-up'})
      assert.deepEqual(sealingSecret, {kind: 'file', path: '/run/made-up'})
    })

    it('cannot come from both', () => {
      const error = failure({BEHALF_SECRET: 'made-up', BEHALF_SECRET_FILE: '/run/made-up'})
      assert.match(error.message, /BEHALF_SECRET and BEHALF_SECRET_FILE/)
      assert.ok(!JSON.stringify([error.message, error.hint]).includes('made-up'))
    })
  })

  describe('client credentials', () => {
    const read = (environment: Record<string, string>) =>
      readSettings({}, {...HOME, ...environment}).providerOverrides.map(({name, clientId, clientSecret}) => [
        name,
        clientId,
        clientSecret?.reveal(),
      ])

    it('are read for any provider, either alone', () => {
      assert.deepEqual(read({BEHALF_GITHUB_CLIENT_ID: 'made-up'}), [['github', 'made-up', undefined]])
      assert.deepEqual(read({BEHALF_MY_IDP_CLIENT_SECRET: 'made-up'}), [['my-idp', undefined, 'made-up']])
      assert.deepEqual(read({}), [])
    })

    it('of Twitch also come without the prefix, which wins', () => {
      const plain = {TWITCH_CLIENT_ID: 'made-up-1', TWITCH_CLIENT_SECRET: 'made-up-2'}
      assert.deepEqual(read(plain), [['twitch', 'made-up-1', 'made-up-2']])
      assert.deepEqual(read({...plain, BEHALF_TWITCH_CLIENT_ID: 'made-up-3'}), [['twitch', 'made-up-3', 'made-up-2']])
    })

    it('lose the newline that a file had', () => {
      assert.deepEqual(read({TWITCH_CLIENT_ID: 'made-up\n'}), [['twitch', 'made-up', undefined]])
    })
  })

  describe('BEHALF_CALLBACK_URL', () => {
    it('is taken as it is', () => {
      const url = 'http://localhost:9000/callback/'
      assert.equal(readSettings({}, {...HOME, BEHALF_CALLBACK_URL: url}).callbackUrl, url)
    })

    it('must be a redirect URI', () => {
      for (const url of ['localhost:8420', 'ftp://localhost/', 'http://localhost/#x', 'http://a@localhost/', 'x']) {
        const error = failure({BEHALF_CALLBACK_URL: url})
        assert.equal(error.code, 'configuration')
        assert.match(error.message, /BEHALF_CALLBACK_URL/)
      }
    })
  })
})
