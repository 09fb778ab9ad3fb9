import assert from 'node:assert/strict'
import {lookup} from 'node:dns/promises'
import type {Socket} from 'node:net'

import type {RawReply} from '../../../src/model/refresh.js'
import {createHttpExchange, DEFAULT_LIMITS, type ExchangeLimits} from '../../../src/providers/http-exchange.js'
import type {Exchange} from '../../../src/providers/provider-client.js'
import {createFakeClock} from '../../support/fake-clock.js'
import {answering, onRequest, startWireServer, type Behaviour, type WireServer} from '../../support/wire-server.js'

const JSON_BODY = '{"access_token":"made-up"}'

const makeAnswer = (status: string, headers: string[] = [], body = JSON_BODY): string =>
  [`HTTP/1.1 ${status}`, ...headers, `Content-Length: ${String(Buffer.byteLength(body))}`, '', body].join('\r\n')

describe('an HTTP exchange', () => {
  const clock = createFakeClock()
  let server: WireServer | undefined

  afterEach(async () => {
    await server?.stop()
    server = undefined
  })

  const createExchange = (limits: Partial<ExchangeLimits> = {}) =>
    createHttpExchange({clock, userAgent: 'behalf/1.2.3', limits: {...DEFAULT_LIMITS, ...limits}})

  async function exchangeWith(behave: Behaviour, limits?: Partial<ExchangeLimits>): Promise<Exchange> {
    server = await startWireServer(behave)
    return post(server.url, limits)
  }

  const post = (url: string, limits?: Partial<ExchangeLimits>, beforeWrite?: () => Promise<boolean>) =>
    createExchange(limits)(
      {method: 'POST', url, headers: {'content-type': 'text/plain'}, body: 'refresh_token=made-up-ü'},
      beforeWrite,
    )

  const replyOf = (exchange: Exchange): RawReply =>
    exchange.kind === 'reply' ? exchange.reply : assert.fail(JSON.stringify(exchange))

  describe('that is answered', () => {
    it('gives status, headers and body as they came', async () => {
      const exchange = await exchangeWith(answering(makeAnswer('200 OK', ['X-Made-Up: 1', 'Set-Cookie: a=b'])))
      assert.deepEqual(replyOf(exchange), {
        status: 200,
        headers: {'x-made-up': '1', 'content-length': '26'},
        body: JSON_BODY,
        complete: true,
        sentAt: clock.now(),
      })
    })

    it('says who it is, asks for no compression and for no other request on the connection', async () => {
      await exchangeWith(answering(makeAnswer('200 OK')))
      const [head = '', body] = (server?.received[0] ?? '').split('\r\n\r\n')
      const lines = head.split('\r\n')
      assert.equal(lines[0], 'POST /token HTTP/1.1')
      assert(lines.includes('user-agent: behalf/1.2.3'), head)
      assert(lines.includes('accept-encoding: identity'), head)
      assert(lines.includes('connection: close'), head)
      assert(lines.includes('content-length: 24'), head)
      assert(lines.includes(`host: 127.0.0.1:${String(server?.port)}`), head)
      assert.equal(Buffer.from(body ?? '', 'latin1').toString(), 'refresh_token=made-up-ü')
    })

    for (const status of [400, 401, 408, 429, 500, 502, 503]) {
      it(`gives a ${String(status)} as a reply, once`, async () => {
        const exchange = await exchangeWith(answering(makeAnswer(`${String(status)} Made Up`, ['Retry-After: 7'])))
        const reply = replyOf(exchange)
        assert.equal(reply.status, status)
        assert.equal(reply.headers['retry-after'], '7')
        assert.equal(server?.connections, 1)
      })
    }

    it('follows no redirect', async () => {
      const exchange = await exchangeWith(answering(makeAnswer('307 Elsewhere', ['Location: /elsewhere'], '')))
      assert.equal(replyOf(exchange).status, 307)
      assert.equal(server?.connections, 1)
    })

    it('passes over an interim answer', async () => {
      const exchange = await exchangeWith(answering(`HTTP/1.1 103 Early Hints\r\n\r\n${makeAnswer('200 OK')}`))
      assert.equal(replyOf(exchange).status, 200)
    })

    it('reads chunks, and a body that ends with the connection', async () => {
      const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n'
      const reply = replyOf(await exchangeWith(answering(chunked)))
      assert.deepEqual([reply.body, reply.complete], ['abcde', true])
      await server?.stop()
      const endless = replyOf(await exchangeWith(answering('HTTP/1.1 200 OK\r\n\r\nabc')))
      assert.deepEqual([endless.body, endless.complete], ['abc', true])
    })

    it('reads what is not UTF-8 as far as it can', async () => {
      const bytes = Buffer.concat([
        Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na'),
        Buffer.from([0xff, 0x62]),
      ])
      assert.equal(replyOf(await exchangeWith(answering(bytes))).body, 'a\uFFFDb')
    })

    it('takes the answer of a server that has not read the request', async () => {
      const behave: Behaviour = (socket, received) => {
        if (received !== '') socket.end(makeAnswer('413 Too Large'))
      }
      assert.equal(replyOf(await exchangeWith(behave)).status, 413)
    })

    it('takes an answer that came in time, though the process was suspended until after the time limit', async () => {
      const suspend = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400)
      const behave = onRequest((socket) => {
        socket.end(makeAnswer('200 OK'))
        suspend()
      })
      assert.equal(replyOf(await exchangeWith(behave, {totalMs: 200})).complete, true)
    })
  })

  describe('whose answer is cut short', () => {
    const cuts: Record<string, Behaviour> = {
      'by a reset': answering('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"a":', (socket) =>
        socket.resetAndDestroy(),
      ),
      'by the end of the connection': answering('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"a":'),
      'between chunks': answering('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n'),
      'by a chunk that is none': answering('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\nzz\r\n'),
    }
    for (const [how, behave] of Object.entries(cuts)) {
      it(`${how} gives what came, as incomplete`, async () => {
        const reply = replyOf(await exchangeWith(behave))
        assert.deepEqual([reply.status, reply.body, reply.complete], [200, '{"a":', false])
      })
    }

    it('by the time limit gives what came, as incomplete', async () => {
      const behave = answering('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"a":', () => undefined)
      const reply = replyOf(await exchangeWith(behave, {totalMs: 150}))
      assert.deepEqual([reply.status, reply.body, reply.complete], [200, '{"a":', false])
    })

    it('by the size limit gives the allowed part, as incomplete', async () => {
      const reply = replyOf(await exchangeWith(answering(makeAnswer('200 OK', [], 'x'.repeat(101))), {bodyBytes: 100}))
      assert.deepEqual([reply.body.length, reply.complete], [100, false])
      await server?.stop()
      const whole = replyOf(await exchangeWith(answering(makeAnswer('200 OK', [], 'x'.repeat(100))), {bodyBytes: 100}))
      assert.deepEqual([whole.body.length, whole.complete], [100, true])
    })
  })

  describe('that is written but not answered', () => {
    const silences: Record<string, Behaviour> = {
      'a reset': onRequest((socket) => socket.resetAndDestroy()),
      'the end of the connection': onRequest((socket) => socket.end()),
      'half a status line': answering('HTTP/1.1 2'),
      'something that is not HTTP': answering('220 mail.example.test ESMTP\r\n'),
      'a change of protocol': answering(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
      ),
    }
    for (const [what, behave] of Object.entries(silences)) {
      it(`gives no reply after ${what}, and is not repeated`, async () => {
        const exchange = await exchangeWith(behave)
        assert.equal(exchange.kind, 'no-reply', JSON.stringify(exchange))
        assert(!JSON.stringify(exchange).includes('made-up'), JSON.stringify(exchange))
        assert.equal(server?.connections, 1)
      })
    }

    it('gives no reply at the time limit', async () => {
      const exchange = await exchangeWith(() => undefined, {totalMs: 150})
      assert.deepEqual(exchange, {kind: 'no-reply', reason: 'no answer within 0.15 s'})
    })
  })

  describe('that is not sent', () => {
    it('because nobody listens', async () => {
      server = await startWireServer(() => undefined)
      const {url} = server
      await server.stop()
      const exchange = await post(url)
      assert.equal(exchange.kind, 'not-sent')
      assert.match(JSON.stringify(exchange), /ECONNREFUSED/)
    })

    it('because no address of localhost answers, both named', async () => {
      server = await startWireServer(() => undefined)
      const {port} = server
      await server.stop()
      const exchange = await post(`http://localhost:${String(port)}/token`)
      assert(exchange.kind === 'not-sent')
      assert.match(exchange.reason, /ECONNREFUSED/)
    })

    it('because the host does not exist', async () => {
      const exchange = await post('https://nobody.invalid/token')
      assert(exchange.kind === 'not-sent')
      assert.match(exchange.reason, /nobody\.invalid/)
    })

    it('because the server does not speak TLS', async () => {
      server = await startWireServer((socket, received) => {
        if (received !== '') socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
      })
      const exchange = await post(server.url.replace('http:', 'https:'))
      assert.equal(exchange.kind, 'not-sent', JSON.stringify(exchange))
    })

    it('because TLS does not come to an end in time', async () => {
      server = await startWireServer(() => undefined)
      const exchange = await post(server.url.replace('http:', 'https:'), {connectMs: 150})
      assert.deepEqual(exchange, {kind: 'not-sent', reason: 'no connection within 0.15 s'})
    })

    it('because the check says no, throws, or does not come back in time', async () => {
      server = await startWireServer(() => undefined)
      const {url} = server
      assert.equal((await post(url, {}, () => Promise.resolve(false))).kind, 'not-sent')
      assert.equal((await post(url, {}, () => Promise.reject(new Error('made-up')))).kind, 'not-sent')
      const never = await post(url, {totalMs: 150}, () => new Promise(() => undefined))
      assert.deepEqual(never, {kind: 'not-sent', reason: 'no answer within 0.15 s'})
      assert.deepEqual(server.received, ['', '', ''])
    })

    it('because the connection ended while the check ran', async () => {
      let accepted: Socket | undefined
      server = await startWireServer((socket) => {
        accepted = socket
      })
      const exchange = await post(server.url, {}, async () => {
        accepted?.resetAndDestroy()
        await new Promise((resolve) => setTimeout(resolve, 50))
        return true
      })
      assert.equal(exchange.kind, 'not-sent', JSON.stringify(exchange))
    })

    for (const url of ['http://example.test/token', 'http://127.0.0.1.example.test/', 'ftp://localhost/', 'nonsense']) {
      it(`because ${url} is not for secrets`, async () => {
        await assert.rejects(post(url), {code: 'configuration'})
      })
    }
  })

  it('asks the check when connected, and before the first byte', async () => {
    server = await startWireServer(answering(makeAnswer('200 OK')))
    const seen: [number, string | undefined][] = []
    await post(server.url, {}, async () => {
      await new Promise((resolve) => setTimeout(resolve, 30))
      seen.push([server?.connections ?? 0, server?.received[0]])
      return true
    })
    assert.deepEqual(seen, [[1, '']])
  })

  it('reaches localhost on whichever of its addresses is listened on', async () => {
    for (const {address: host} of await lookup('localhost', {all: true})) {
      server = await startWireServer(answering(makeAnswer('200 OK')), host)
      assert.equal((await post(`http://localhost:${String(server.port)}/`)).kind, 'reply', host)
      await server.stop()
    }
  })
})
