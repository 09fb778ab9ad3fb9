import assert from 'node:assert/strict'

import fc from 'fast-check'

import {allowsCall} from '../../../src/model/api-token-match.js'
import {tokensOf} from '../../support/tokens-of.js'
import {body, headers, method, path} from '../../support/arbitrary-request.js'
import {makeUpstreamScene, type UpstreamScene} from '../../support/upstream-scene.js'

/** So many requests of each kind; the long run has the full figure. */
const RUNS = process.env.BEHALF_TEST_LONG === '1' ? 20_000 : 400

const SCOPES = ['api:example:GET:/items/*', 'api:example:*:/open/**', 'api:example:POST:/a:b']
const COOKIE = 'made-up-session-cookie'

const prefix = fc.constantFrom(
  '/api/example/',
  '/api/example/items/',
  '/api/example/open/',
  '/api/example',
  '//api/example/',
)

describe('the passthrough under arbitrary requests', () => {
  let scene: UpstreamScene
  let token: string

  before(async () => {
    scene = await makeUpstreamScene({limits: {headersMs: 1_000}})
    token = await scene.daemon.issue(SCOPES)
  })

  after(() => scene.dispose())

  it('sends nothing of the caller’s to the API, nothing beside its path, and nothing that no scope allows', async () => {
    let passed = 0
    await fc.assert(
      fc.asyncProperty(prefix, path, method, headers, body, async (start, rest, verb, extra, content) => {
        scene.received.length = 0
        const lines = extra.map(([header, text]) => `${header}: ${text}\r\n`).join('')
        const length = content === undefined ? '' : `Content-Length: ${String(content.length)}\r\n`
        const answer = await scene.sendRaw(
          Buffer.from(
            `${verb} ${start}${rest} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n` +
              `Cookie: ${COOKIE}\r\n${lines}${length}Connection: close\r\n\r\n${content ?? ''}`,
            'latin1',
          ),
        )
        assert.match(answer, /^HTTP\/1\.1 \d{3} /)
        assert.ok(scene.received.length <= 1)
        const [request] = scene.received
        if (!request) return
        passed += 1
        const {url = '', rawHeaders, method: sent = ''} = request
        assert.equal(request.headers.authorization, `Bearer ${tokensOf(scene.account).accessToken.reveal()}`)
        const said = `${rawHeaders.join('\n')}\n${url.split('?')[0] ?? ''}`
        assert.ok(!said.includes(token) && !said.includes(COOKIE) && !/behalf-of|override|rewrite|original/i.test(said))
        assert.equal(request.headers.host, new URL(scene.upstream).host)
        const [pathname = ''] = url.split('?')
        const [empty, base, ...segments] = pathname
          .replace(/(.)\/$/, '$1')
          .split('/')
          .map(decodeURIComponent)
        assert.deepEqual([empty, base], ['', 'v1'])
        assert.ok(
          segments.every((segment) => !/^\.{0,2}$|[/\\%\p{Cc}]/u.test(segment)),
          url,
        )
        const call = {provider: 'example', isHelix: false, method: sent, segments}
        assert.ok(
          SCOPES.some((scope) => allowsCall(scope, call)),
          `${sent} ${url}`,
        )
      }),
      {numRuns: RUNS},
    )
    assert.ok(passed > RUNS / 50, `${String(passed)} requests passed`)
  })

  it('goes on afterwards', async () => {
    assert.equal((await scene.call('/api/example/items/1')).status, 200)
  })
})
