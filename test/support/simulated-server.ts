import {once} from 'node:events'
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {text} from 'node:stream/consumers'

import {Secret} from '../../src/model/secret.js'
import type {SimulatedProvider, Weather} from './simulated-provider.js'

/** A simulated provider behind real sockets. */
export interface SimulatedServer {
  readonly tokenUrl: string
  readonly validateUrl: string
  /** Requests to the token endpoint. */
  readonly refreshes: number
  stop(): Promise<void>
}

/** @param weathers What the first refreshes meet, one after the other; then all is fine. */
export async function startSimulatedServer(
  simulated: SimulatedProvider,
  weathers: readonly Weather[] = [],
): Promise<SimulatedServer> {
  let refreshes = 0

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/validate') {
      const token = request.headers.authorization?.replace(/^\w+ /, '') ?? ''
      response.writeHead(simulated.validate(new Secret(token)).kind === 'live' ? 200 : 401).end('{}')
      return
    }
    simulated.weather = weathers[refreshes] ?? 'fine'
    refreshes += 1
    const form = new URLSearchParams(await text(request))
    const exchange = await simulated.send(new Secret(form.get('refresh_token') ?? ''), () => Promise.resolve(true))
    if (exchange.kind !== 'reply') {
      request.socket.destroy()
      return
    }
    const {status, body, complete} = exchange.reply
    const length = Buffer.byteLength(body) + (complete ? 0 : 100)
    response.writeHead(status, {'content-type': 'application/json', 'content-length': length})
    response.write(body, () => {
      if (complete) response.end()
      else request.socket.destroy()
    })
  }

  const server = createServer((request, response) => void answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const base = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  return {
    tokenUrl: `${base}/token`,
    validateUrl: `${base}/validate`,
    get refreshes() {
      return refreshes
    },
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
