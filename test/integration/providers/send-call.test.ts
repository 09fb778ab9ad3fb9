import assert from 'node:assert/strict'
import {buffer, text} from 'node:stream/consumers'

import type {CallCredential} from '../../../src/model/credential.js'
import type {Provider} from '../../../src/model/provider.js'
import {Secret} from '../../../src/model/secret.js'
import type {ApiRequest} from '../../../src/providers/provider-client.js'
import {sendCall} from '../../../src/providers/send-call.js'
import {createFakeClock} from '../../support/fake-clock.js'
import {findFreePort} from '../../support/free-port.js'
import {makeProvider} from '../../support/make-provider.js'
import {until} from '../../support/until.js'
import {answering, onRequest, startWireServer, type Behaviour, type WireServer} from '../../support/wire-server.js'

const TOKEN: CallCredential = {kind: 'oauth2', accessToken: new Secret('made-up-token')}
const BASIC: CallCredential = {kind: 'basic', username: 'ada', password: new Secret('made-up'), issuedAt: 1}

describe('one call of an API', () => {
  let server: WireServer | undefined

  async function open(behave: Behaviour): Promise<WireServer> {
    server = await startWireServer(behave)
    return server
  }

  afterEach(() => server?.stop())

  function send(parts: Partial<ApiRequest> = {}, credential = TOKEN, provider: Partial<Provider> = {}, idleMs = 2_000) {
    const deps = {clock: createFakeClock(), limits: {connectMs: 1_000, idleMs}}
    const request = {method: 'GET', url: server?.url ?? '', headers: [], ...parts}
    return sendCall(deps, makeProvider(provider), credential, request)
  }

  it('sends method, headers and body once, and brings the answer back byte by byte', async () => {
    const bytes = Buffer.from([0, 1, 255, 10, 13])
    const head = 'HTTP/1.1 201 Made Up\r\nX-One: 1\r\nX-One: 2\r\nContent-Length: 5\r\n\r\n'
    const {received} = await open(answering(Buffer.concat([Buffer.from(head), bytes])))
    const headers = [['content-type', 'text/made-up']] as const
    const answer = await send({method: 'PATCH', headers, body: Buffer.from('ü')})
    assert.deepEqual([answer.status, answer.statusText, answer.tokenRefused], [201, 'Made Up', false])
    assert.deepEqual(
      answer.headers.filter(([name]) => name === 'X-One'),
      [
        ['X-One', '1'],
        ['X-One', '2'],
      ],
    )
    assert.deepEqual(await buffer(answer.body), bytes)
    const [lines = '', body] = (received[0] ?? '').split('\r\n\r\n')
    assert.ok(lines.startsWith('PATCH /token HTTP/1.1\r\n'))
    assert.match(lines, /authorization: Bearer made-up-token/)
    assert.match(lines, /content-length: 2/)
    assert.equal(Buffer.from(body ?? '', 'latin1').toString(), 'ü')
    assert.equal(received.length, 1)
  })

  it('fails when nobody is there, and says whether the call may have been carried out', async () => {
    const url = `http://127.0.0.1:${String(await findFreePort())}/x`
    await assert.rejects(send({url, method: 'POST'}), {
      code: 'unavailable',
      message: /gave no answer \(connect ECONNREFUSED \S+\)\.$/,
    })
    await open(onRequest((socket) => socket.destroy()))
    await assert.rejects(send({method: 'POST'}), {
      code: 'unavailable',
      message: /Whether the call was carried out is not known/,
    })
    await assert.rejects(send(), {code: 'unavailable', message: /gave no answer \([^)]*\)\.$/})
  })

  it('fails when the answer does not begin, is no HTTP, or breaks off', async () => {
    await open(onRequest(() => undefined))
    await assert.rejects(send({}, TOKEN, {}, 50), {code: 'unavailable', message: /nothing came for/})
    await server?.stop()
    await open(answering('made up\r\n\r\n'))
    await assert.rejects(send(), {code: 'unavailable', message: /was not HTTP/})
    await server?.stop()
    await open(answering('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'))
    const {body} = await send()
    await assert.rejects(text(body), {code: 'unavailable', message: /broke off/})
  })

  it('ends when its caller wants no more of it, whether the body was read or not', async () => {
    let ended = 0
    await open((socket, received) => {
      if (received === '') socket.once('close', () => (ended += 1))
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nbegun')
    })
    const {body} = await send()
    body.destroy()
    await until('the first is closed', () => ended === 1)
    const second = await send()
    for await (const _piece of second.body) break
    await until('the second is closed', () => ended === 2)
    await server?.stop()

    const {received} = await open(onRequest(() => undefined))
    for (const isSent of [false, true]) {
      const controller = new AbortController()
      const waiting = send({signal: controller.signal}, TOKEN, {}, 20_000)
      if (isSent) await until('it is sent', () => received.at(-1)?.includes('GET') === true)
      controller.abort(new Error('made-up end'))
      await assert.rejects(waiting, {message: 'made-up end'})
    }
  })

  it('waits for a reader that takes its time', async () => {
    const bytes = 8 * 1024 * 1024
    const head = `HTTP/1.1 200 OK\r\nContent-Length: ${String(bytes)}\r\n\r\n`
    await open(answering(Buffer.concat([Buffer.from(head), Buffer.alloc(bytes)])))
    const {body} = await send({}, TOKEN, {}, 100)
    await new Promise((resolve) => setTimeout(resolve, 400))
    assert.equal((await buffer(body)).length, bytes)
  })

  it('sends nothing secret to a URL without TLS that is not this machine', async () => {
    await assert.rejects(send({url: 'http://api.example.test/x'}), {code: 'configuration'})
  })

  describe('that is answered with 401', () => {
    const refuse = (body: string, challenge = ''): Behaviour =>
      answering(`HTTP/1.1 401 No\r\n${challenge}Content-Length: ${String(body.length)}\r\n\r\n${body}`)

    it('was refused its token where nothing else is named', async () => {
      await open(refuse('{"message":"no"}'))
      const answer = await send()
      assert.deepEqual([answer.tokenRefused, await text(answer.body)], [true, '{"message":"no"}'])
    })

    it('was not where the challenge names another error, or Twitch does', async () => {
      await open(refuse('', 'WWW-Authenticate: Bearer error="insufficient_scope"\r\n'))
      assert.equal((await send()).tokenRefused, false)
      assert.equal((await send({}, BASIC)).tokenRefused, true)
      await server?.stop()
      await open(refuse('{"message":"Missing scope: x"}'))
      assert.equal((await send({}, TOKEN, {dialect: 'twitch'})).tokenRefused, false)
    })

    it('is not looked into when it is long, and comes whole', async () => {
      const long = 'x'.repeat(200_000)
      await open(refuse(long))
      const answer = await send()
      assert.deepEqual([answer.tokenRefused, (await text(answer.body)).length], [false, long.length])
    })
  })
})
