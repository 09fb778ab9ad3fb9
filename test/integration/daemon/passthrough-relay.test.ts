import assert from 'node:assert/strict'
import {connect} from 'node:net'
import {gzipSync} from 'node:zlib'
import {text} from 'node:stream/consumers'

import {tokensOf} from '../../support/tokens-of.js'
import {makeUpstreamScene, type UpstreamScene, type UpstreamSceneOptions} from '../../support/upstream-scene.js'
import {until} from '../../support/until.js'

describe('what the passthrough relays', () => {
  let scene: UpstreamScene

  async function open(options?: UpstreamSceneOptions): Promise<UpstreamScene> {
    scene = await makeUpstreamScene(options)
    return scene
  }

  afterEach(() => scene.dispose())

  it('sends the account’s token, what it may of the caller’s headers, and nothing that says who the caller is', async () => {
    const {account, token} = await open()
    await scene.call('/api/example/items', {
      headers: {
        Accept: 'text/csv',
        Cookie: 'session=made-up',
        Forwarded: 'for=192.0.2.1',
        'If-None-Match': '"1"',
        'Proxy-Authorization': 'Basic made-up',
        'User-Agent': 'tests',
        'X-Api-Key': 'made-up',
        'X-Behalf-Of': 'techydrroid',
        'X-Forwarded-For': '192.0.2.1',
        'X-HTTP-Method-Override': 'DELETE',
        'X-TAU-On-Behalf-Of': 'techydrroid',
      },
    })
    const {headers} = scene.received[0] ?? {}
    assert.deepEqual(headers, {
      accept: 'text/csv',
      'accept-encoding': 'gzip, deflate',
      'accept-language': '*',
      authorization: `Bearer ${tokensOf(account).accessToken.reveal()}`,
      connection: 'keep-alive',
      host: new URL(scene.upstream).host,
      'if-none-match': '"1"',
      'user-agent': 'tests',
      ...(headers && 'cache-control' in headers && {'cache-control': headers['cache-control']}),
      ...(headers && 'pragma' in headers && {pragma: headers.pragma}),
    })
    assert.ok(!JSON.stringify(scene.received[0]?.rawHeaders).includes(token))
  })

  it('drops what Connection names', async () => {
    await open()
    await scene.sendRaw(
      `GET /api/example/items HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${scene.token}\r\n` +
        'Accept: text/csv\r\nPrefer: made-up\r\nConnection: close, Prefer\r\n\r\n',
    )
    assert.equal(scene.received[0]?.headers.accept, 'text/csv')
    assert.equal(scene.received[0].headers.prefer, undefined)
  })

  it('passes status, body and limits of an answer, and none of what would speak for the daemon', async () => {
    await open()
    const zipped = gzipSync('{"a":1}')
    scene.answer((_request, response) => {
      response.writeHead(207, {
        'Access-Control-Allow-Origin': '*',
        'Clear-Site-Data': '"*"',
        'Content-Encoding': 'gzip',
        'Content-Type': 'application/json',
        Link: '<https://api.example.test/items?page=2>; rel="next"',
        'Ratelimit-Reset': '1800000000',
        'Set-Cookie': ['a=1', 'b=2'],
        'Strict-Transport-Security': 'max-age=1',
        Vary: 'Accept',
        'X-Accel-Redirect': '/etc/passwd',
        'X-RateLimit-Remaining': '3',
      })
      response.end(zipped)
    })
    const answer = await scene.sendRaw(
      `GET /api/example/items HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${scene.token}\r\nConnection: close\r\n\r\n`,
    )
    const [head = '', ...body] = answer.split('\r\n\r\n')
    const lines = head.split('\r\n').filter((line) => !/^(?:date|connection|transfer-encoding): /i.test(line))
    assert.deepEqual(lines.sort(), [
      "Content-Security-Policy: sandbox; default-src 'none'; frame-ancestors 'none'",
      'HTTP/1.1 207 Multi-Status',
      'Vary: Accept, Authorization, X-Behalf-Of, X-TAU-On-Behalf-Of',
      'X-Content-Type-Options: nosniff',
      'content-encoding: gzip',
      'content-type: application/json',
      'link: <https://api.example.test/items?page=2>; rel="next"',
      'ratelimit-reset: 1800000000',
      'x-ratelimit-remaining: 3',
    ])
    assert.ok(body.join('\r\n\r\n').includes(zipped.toString('latin1')))
  })

  it('follows no redirect, and answers HEAD without a body', async () => {
    await open()
    scene.answer((_request, response) => {
      response.writeHead(302, {Location: 'https://elsewhere.example.test/', 'Content-Length': '2'}).end('{}')
    })
    const response = await scene.call('/api/example/items')
    assert.deepEqual([response.status, response.headers.get('location')], [302, 'https://elsewhere.example.test/'])
    const head = await scene.call('/api/example/items', {method: 'HEAD'})
    assert.deepEqual([head.status, head.headers.get('content-length'), await head.text()], [302, '2', ''])
    assert.equal(scene.received.length, 2)
  })

  it('sends the path as it was matched and the query as it was written, below the API’s own path', async () => {
    await open()
    const targets: [string, string][] = [
      ['/api/example/items', '/v1/items'],
      ['/api/example/items/?a=1&format=json&a=%2F+%41', '/v1/items/?a=1&format=json&a=%2F+%41'],
      ['/api/example/%69tems/%C3%A9t%C3%A9?', '/v1/items/%C3%A9t%C3%A9?'],
      ['/api/example/a:b@c,d+e$f&g=h', '/v1/a:b@c,d+e$f&g=h'],
      ['/api/example/a;b/..;/x', '/v1/a%3Bb/..%3B/x'],
      ['/api/example/?x', '/v1/?x'],
    ]
    for (const [target, expected] of targets) {
      await scene.sendRaw(
        `GET ${target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${scene.token}\r\nConnection: close\r\n\r\n`,
      )
      assert.equal(scene.received.at(-1)?.url, expected)
    }
  })

  it('refuses paths that two servers could read differently', async () => {
    await open()
    const paths = [
      'a//b',
      'a/../b',
      'a/%2e%2E/b',
      'a/./b',
      'a%2Fb',
      'a%5cb',
      'a\\b',
      'a%00',
      'a%0d',
      'a%C2%85',
      'a%25b',
    ]
    for (const path of [...paths, 'a%', 'a%zz', 'a%C3', '%c0%af', 'a%ff', '/', 'a/%2e%2e']) {
      const answer = await scene.sendRaw(
        `GET /api/example/${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${scene.token}\r\nConnection: close\r\n\r\n`,
      )
      assert.match(answer, /^HTTP\/1\.1 400 /, path)
      assert.match(answer, /X-Behalf-Error: invalid-input/, path)
    }
    assert.equal(scene.received.length, 0)
  })

  it('passes every method but TRACE, which would bring the token back', async () => {
    await open()
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
      assert.equal((await scene.call('/api/example/items', {method})).status, 200, method)
      assert.equal(scene.received.at(-1)?.method, method)
    }
    const answer = await scene.sendRaw(
      `TRACE /api/example/items HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${scene.token}\r\nConnection: close\r\n\r\n`,
    )
    assert.match(answer, /^HTTP\/1\.1 405 /)
    assert.equal(scene.received.length, 7)
  })

  it('asks for a body only when it is wanted, and passes it on piece by piece', async () => {
    await open()
    scene.answer((request, response) => {
      request.pipe(response)
    })
    const chunked =
      `POST /api/example/echo HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${scene.token}\r\n` +
      'Transfer-Encoding: chunked\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n'
    const answer = await scene.sendRaw(`${chunked}5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n`)
    assert.match(answer, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/)
    assert.match(answer, /hello[\s\S]* world/)
    assert.equal(scene.received[0]?.headers.expect, undefined)
    const unwanted = await scene.sendRaw(chunked.replace(scene.token, 'bhf_unknown'))
    assert.match(unwanted, /^HTTP\/1\.1 401 /)
  })

  it('refuses a body that is too large, announced or not, and passes one that just fits', async () => {
    await open({maxPassthroughBytes: 100_000})
    scene.answer((request, response) => {
      void text(request).then(
        (body) => response.end(String(body.length)),
        () => response.destroy(),
      )
    })
    const post = (bytes: number, isStreamed: boolean) =>
      scene.call('/api/example/items', {
        method: 'POST',
        body: isStreamed ? new Blob(['x'.repeat(bytes)]).stream() : 'x'.repeat(bytes),
        ...(isStreamed && {duplex: 'half'}),
      })
    for (const isStreamed of [false, true]) {
      assert.equal(await (await post(100_000, isStreamed)).text(), '100000')
      const response = await post(100_001, isStreamed)
      assert.deepEqual([response.status, response.headers.get('x-behalf-error')], [413, 'body-too-large'])
    }
  })

  it('ends the call at the API when its caller goes away', async () => {
    await open()
    let isCut = false
    scene.answer((_request, response) => {
      response.write('begun')
      response.once('close', () => (isCut = !response.writableFinished))
    })
    const controller = new AbortController()
    const response = await scene.call('/api/example/items', {signal: controller.signal})
    assert.equal(response.status, 200)
    controller.abort()
    await until('the API sees it', () => isCut)
    await until('it is noted', () => scene.daemon.audited.at(-1)?.status === 499)
  })

  it('ends calls whose answers wait for their turn on a connection, when that is gone or they wait too long', async () => {
    await open({limits: {atOnce: 2, stallMs: 200, headersMs: 60_000, bodyIdleMs: 60_000}})
    const ended: (string | undefined)[] = []
    scene.answer((request, response) => {
      response.once('close', () => ended.push(request.url))
      if (request.url === '/v1/endless') response.write(Buffer.alloc(4 * 1024 * 1024))
    })
    const request = (path: string): string =>
      `GET /api/example/${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${scene.token}\r\n\r\n`
    const left = connect(scene.daemon.port, '127.0.0.1')
    left.write(request('slow') + request('slow'))
    await until('both are there', () => scene.received.length === 2)
    left.destroy()
    await until('the API sees that both are over', () => ended.length === 2)
    const stays = connect(scene.daemon.port, '127.0.0.1')
    stays.write(request('slow') + request('endless'))
    await until('the API sees that the second one is over', () => ended.includes('/v1/endless'), 5_000)
    assert.equal(ended.length, 3)
    stays.destroy()
    await until('the API sees that all are over', () => ended.length === 4)
  })

  it('says so when the API cannot be reached, does not answer, or breaks off', async () => {
    await open({limits: {headersMs: 100, bodyIdleMs: 100}})
    scene.answer((request, response) => {
      if (request.url === '/v1/cut') response.destroy()
      else if (request.url === '/v1/part') response.writeHead(200, {'Content-Length': '10'}).write('part')
    })
    const failureOf = async (path: string) => {
      const response = await scene.call(path)
      const {code, detail, error} = (await response.json()) as Record<string, string>
      assert.equal(detail, error)
      return [response.status, code, response.headers.get('x-behalf-error')]
    }
    assert.deepEqual(await failureOf('/api/example/cut'), [502, 'unavailable', 'unavailable'])
    assert.deepEqual(await failureOf('/api/example/silent'), [504, 'unavailable', 'unavailable'])
    const part = await scene.call('/api/example/part')
    await assert.rejects(part.text())
    const {world, provider} = scene
    await world.store.providers.put({...provider, apiUrl: 'http://127.0.0.1:9/v1'})
    await world.store.accounts.update(scene.account.key, (account) => ({
      ...account,
      origins: {...account.origins, api: 'http://127.0.0.1:9'},
    }))
    assert.deepEqual(await failureOf('/api/example/items'), [502, 'unavailable', 'unavailable'])
  })

  it('repeats a reading call once when a kept connection turns out to be closed, and no other', async () => {
    await open()
    let isSpoilt = false
    scene.answer((request, response) => {
      if (isSpoilt) {
        isSpoilt = false
        request.socket.destroy()
      } else response.end('{}')
    })
    assert.equal((await scene.call('/api/example/items')).status, 200)
    isSpoilt = true
    assert.equal((await scene.call('/api/example/items')).status, 200)
    assert.equal(scene.received.length, 3)
    isSpoilt = true
    assert.equal((await scene.call('/api/example/items', {method: 'POST', body: '{}'})).status, 502)
    assert.equal(scene.received.length, 4)
    isSpoilt = true
    // A new connection that closes was not kept for anyone.
    assert.equal((await scene.call('/api/example/items')).status, 502)
  })

  it('lets so many calls wait, and no longer than that', async () => {
    await open({limits: {atOnce: 2, connections: 2, waiting: 2, waitMs: 150}})
    const waiting: (() => void)[] = []
    scene.answer((_request, response) => {
      waiting.push(() => response.end('{}'))
    })
    const calls = Array.from({length: 4}, () => scene.call('/api/example/items'))
    await until('two are there', () => waiting.length === 2)
    const refused = await scene.call('/api/example/items')
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '1'])
    const late = await Promise.all(calls.slice(2).map((call) => call))
    assert.deepEqual(new Set(late.map(({status}) => status)), new Set([503]))
    for (const end of waiting) end()
    const early = await Promise.all(calls.slice(0, 2))
    assert.deepEqual(new Set(early.map(({status}) => status)), new Set([200]))
    scene.answer((_request, response) => response.end('{}'))
    assert.equal((await scene.call('/api/example/items')).status, 200)
  })

  it('sends a token only where its account was granted one', async () => {
    await open()
    const elsewhere = await makeUpstreamScene()
    try {
      await scene.world.store.providers.put({...scene.provider, apiUrl: `${elsewhere.upstream}/v1`})
      const response = await scene.call('/api/example/items')
      assert.deepEqual([response.status, response.headers.get('x-behalf-error')], [409, 'login-needed'])
      assert.equal(elsewhere.received.length, 0)
    } finally {
      await elsewhere.dispose()
    }
  })

  it('takes no more from the API than its caller takes', async () => {
    await open({limits: {stallMs: 300}})
    let isCut = false
    scene.answer((_request, response) => {
      const piece = Buffer.alloc(1024 * 1024)
      const fill = (): void => {
        while (response.write(piece));
      }
      response.on('drain', fill).once('close', () => (isCut = true))
      fill()
    })
    const response = await scene.call('/api/example/endless')
    // Who takes nothing for too long is let go of.
    await until('the API sees it', () => isCut, 5_000)
    await response.body?.cancel().catch(() => undefined)
  })
})
