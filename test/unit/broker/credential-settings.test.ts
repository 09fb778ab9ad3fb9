import assert from 'node:assert/strict'

import {checkCredentialSettings, requireSettings} from '../../../src/broker/credential-settings.js'

describe('checkCredentialSettings', () => {
  const check = (given: Parameters<typeof checkCredentialSettings>[0], present = {}) =>
    checkCredentialSettings(given, present)

  it('says nothing where nothing is said', () => assert.deepEqual(check({}), {}))

  it('keeps each kind once, in the order they were named', () =>
    assert.deepEqual(check({credentialKinds: ['basic', 'api-key', 'basic']}), {credentialKinds: ['basic', 'api-key']}))

  it('puts a key into the header that is named, alone or behind a word', () => {
    assert.deepEqual(check({apiKeyHeader: 'X-Api-Key'}), {apiKey: {header: 'X-Api-Key'}})
    assert.deepEqual(check({apiKeyHeader: 'Authorization', apiKeyPrefix: 'token'}), {
      apiKey: {header: 'Authorization', prefix: 'token'},
    })
    assert.deepEqual(check({apiKeyPrefix: 'token'}), {apiKey: {header: 'Authorization', prefix: 'token'}})
    const present = {apiKey: {header: 'X-Old', prefix: 'old'}}
    assert.deepEqual(check({apiKeyPrefix: 'token'}, present), {apiKey: {header: 'X-Old', prefix: 'token'}})
    assert.deepEqual(check({apiKeyHeader: 'X-New'}, present), {apiKey: {header: 'X-New'}})
  })

  it('changes the members that are named and leaves the others', () =>
    assert.deepEqual(check({identity: {login: 'data.name'}}, {identity: {userId: 'id', login: 'x'}}), {
      identity: {userId: 'id', login: 'data.name'},
    }))

  for (const header of ['', 'X Api', 'X-Api:', 'X-Ü', 'x'.repeat(101), 'X\r\nY']) {
    it(`takes no header like ${JSON.stringify(header.slice(0, 12))}`, () => {
      assert.throws(() => check({apiKeyHeader: header}), {code: 'invalid-input'})
      assert.throws(() => check({otpHeader: header}), {code: 'invalid-input'})
    })
  }

  for (const header of [
    'Host',
    'content-length',
    'Transfer-Encoding',
    'Connection',
    'Cookie',
    'X-Behalf-Of',
    'Upgrade',
  ]) {
    it(`takes no header that frames a request or leads it elsewhere: ${header}`, () => {
      assert.throws(() => check({apiKeyHeader: header}), {code: 'invalid-input'})
      assert.throws(() => check({otpHeader: header}), {code: 'invalid-input'})
    })
  }

  for (const path of ['', '.', 'a..b', 'a.', 'a b']) {
    it(`takes ${JSON.stringify(path)} for no path of members`, () =>
      assert.throws(() => check({identity: {userId: path}}), {code: 'invalid-input'}))
  }

  it('takes a prefix of one word', () => {
    for (const prefix of ['', 'two words', 'ü', 'a\r\nb']) {
      assert.throws(() => check({apiKeyPrefix: prefix}), {code: 'invalid-input'})
    }
  })
})

describe('requireSettings', () => {
  const url = 'https://example.test'
  const all = {requestTokenUrl: url, authorizeUrl: url, tokenUrl: url, userinfoUrl: url, apiUrl: url}
  const named = (need: string) => `--${need}`

  it('is content with what each kind needs', () =>
    requireSettings({credentialKinds: ['oauth2', 'oauth1', 'api-key', 'basic'], ...all}, named))

  it('names what is missing, one by one', () => {
    assert.throws(() => requireSettings({credentialKinds: ['oauth1'], tokenUrl: url}, named), {
      code: 'usage',
      message: 'A provider of OAuth 1.0a needs --requestTokenUrl and --authorizeUrl.',
    })
    for (const kind of ['api-key', 'basic'] as const) {
      assert.throws(() => requireSettings({credentialKinds: ['oauth2', kind]}, named), {
        code: 'usage',
        hint: 'Add --userinfoUrl … --apiUrl …',
      })
    }
  })
})
