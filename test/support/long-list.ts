import {once} from 'node:events'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'

/** An API whose every path is a long list, made up page by page. */
export interface LongList {
  readonly origin: string
  /** How many items there are. */
  items: number
  /** How many pages were asked for. */
  requests: number
  stop(): Promise<void>
}

const ITEM_BYTES = 1000

export async function startLongList(): Promise<LongList> {
  const server = createServer((request, response) => {
    list.requests += 1
    const query = new URL(request.url ?? '', 'http://localhost').searchParams
    const from = Number(query.get('after') ?? 0)
    const to = Math.min(from + Number(query.get('first') ?? 20), list.items)
    const data = Array.from({length: to - from}, (_, index) => makeItem(from + index))
    const pagination = to < list.items ? {cursor: String(to)} : {}
    response.writeHead(200, {'content-type': 'application/json'})
    response.end(JSON.stringify({data, pagination}))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const list: LongList = {
    origin: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    items: 0,
    requests: 0,
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
  return list
}

const makeItem = (index: number) => ({id: String(index), title: 'x'.repeat(ITEM_BYTES)})
