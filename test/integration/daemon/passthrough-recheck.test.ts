import assert from 'node:assert/strict'
import {once} from 'node:events'
import {connect, type Socket} from 'node:net'
import {setTimeout as wait} from 'node:timers/promises'

import {revokeApiToken} from '../../../src/broker/api-tokens.js'
import {createStaleReads} from '../../../src/daemon/stale-reads.js'
import {SECOND_MS} from '../../../src/model/time.js'
import {makeFailingStore, type FailingStore} from '../../support/failing-store.js'
import {startPassthrough, type PassthroughScene} from '../../support/passthrough-scene.js'
import {until} from '../../support/until.js'
import {makeUpstreamScene, type UpstreamScene} from '../../support/upstream-scene.js'

const LIMITS = {checkEveryMs: 20}
const STALE_MS = 10 * SECOND_MS

describe('a call that goes on for long', () => {
  let scene: UpstreamScene
  let failing: FailingStore
  /** Over a store that can be cut off. */
  let daemon: PassthroughScene
  let sockets: Socket[]

  beforeEach(async () => {
    sockets = []
    scene = await makeUpstreamScene({limits: LIMITS})
    failing = makeFailingStore(scene.world.store)
    const store = createStaleReads(failing.store, scene.world.clock, STALE_MS)
    daemon = await startPassthrough({...scene.world.deps, store}, {limits: LIMITS})
    // A first piece, and never the rest.
    scene.answer((request, response) => {
      if (request.method === 'GET') response.writeHead(200, {'content-length': 1000}).write('a piece')
      else request.resume()
    })
  })
  afterEach(async () => {
    for (const socket of sockets) socket.destroy()
    await daemon.stop()
    await scene.dispose()
  })

  function send(...lines: string[]): Socket {
    const socket = connect(daemon.port, '127.0.0.1')
    sockets.push(socket)
    socket.on('error', () => undefined)
    socket.write(lines.join('\r\n'))
    return socket
  }
  const head = (start: string): string[] => [start, 'Host: localhost', `Authorization: Bearer ${scene.token}`]

  /** @returns the caller of a download that has its first piece. */
  async function download(): Promise<Socket> {
    const socket = send(...head('GET /api/example/items HTTP/1.1'), '', '')
    await once(socket, 'data')
    return socket
  }

  /** @returns the caller of an upload whose body never ends, and the beginning of the answer. */
  async function upload(): Promise<{answer: Promise<string>}> {
    const socket = send(...head('POST /api/example/items HTTP/1.1'), 'Transfer-Encoding: chunked', '', '5', 'piece', '')
    await until('the API has its beginning', () => scene.received.length === 1)
    return {answer: once(socket, 'data').then(String)}
  }

  const revoke = (): Promise<unknown> => revokeApiToken(scene.world.deps, scene.token.slice(4, 12))

  it('is left alone while its caller may make it', async () => {
    const socket = await download()
    await wait(5 * LIMITS.checkEveryMs)
    assert.deepEqual([daemon.audited, socket.closed], [[], false])
  })

  it('ends in the middle of a download once the API token is revoked', async () => {
    const socket = await download()
    await revoke()
    await once(socket, 'close')
    await until('it was audited', () => daemon.audited.length === 1)
    assert.equal(daemon.audited[0]?.code, 'unauthenticated')
  })

  it('ends in the middle of an upload once the API token is revoked, with 401', async () => {
    const {answer} = await upload()
    await revoke()
    assert.match(await answer, /^HTTP\/1\.1 401 /)
    assert.equal(daemon.audited[0]?.status, 401)
  })

  it('ends once the API token has lost the scope, with 403', async () => {
    const {answer} = await upload()
    const id = scene.token.slice(4, 12)
    await scene.world.store.apiTokens.update(id, (token) => ({...token, scopes: ['chat']}))
    assert.match(await answer, /^HTTP\/1\.1 403 /)
  })

  it('goes on while the store is away for no longer than --stale-auth, then ends with 503', async () => {
    const {answer} = await upload()
    failing.isAway = true
    await until('it was checked', () => failing.refused > 3)
    assert.equal(daemon.audited.length, 0)
    scene.world.clock.advance(STALE_MS)
    const told = await answer
    assert.match(told, /^HTTP\/1\.1 503 /)
    assert.match(told, /Retry-After: \d/i)
    assert.match(told, /X-Behalf-Error: store-unavailable/i)
  })
})
