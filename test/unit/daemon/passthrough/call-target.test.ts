import assert from 'node:assert/strict'

import fc from 'fast-check'

import {isPassedThrough, parseCallTarget, withoutTauFormat} from '../../../../src/daemon/passthrough/call-target.js'
import {encodePath} from '../../../../src/model/api-path.js'

describe('isPassedThrough', () => {
  it('is what stands below the name of a provider, and none of the daemon’s own places', () => {
    const passed = ['/api/twitch/helix/users', '/api/github/', '/api/v1x/a', '/api/login-now/a', '/api/twitch/?a=1']
    const own = ['/api/v1/accounts', '/api/login/', '/api/callback/x', '/api/twitch', '/api//x', '/apis/x/y', '/', '']
    for (const path of passed) assert.equal(isPassedThrough(path), true, path)
    for (const path of own) assert.equal(isPassedThrough(path), false, path)
  })
})

describe('parseCallTarget', () => {
  it('decodes the path once, and leaves the query alone', () => {
    assert.deepEqual(parseCallTarget('/api/example/%61/b%20c/?d=%20/../e?f'), {
      provider: 'example',
      segments: ['a', 'b c'],
      endsWithSlash: true,
      query: 'd=%20/../e?f',
    })
  })

  it('takes back what encodePath makes of any segments that may be sent', () => {
    const segment = fc
      .string({unit: 'grapheme', minLength: 1})
      .filter((text) => !['.', '..'].includes(text) && !/[/\\%\p{Cc}\p{Cs}]/u.test(text))
    fc.assert(
      fc.property(fc.array(segment, {minLength: 1}), (segments) => {
        const path = encodePath(segments)
        assert.match(path, /^(?:\/[A-Za-z0-9\-._~!'()*$&+,:=@%]+)+$/)
        assert.deepEqual(parseCallTarget(`/api/example${path}`).segments, segments)
      }),
    )
  })
})

describe('withoutTauFormat', () => {
  it('drops what TAU’s clients add, and keeps the rest byte for byte', () => {
    const cases: [string | undefined, string | undefined][] = [
      [undefined, undefined],
      ['', ''],
      ['format=json', undefined],
      ['a=1&format=json&b=%2B+', 'a=1&b=%2B+'],
      ['format=jsonp&format=JSON&x=format=json', 'format=jsonp&format=JSON&x=format=json'],
    ]
    for (const [query, expected] of cases) assert.equal(withoutTauFormat(query), expected)
  })
})
