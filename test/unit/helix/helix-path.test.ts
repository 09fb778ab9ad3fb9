import assert from 'node:assert/strict'

import fc from 'fast-check'

import {parseHelixPath} from '../../../src/helix/helix-path.js'
import {BehalfError} from '../../../src/model/behalf-error.js'

describe('a Helix path', () => {
  const good: [string, string, string][] = [
    ['users', '/users', ''],
    ['/users', '/users', ''],
    ['helix/users', '/users', ''],
    ['/helix/users', '/users', ''],
    ['users/', '/users', ''],
    ['channels/followers?broadcaster_id=1', '/channels/followers', 'broadcaster_id=1'],
    ['users?login=a&login=b', '/users', 'login=a&login=b'],
    ['users?a=b?c', '/users', 'a=b?c'],
    ['users?q=%2F..%2F', '/users', 'q=%2F..%2F'],
    ['caf%C3%A9', '/caf%C3%A9', ''],
    ['%75sers', '/users', ''],
  ]
  for (const [typed, path, query] of good) {
    it(`is read from ${typed}`, () => {
      assert.deepEqual(parseHelixPath(typed), {path, query})
    })
  }

  const bad = [
    '',
    '/',
    '//evil.example.test',
    '//evil.example.test/users',
    'https://evil.example.test/users',
    'HTTPS://evil.example.test',
    'javascript:x',
    '..',
    '../oauth2/token',
    'users/../../oauth2/token',
    'users/./x',
    '%2e%2e/oauth2',
    '%2E%2E',
    'users/%2e%2e/x',
    'users%2f..%2fx',
    'users%5c..',
    'users\\..\\x',
    'users//x',
    'users%00',
    'users%0d%0aHost:x',
    'users x',
    'users\n',
    'users#x',
    'users?a=b#c',
    '%252e%252e',
    '%zz',
    '%',
    'helix/',
    '\u2028users',
  ]
  for (const typed of bad) {
    it(`is refused as ${JSON.stringify(typed)}`, () => {
      assert.throws(
        () => parseHelixPath(typed),
        (error) => error instanceof BehalfError && error.code === 'invalid-input',
      )
    })
  }

  it('never leaves the API, whatever is typed', () => {
    const base = 'https://api.example.test/helix'
    const part = fc.constantFrom(
      '/',
      '.',
      '..',
      '%2e',
      '%2F',
      '\\',
      '?',
      '#',
      ':',
      '@',
      'a',
      '%25',
      'helix',
      'https://',
      '%00',
    )
    const typed = fc.oneof(
      fc.string(),
      fc.array(part, {maxLength: 8}).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(typed, (text) => {
        try {
          const {path, query} = parseHelixPath(text)
          const url = new URL(`${base}${path}${query === '' ? '' : `?${query}`}`)
          assert.equal(url.origin, 'https://api.example.test')
          assert.ok(url.pathname.startsWith('/helix/'), url.pathname)
          assert.equal(url.pathname, `/helix${path}`, 'what was checked is not what is sent')
        } catch (error) {
          assert.ok(error instanceof BehalfError, String(error))
        }
      }),
      {numRuns: 3000},
    )
  })
})
