import assert from 'node:assert/strict'

import fc from 'fast-check'

import {allowsCall, coversScope, matchesPath, type ScopedCall} from '../../../src/model/api-token-match.js'
import {checkTokenScopes} from '../../../src/model/api-token-scope.js'

const helix = (method: string, ...segments: string[]): ScopedCall => ({
  provider: 'twitch',
  isHelix: true,
  method,
  segments,
})

const github = (method: string, ...segments: string[]): ScopedCall => ({
  provider: 'github',
  isHelix: false,
  method,
  segments,
})

describe('allowsCall', () => {
  const cases: [string, ScopedCall, boolean][] = [
    ['helix', helix('GET', 'users'), true],
    ['helix', helix('DELETE', 'any', 'thing'), true],
    ['helix', helix('PROPFIND'), true],
    ['helix', github('GET', 'user'), false],
    ['helix', {...helix('GET', 'users'), provider: 'sandbox'}, true],
    ['helix:read', helix('GET', 'users'), true],
    ['helix:read', helix('HEAD', 'users'), true],
    ['helix:read', helix('POST', 'users'), false],
    ['helix:read', helix('get', 'users'), false],
    ['helix:read', helix('OPTIONS', 'users'), false],
    ['helix:read', github('GET', 'user'), false],
    ['helix:write', helix('POST', 'users'), true],
    ['helix:write', helix('OPTIONS', 'users'), true],
    ['helix:write', helix('GET', 'users'), false],
    ['helix:write', helix('HEAD', 'users'), false],
    ['helix:GET:/users', helix('GET', 'users'), true],
    ['helix:GET:/users', helix('HEAD', 'users'), false],
    ['helix:GET:/users', helix('GET', 'Users'), false],
    ['helix:GET:/users', helix('GET', 'users', 'follows'), false],
    ['helix:GET:/users', helix('GET'), false],
    ['helix:GET:/users', helix('GET', 'users', ''), false],
    ['helix:POST:/chat/messages', helix('POST', 'chat', 'messages'), true],
    ['helix:POST:/chat/messages', helix('POST', 'chat/messages'), false],
    ['helix:*:/channels/**', helix('PUT', 'channels'), true],
    ['helix:*:/channels/**', helix('PUT', 'channels', 'a', 'b'), true],
    ['helix:*:/channels/**', helix('PUT', 'channel'), false],
    ['helix:*:/**', helix('GET'), true],
    ['helix:GET:/channels/*/followers', helix('GET', 'channels', 'x/y', 'followers'), true],
    ['helix:GET:/channels/*/followers', helix('GET', 'channels', 'followers'), false],
    ['helix:GET:/channels/*', helix('GET', 'channels'), false],
    ['helix:GET:/a:/b', helix('GET', 'a:', 'b'), true],
    ['api:twitch', helix('GET', 'users'), true],
    ['api:twitch:read', helix('POST', 'users'), false],
    ['api:github', github('GET', 'user'), true],
    ['api:github', {...github('GET', 'user'), provider: 'github-two'}, false],
    ['api:github-two', github('GET', 'user'), false],
    ['api:github:GET:/user/repos', github('GET', 'user', 'repos'), true],
    ['api:github:GET:/user/repos', {...github('GET', 'user', 'repos'), provider: 'gitlab'}, false],
    ['chat', helix('GET', 'users'), false],
    ['admin', github('GET', 'user'), false],
    ['token:read', github('GET', 'user'), false],
  ]
  for (const [scope, call, expected] of cases) {
    const {provider, method, segments} = call
    it(`says ${String(expected)} of ${scope} for ${provider} ${method} /${segments.join('/')}`, () => {
      checkTokenScopes([scope])
      assert.equal(allowsCall(scope, call), expected)
    })
  }
})

describe('coversScope', () => {
  const covered: [string, string][] = [
    ['helix', 'helix:read'],
    ['helix', 'helix:GET:/users'],
    ['helix', 'helix:*:/**'],
    ['helix:*:/**', 'helix'],
    ['helix:read', 'helix:GET:/users'],
    ['helix:read', 'helix:HEAD:/**'],
    ['helix:write', 'helix:POST:/chat/messages'],
    ['helix:*:/channels/**', 'helix:PUT:/channels'],
    ['helix:*:/channels/**', 'helix:PUT:/channels/*/x/**'],
    ['helix:GET:/a/*', 'helix:GET:/a/b'],
    ['api:github', 'api:github:read'],
    ['admin', 'admin'],
  ]
  for (const [held, asked] of covered) {
    it(`says that ${held} covers ${asked}`, () => assert.equal(coversScope(held, asked), true))
  }

  const beyond: [string, string][] = [
    ['helix:read', 'helix'],
    ['helix:read', 'helix:write'],
    ['helix:read', 'helix:POST:/users'],
    ['helix:read', 'helix:*:/users'],
    ['helix:write', 'helix:GET:/users'],
    ['helix:GET:/users', 'helix:GET:/users/**'],
    ['helix:GET:/users', 'helix:read'],
    ['helix:GET:/a/b', 'helix:GET:/a/*'],
    ['helix:GET:/a/*', 'helix:GET:/a/**'],
    ['helix:GET:/a/*/**', 'helix:GET:/a/**'],
    ['helix:GET:/**', 'helix:read'],
    ['helix', 'api:twitch'],
    ['api:github', 'api:github-two'],
    ['api:github', 'helix'],
    ['admin', 'account:read'],
    ['helix', 'chat'],
    ['token:read', 'helix:read'],
  ]
  for (const [held, asked] of beyond) {
    it(`says that ${held} does not cover ${asked}`, () => assert.equal(coversScope(held, asked), false))
  }
})

describe('the scope matcher, against another formulation of the grammar', () => {
  /** The same meaning, written down another way: a pattern for the whole request, as one text. */
  function isAllowedSlowly(scope: string, {provider, isHelix, method, segments}: ScopedCall): boolean {
    const [resource = '', ...rest] = scope.startsWith('api:') ? splitApi(scope) : scope.split(/:(.*)/s).slice(0, 2)
    const resources = isHelix ? ['helix', `api:${provider}`] : [`api:${provider}`]
    if (!resources.includes(resource)) return false
    const [what] = rest
    const reading = ['GET', 'HEAD'].includes(method)
    if (what === undefined) return true
    if (what === 'read') return reading
    if (what === 'write') return !reading
    const [, verb = '', pattern = ''] = /^([^:]*):(.*)$/s.exec(what) ?? []
    const parts = pattern.split('/').map((part, place) => {
      if (part === '**') return '(?:/[^/]*)*'
      const slash = place === 0 ? '' : '/'
      return slash + (part === '*' ? '[^/]*' : part.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'))
    })
    // No segment of these requests has a slash in it, so the path as one text says all.
    const request = `${method} ${segments.map((segment) => `/${segment}`).join('')}`
    return new RegExp(`^${verb === '*' ? '[^ ]*' : verb} ${parts.join('')}$`, 's').test(request)
  }

  const splitApi = (scope: string): string[] => {
    const [, resource = '', rest] = /^(api:[^:]*)(?::(.*))?$/s.exec(scope) ?? []
    return rest === undefined ? [resource] : [resource, rest]
  }

  /** Few different texts, so that patterns and paths often meet. */
  const name = fc.constantFrom('a', 'b', 'A', 'a.b', 'a+', '(a)', '~', '...', 'a:')
  const verb = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE')
  const pathPattern = fc
    .tuple(fc.array(fc.oneof(name, fc.constant('*')), {maxLength: 4}), fc.boolean())
    .map(([parts, isOpen]) => [...parts, ...(isOpen ? ['**'] : [])])
    .filter((parts) => parts.length > 0)
  const resource = fc.constantFrom('helix', 'api:twitch', 'api:github', 'api:git')
  const scope = fc.oneof(
    resource,
    fc.tuple(resource, fc.constantFrom('read', 'write')).map((parts) => parts.join(':')),
    fc
      .tuple(resource, fc.oneof(verb, fc.constant('*')), pathPattern)
      .map(([what, method, path]) => `${what}:${method}:/${path.join('/')}`),
    fc.constantFrom('chat', 'admin', 'token:read'),
  )
  const call = fc.record({
    provider: fc.constantFrom('twitch', 'github', 'git', 'other'),
    isHelix: fc.boolean(),
    method: fc.oneof(verb, fc.constantFrom('OPTIONS', 'get', '')),
    segments: fc.array(
      fc.oneof(
        name,
        fc.constantFrom('*', '**', '', 'é', '%2F', 'a b', '\n'),
        fc.string().map((text) => text.replaceAll('/', '')),
      ),
      {maxLength: 5},
    ),
  })

  const numRuns = process.env.BEHALF_TEST_LONG === '1' ? 1_000_000 : 20_000

  it(`agrees with it for ${String(numRuns)} scopes and calls`, () => {
    fc.assert(
      fc.property(scope, call, (held, wanted) => {
        checkTokenScopes([held])
        assert.equal(allowsCall(held, wanted), isAllowedSlowly(held, wanted))
      }),
      {numRuns},
    )
  })

  it('finds nothing that a covered scope allows and the one that covers it does not', () => {
    let covers = 0
    fc.assert(
      fc.property(scope, scope, call, (held, asked, wanted) => {
        if (!coversScope(held, asked)) return
        covers += 1
        if (allowsCall(asked, wanted)) assert.equal(allowsCall(held, wanted), true)
      }),
      {numRuns},
    )
    assert.ok(covers > numRuns / 100, `only ${String(covers)} pairs said anything`)
  })

  it('takes no longer for a long path', () => {
    const segments = Array.from({length: 10_000}, () => 'a')
    const startedMs = performance.now()
    for (let round = 0; round < 100; round += 1) {
      assert.equal(matchesPath([...segments.map(() => '*'), '**'], segments), true)
    }
    assert.ok(performance.now() - startedMs < 2000)
  })
})
