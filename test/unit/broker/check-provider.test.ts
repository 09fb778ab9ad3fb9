import assert from 'node:assert/strict'

import {checkProviderName, checkRedirectUri, checkUrl} from '../../../src/broker/check-provider.js'

describe('checkUrl', () => {
  const good: [string, string][] = [
    ['https://id.example.test/token', 'https://id.example.test/token'],
    ['https://id.example.test/', 'https://id.example.test'],
    ['https://id.example.test/api///', 'https://id.example.test/api'],
    ['http://localhost:8421/oauth2', 'http://localhost:8421/oauth2'],
    ['http://127.8.9.1/x', 'http://127.8.9.1/x'],
    ['http://[::1]:9/x', 'http://[::1]:9/x'],
  ]
  for (const [text, expected] of good)
    it(`accepts ${text}`, () => assert.equal(checkUrl('--token-url', text), expected))

  const bad = [
    '',
    'id.example.test/token',
    '/token',
    'http://id.example.test/token',
    'http://localhost.evil.test/token',
    'http://127.0.0.1.evil.test/',
    'http://evil.test/#localhost',
    'https://user@id.example.test/',
    'https://user:made-up@id.example.test/',
    'https://id.example.test/#part',
    'ftp://id.example.test/',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'https://',
  ]
  for (const text of bad) {
    it(`refuses ${JSON.stringify(text)}, naming the flag and not what was typed`, () => {
      assert.throws(() => checkUrl('--token-url', text), {
        code: 'invalid-input',
        message: '--token-url is not a URL that tokens may be sent to.',
      })
    })
  }
})

describe('checkRedirectUri', () => {
  it('leaves a trailing slash, for providers compare it as a string', () => {
    assert.equal(checkRedirectUri('--callback-url', 'http://localhost:8420/'), 'http://localhost:8420/')
  })

  it('refuses what is no safe URL', () => {
    assert.throws(() => checkRedirectUri('--callback-url', 'http://example.test/'), {code: 'invalid-input'})
  })
})

describe('checkProviderName', () => {
  for (const name of ['500px', 'twitch', 'a', 'my-forge-2', 'x'.repeat(40)]) {
    it(`accepts ${name}`, () => checkProviderName(name))
  }

  const bad = ['', 'Twitch', '-forge', 'my_forge', 'a/b', 'a b', 'ä', 'x'.repeat(41), '../x', '__proto__', 'twitch\n']
  for (const name of bad) {
    it(`refuses ${JSON.stringify(name)}`, () => {
      assert.throws(() => checkProviderName(name), {code: 'invalid-input', message: /is no provider name/})
    })
  }

  for (const name of ['v1', 'login', 'callback']) {
    it(`keeps ${name} for itself`, () => {
      assert.throws(() => checkProviderName(name), {code: 'invalid-input', message: /is reserved/})
    })
  }
})
