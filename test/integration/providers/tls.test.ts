import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {once} from 'node:events'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {createServer, type Server} from 'node:https'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {TLSSocket} from 'node:tls'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'

import {createHttpExchange, DEFAULT_LIMITS} from '../../../src/providers/http-exchange.js'
import type {Exchange} from '../../../src/providers/provider-client.js'
import {createFakeClock} from '../../support/fake-clock.js'
import {makeCertificate} from '../../support/make-certificate.js'

const SCRIPT = fileURLToPath(new URL('../../support/exchange-once.ts', import.meta.url))

describe('an HTTP exchange over TLS', () => {
  let server: Server
  let folder: string
  let port: number
  let requests = 0

  before(async () => {
    const {key, cert} = makeCertificate('localhost')
    folder = await mkdtemp(join(tmpdir(), 'behalf-tls-'))
    await writeFile(join(folder, 'ca.pem'), cert)
    server = createServer({key, cert}, (request, response) => {
      requests += 1
      assert(request.socket instanceof TLSSocket)
      const {servername, alpnProtocol} = request.socket
      response.end(JSON.stringify({host: request.headers.host, servername, alpnProtocol}))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  })
  after(async () => {
    const closed = once(server, 'close')
    server.close()
    await closed
    await rm(folder, {recursive: true})
  })

  /** In a process that trusts the server's certificate. */
  async function exchangeTrusting(host: string): Promise<Exchange> {
    const env = {...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem')}
    const url = `https://${host}:${String(port)}/`
    const {stdout} = await promisify(execFile)(process.execPath, ['--import', 'tsx', SCRIPT, url], {env})
    return JSON.parse(stdout) as Exchange
  }

  it('is answered by a server with a trusted certificate, which was told the host and the protocol', async () => {
    const exchange = await exchangeTrusting('localhost')
    assert(exchange.kind === 'reply', JSON.stringify(exchange))
    assert.deepEqual(JSON.parse(exchange.reply.body), {
      host: `localhost:${String(port)}`,
      servername: 'localhost',
      alpnProtocol: 'http/1.1',
    })
    assert.equal(exchange.reply.complete, true)
  })

  it('is not sent to a server whose certificate is for another host', async () => {
    const before = requests
    const exchange = await exchangeTrusting('127.0.0.1')
    assert(exchange.kind === 'not-sent', JSON.stringify(exchange))
    assert.match(exchange.reason, /altnames/)
    assert.equal(requests, before)
  })

  it('is not sent to a server that nobody vouches for', async () => {
    const before = requests
    const send = createHttpExchange({clock: createFakeClock(), userAgent: 'behalf', limits: DEFAULT_LIMITS})
    const exchange = await send({method: 'GET', url: `https://localhost:${String(port)}/`, headers: {}})
    assert(exchange.kind === 'not-sent', JSON.stringify(exchange))
    assert.match(exchange.reason, /self-signed/)
    assert.equal(requests, before)
  })
})
