import assert from 'node:assert/strict'
import {once} from 'node:events'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {Readable} from 'node:stream'

import {startChildPassthrough, type ChildPassthrough} from '../../support/start-child-passthrough.js'

const MIB = 1024 * 1024
const TOTAL_BYTES = 100 * MIB
/** What is kept of a body grows with it. What grows besides is what the garbage collector has not come to yet. */
const MAX_GROWTH_MIB = 60

describe('large bodies, passed through', () => {
  let child: ChildPassthrough
  let received = 0

  /** Takes whatever is sent, and sends as much. */
  const api = createServer((request, response) => {
    received = 0
    request.on('data', (chunk: Buffer) => (received += chunk.length))
    request.on('end', () => {
      if (request.url === '/v1/download') Readable.from(pieces()).pipe(response)
      else response.end(String(received))
    })
  })

  before(async () => {
    api.listen(0, '127.0.0.1')
    await once(api, 'listening')
    child = await startChildPassthrough(`http://127.0.0.1:${String((api.address() as AddressInfo).port)}`)
  })

  after(async () => {
    await child.stop()
    api.close()
    api.closeAllConnections()
    await once(api, 'close')
  })

  function* pieces(): Generator<Buffer> {
    const piece = Buffer.alloc(MIB, 'x')
    for (let sent = 0; sent < TOTAL_BYTES; sent += MIB) yield piece
  }

  const call = (path: string, init: RequestInit = {}) =>
    fetch(`${child.origin}/api/example/${path}`, {...init, headers: {Authorization: `Bearer ${child.token}`}})

  async function upload(): Promise<void> {
    const body = Readable.toWeb(Readable.from(pieces())) as ReadableStream
    const response = await call('upload', {method: 'POST', body, duplex: 'half'})
    assert.deepEqual([response.status, await response.text()], [200, String(TOTAL_BYTES)])
  }

  async function download(): Promise<void> {
    const response = await call('download')
    let size = 0
    for await (const chunk of response.body ?? []) size += (chunk as Uint8Array).length
    assert.equal(size, TOTAL_BYTES)
  }

  for (const [way, transfer] of Object.entries({up: upload, down: download})) {
    it(`go ${way} in pieces, in memory that does not grow with them`, async () => {
      await transfer()
      const before = await child.peakMib()
      await transfer()
      const growthMib = (await child.peakMib()) - before
      assert.ok(growthMib < MAX_GROWTH_MIB, `${String(growthMib)} MiB`)
    }).timeout(120_000)
  }
})
