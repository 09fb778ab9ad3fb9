import assert from 'node:assert/strict'
import {once} from 'node:events'
import {createServer, type AddressInfo, type Server} from 'node:net'

import {createProviderClient} from '../../../src/providers/oauth-client.js'
import {createFakeClock} from '../../support/fake-clock.js'
import {makeProvider} from '../../support/make-provider.js'
import {until} from '../../support/until.js'

describe('whether a provider can be reached', () => {
  let server: Server
  let received = ''
  let ended = 0
  beforeEach(async () => {
    received = ''
    ended = 0
    server = createServer((socket) => {
      socket.on('data', (chunk) => (received += chunk.toString()))
      socket.on('close', () => (ended += 1))
      socket.on('error', () => undefined)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterEach(() => void server.close())

  const port = () => (server.address() as AddressInfo).port
  const client = createProviderClient({clock: createFakeClock(), limits: {connectMs: 300}})
  const canReach = (tokenUrl: string) => client.canReach(makeProvider({tokenUrl}))

  it('is found out with a connection on which nothing is sent', async () => {
    assert.equal(await canReach(`http://127.0.0.1:${String(port())}/token`), true)
    await until('the connection is closed', () => ended === 1)
    assert.equal(received, '')
  })

  it('is denied where nobody listens', async () => {
    const {port: closed} = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    assert.equal(await canReach(`http://127.0.0.1:${String(closed)}/token`), false)
  })

  it('is denied where nobody answers for TLS, as behind the login page of a network', async () => {
    assert.equal(await canReach(`https://127.0.0.1:${String(port())}/token`), false)
  })

  it('is denied for an address that secrets must not be sent to', async () => {
    assert.equal(await canReach('http://id.example.test/token'), false)
  })
})
