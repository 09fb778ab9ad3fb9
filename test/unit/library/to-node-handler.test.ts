import assert from 'node:assert/strict'
import {once} from 'node:events'
import {createServer, request as sendRequest, type RequestListener, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {text} from 'node:stream/consumers'

import express from 'express'

import {toNodeHandler} from '../../../src/library/to-node-handler.js'

/** Answers with what it was asked. */
async function echo(request: Request): Promise<Response> {
  const {method, url, headers} = request
  const seen = {method, url, type: headers.get('content-type'), names: [...headers.keys()], body: await request.text()}
  const answer = Response.json(seen, {status: 202, headers: {'X-Made-Up': 'yes'}})
  answer.headers.append('Set-Cookie', 'a=1; Path=/')
  answer.headers.append('Set-Cookie', 'b=2; Path=/')
  return answer
}

interface Seen {
  method: string
  url: string
  type: string | null
  names: string[]
  body: string
}

describe('toNodeHandler', () => {
  let server: Server
  let url: string

  async function serve(listener: RequestListener): Promise<void> {
    server = createServer(listener)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  }
  afterEach(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })

  const ask = async (path: string, init?: RequestInit): Promise<Seen> =>
    (await (await fetch(`${url}${path}`, init)).json()) as Seen

  it('hands on method, path, query, headers and body, and never the host that was asked for', async () => {
    await serve(toNodeHandler(echo))
    const {port} = new URL(url)
    const request = sendRequest({
      port,
      path: '/oauth/callback?a=%2F&a=2',
      method: 'POST',
      headers: {Host: 'evil.example.test', 'X-Twice': ['1', '2']},
    })
    request.end('made=up')
    const [response] = (await once(request, 'response')) as [
      AsyncIterable<Buffer> & {statusCode: number; headers: Record<string, unknown>},
    ]
    const seen = JSON.parse(await text(response)) as Seen
    assert.deepEqual(
      [seen.method, seen.url, seen.body],
      ['POST', 'http://localhost/oauth/callback?a=%2F&a=2', 'made=up'],
    )
    assert.ok(seen.names.includes('x-twice'))
    assert.equal(response.statusCode, 202)
    assert.deepEqual(response.headers['set-cookie'], ['a=1; Path=/', 'b=2; Path=/'])
    assert.equal(response.headers['x-made-up'], 'yes')
  })

  for (const [parser, type, sent, got] of [
    ['no parser', 'application/x-www-form-urlencoded', 'a=1&b=%26&b=2', 'a=1&b=%26&b=2'],
    ['urlencoded', 'application/x-www-form-urlencoded', 'a=1&b=%26&b=2', 'a=1&b=%26&b=2'],
    ['json', 'application/json', '{"code": "1"}', '{"code":"1"}'],
    ['text', 'text/plain', 'made up', 'made up'],
    ['raw', 'application/octet-stream', 'made up', 'made up'],
  ] as const) {
    it(`sees the whole path and the body below a mount of Express, behind ${parser}`, async () => {
      const app = express()
      if (parser !== 'no parser')
        app.use(parser === 'urlencoded' ? express.urlencoded({extended: false}) : express[parser]())
      app.use('/oauth', toNodeHandler(echo))
      await serve(app)
      const seen = await ask('/oauth/callback?x=1', {method: 'POST', body: sent, headers: {'Content-Type': type}})
      assert.deepEqual([seen.url, seen.type, seen.body], ['http://localhost/oauth/callback?x=1', type, got])
    })
  }

  it('refuses a body that is too large, whether its length was told or not', async () => {
    await serve(toNodeHandler(echo))
    const large = 'x'.repeat(64 * 1024 + 1)
    assert.equal((await fetch(url, {method: 'POST', body: large})).status, 413)
    const stream = new Blob([large]).stream()
    assert.equal((await fetch(url, {method: 'POST', body: stream, duplex: 'half'})).status, 413)
    assert.equal((await ask('/', {method: 'POST', body: large.slice(1)})).body.length, 64 * 1024)
  })

  it('refuses what is no path', async () => {
    await serve(toNodeHandler(echo))
    for (const path of ['http://evil.example.test/oauth', '*', '//[', '//evil.example.test/oauth/flows/x/start']) {
      const request = sendRequest({port: new URL(url).port, path, method: path === '*' ? 'OPTIONS' : 'GET'}).end()
      const [response] = (await once(request, 'response')) as [AsyncIterable<Buffer> & {statusCode: number}]
      assert.equal(response.statusCode, 400, path)
      await text(response)
    }
  })

  it('answers 500 when the handler fails, and outlives a caller who goes away', async () => {
    await serve(toNodeHandler(() => Promise.reject(new Error('made-up fault'))))
    const answer = await fetch(url)
    assert.deepEqual([answer.status, await answer.text()], [500, ''])
    const request = sendRequest(url, {method: 'POST', headers: {'Content-Length': '100'}})
    request.on('error', () => undefined).write('begun')
    await once(server, 'connection')
    request.destroy()
    assert.equal((await fetch(url)).status, 500)
  })
})
