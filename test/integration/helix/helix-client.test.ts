import assert from 'node:assert/strict'
import {once} from 'node:events'
import {createServer, type Server} from 'node:http'
import type {AddressInfo, Socket} from 'node:net'
import {inspect} from 'node:util'

import {callHelix} from '../../../src/helix/helix-client.js'
import {BehalfError} from '../../../src/model/behalf-error.js'
import {UnsentRequest, type HelixRequest} from '../../../src/model/helix-call.js'
import {Secret} from '../../../src/model/secret.js'
import {findFreePort} from '../../support/free-port.js'

const TOKEN = 'made-up-access-token'

describe('the Helix client', () => {
  let server: Server
  let apiUrl: string
  let connections: number
  /** The connection of each request, in their order. */
  let sockets: Socket[]
  /** Cuts the connection instead of answering. */
  let cut: (request: number) => boolean

  beforeEach(async () => {
    connections = 0
    sockets = []
    cut = () => false
    server = createServer((request, response) => {
      sockets.push(request.socket)
      if (cut(sockets.length)) request.socket.destroy()
      else response.end('{"data":[]}')
    })
    server.on('connection', () => (connections += 1))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    apiUrl = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  })
  afterEach(async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  })

  const call = (parts: Partial<HelixRequest> = {}) =>
    callHelix(
      {apiUrl, method: 'GET', path: '/users', query: '', ...parts},
      {accessToken: new Secret(TOKEN), clientId: 'made-up-client'},
    )
  async function failureOf(calling: Promise<unknown>): Promise<BehalfError> {
    const error: unknown = await calling.catch((thrown: unknown) => thrown)
    assert.ok(error instanceof BehalfError)
    assert.equal(error.code, 'unavailable')
    assert.ok(!inspect(error, {depth: 10, showHidden: true}).includes(TOKEN), 'the token is in the error')
    return error
  }

  it('keeps the connection for the next call', async () => {
    for (let round = 0; round < 5; round += 1) assert.equal((await call()).status, 200)
    assert.equal(connections, 1)
  })

  it('calls again when a kept connection turns out to be closed, if it only reads', async () => {
    await call()
    cut = (request) => request === 2
    assert.equal((await call()).status, 200)
    assert.equal(sockets.length, 3)
    assert.notEqual(sockets[2], sockets[1])
  })

  it('but not if it changes something: nobody knows whether it was carried out', async () => {
    await call()
    cut = (request) => request === 2
    const {message, cause} = await failureOf(call({method: 'POST', body: '{}'}))
    assert.match(message, /did not answer \(ECONNRESET\)\. Whether the call was carried out is not known\.$/)
    assert.equal(cause, undefined)
    assert.equal(sockets.length, 2)
  })

  it('calls no third time', async () => {
    await call()
    cut = (request) => request >= 2
    await failureOf(call())
    assert.equal(sockets.length, 3)
  })

  it('does not call again over a new connection', async () => {
    cut = () => true
    await failureOf(call())
    assert.equal(sockets.length, 1)
  })

  it('tells that nobody was reached', async () => {
    apiUrl = `http://127.0.0.1:${String(await findFreePort())}`
    const {message, cause} = await failureOf(call({method: 'POST'}))
    assert.match(message, /^127\.0\.0\.1:\d+ did not answer \(ECONNREFUSED\)\.$/)
    assert.ok(cause instanceof UnsentRequest)
  })
})
