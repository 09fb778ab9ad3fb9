import assert from 'node:assert/strict'
import {once} from 'node:events'
import {connect} from 'node:net'
import {text} from 'node:stream/consumers'

import {startApi, type ApiScene} from '../../../support/api-scene.js'
import {makeBrokerWorld, type BrokerWorld} from '../../../support/broker-world.js'
import {makeProvider} from '../../../support/make-provider.js'

describe('odd requests to the API', () => {
  let world: BrokerWorld
  let scene: ApiScene
  let token: string
  before(async () => {
    world = await makeBrokerWorld()
    await world.addAccount(makeProvider())
    scene = await startApi(world.deps)
    token = await scene.issue(['account:read', 'admin'])
  })
  after(async () => {
    await scene.stop()
    await world.dispose()
  })

  /** Sends the request as it is, which `fetch` would not; the server closes after it. */
  async function send(
    line: string,
    headers: readonly string[] = [],
    body: Uint8Array = Buffer.alloc(0),
  ): Promise<string> {
    const socket = connect(scene.port, '127.0.0.1')
    const all = ['Host: localhost', `Authorization: Bearer ${token}`, 'Connection: close', ...headers]
    socket.write(`${line} HTTP/1.1\r\n${all.join('\r\n')}\r\n\r\n`)
    socket.write(body)
    return text(socket)
  }

  const statusOf = (answer: string): number => Number(answer.split(' ')[1])

  for (const path of [
    '/api/v1/../v1/bots',
    '/api/v1/./bots',
    '/api/v1/%2e%2e/v1/bots',
    '/api/v1/.%2E/v1/bots',
    '/api/v1/bots/..',
    '/api/v1/accounts/example:2002/../../bots',
    '/api/v1/bots"',
  ]) {
    it(`answers 400 for the path ${path}`, async () => {
      const answer = await send(`GET ${path}`)
      assert.equal(statusOf(answer), 400)
      assert.match(answer, /"The path is not clear/)
    })
  }

  for (const path of [
    '//api/v1/bots',
    '/api//v1/bots',
    '/api/v1/bots/',
    '/api/v1/bots;x=1',
    '/api/v1/bots%00',
    '/%ff',
    '/%',
  ]) {
    it(`answers 404 for the path ${path}`, async () => assert.equal(statusOf(await send(`GET ${path}`)), 404))
  }

  it('reads a path that is encoded more than it need be', async () => {
    assert.equal(statusOf(await send('GET /api/v1/%62ots')), 200)
    assert.equal(statusOf(await send('GET /api/v1/accounts/example%3A2002')), 200)
    assert.equal(statusOf(await send('GET /api/v1/accounts/example%253A2002')), 404)
  })

  it('takes no notice of a body where none belongs', async () => {
    assert.equal(statusOf(await send('GET /api/v1/bots', ['Content-Length: 4'], Buffer.from('made'))), 200)
  })

  const OVERLAY = '{"name":"overlay","scopes":["chat"],"as_any":true}'
  const sendBody = (body: Uint8Array, headers: readonly string[] = []) =>
    send(
      'POST /api/v1/tokens',
      ['Content-Type: application/json', `Content-Length: ${String(body.length)}`, ...headers],
      body,
    )

  it('answers 400 for JSON that is not UTF-8, and issues nothing', async () => {
    const before = (await world.store.apiTokens.list()).length
    const body = Buffer.from(OVERLAY.replace('overlay', 'ÿþ'), 'latin1')
    assert.equal(statusOf(await sendBody(body)), 400)
    assert.equal(statusOf(await sendBody(Buffer.from(OVERLAY, 'utf16le'))), 400)
    assert.equal((await world.store.apiTokens.list()).length, before)
  })

  it('answers 415 for a body that says it is compressed', async () => {
    assert.equal(statusOf(await sendBody(Buffer.from(OVERLAY), ['Content-Encoding: gzip'])), 415)
    assert.equal(statusOf(await sendBody(Buffer.from(OVERLAY), ['Content-Encoding: identity'])), 200)
  })

  it('reads a body that comes in chunks', async () => {
    const half = OVERLAY.length / 2
    const chunks = [OVERLAY.slice(0, half), OVERLAY.slice(half), '']
    const body = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')
    const answer = await send(
      'POST /api/v1/tokens',
      ['Content-Type: application/json; charset=utf-8', 'Transfer-Encoding: chunked'],
      Buffer.from(body),
    )
    assert.equal(statusOf(answer), 200)
  })

  it('goes on when a client leaves in the middle of its body', async () => {
    const socket = connect(scene.port, '127.0.0.1')
    const head = ['POST /api/v1/tokens HTTP/1.1', 'Host: localhost', `Authorization: Bearer ${token}`]
    const rest = ['Content-Type: application/json', 'Content-Length: 1000', '', '{"name"']
    socket.write([...head, ...rest].join('\r\n'), () => socket.destroy())
    await once(socket, 'close')
    assert.equal((await scene.call('GET', '/api/v1/bots', {token})).status, 200)
  })
})
