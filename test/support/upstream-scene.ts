import assert from 'node:assert/strict'
import {once} from 'node:events'
import {createServer, type IncomingMessage, type RequestListener, type ServerResponse} from 'node:http'
import {connect, type AddressInfo} from 'node:net'
import {text} from 'node:stream/consumers'

import type {Account} from '../../src/model/account.js'
import type {Provider} from '../../src/model/provider.js'
import type {PassthroughLimits} from '../../src/daemon/passthrough/passthrough.js'
import {createProviderClient} from '../../src/providers/oauth-client.js'
import {makeBrokerWorld, type BrokerWorld, type BrokerWorldOptions} from './broker-world.js'
import {createFakeClock} from './fake-clock.js'
import {makeProvider} from './make-provider.js'
import {startPassthrough, type PassthroughScene} from './passthrough-scene.js'

/** An API that answers as a test says, its provider `example`, an account of it, and the passthrough in front. */
export interface UpstreamScene {
  readonly world: BrokerWorld
  readonly daemon: PassthroughScene
  readonly provider: Provider
  readonly account: Account
  readonly upstream: string
  /** With every scope, as any account. */
  readonly token: string
  /** What reached the API, in order. */
  readonly received: IncomingMessage[]
  /** How many refreshes have reached the token endpoint. */
  readonly refreshes: () => number
  /** How the API answers from now on. */
  answer(listener: RequestListener): void
  call(path: string, init?: RequestInit): Promise<Response>
  /** Writes these bytes to the passthrough, and returns all that comes back until the connection ends. */
  sendRaw(bytes: string | Buffer): Promise<string>
  dispose(): Promise<void>
}

export interface UpstreamSceneOptions extends Pick<BrokerWorldOptions, 'makePlace'> {
  provider?: Partial<Provider>
  limits?: Partial<PassthroughLimits>
  maxPassthroughBytes?: number
}

export async function makeUpstreamScene({makePlace, ...options}: UpstreamSceneOptions = {}): Promise<UpstreamScene> {
  const received: IncomingMessage[] = []
  let refreshes = 0
  let listener: RequestListener = (_request, response) => response.end('{}')
  const server = createServer((request, response) => {
    if (request.url === '/token') {
      refreshes += 1
      void answerRefresh(request, response, refreshes)
      return
    }
    received.push(request)
    listener(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const upstream = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`

  const clock = createFakeClock(undefined, {autoAdvance: true})
  const world = await makeBrokerWorld({clock, client: createProviderClient({clock}), ...(makePlace && {makePlace})})
  const provider = makeProvider({tokenUrl: `${upstream}/token`, apiUrl: `${upstream}/v1`, ...options.provider})
  await world.store.providers.put(provider)
  const account = await world.addAccount(provider, {role: 'owner', login: 'techydrroid'})
  const daemon = await startPassthrough(world.deps, options)
  const isHelix = provider.dialect === 'twitch'
  const token = await daemon.issue([isHelix ? 'helix' : `api:${provider.name}`])
  // Past the first minute of the token: a refusal is believed (design 7, rule 7).
  clock.advance(5 * 60_000)

  return {
    world,
    daemon,
    provider,
    account,
    upstream,
    token,
    received,
    refreshes: () => refreshes,
    answer(next) {
      listener = next
    },
    call: (path, init = {}) =>
      fetch(`${daemon.origin}${path}`, {
        redirect: 'manual',
        ...init,
        headers: {Authorization: `Bearer ${token}`, ...(init.headers as Record<string, string> | undefined)},
      }),
    async sendRaw(bytes) {
      const socket = connect(daemon.port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.write(bytes)
      return text(socket.setEncoding('latin1')).catch(() => '')
    },
    async dispose() {
      await daemon.stop()
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
      await world.dispose()
    },
  }
}

async function answerRefresh(request: IncomingMessage, response: ServerResponse, count: number): Promise<void> {
  assert.match(await text(request), /grant_type=refresh_token/)
  response.writeHead(200, {'content-type': 'application/json'})
  response.end(
    JSON.stringify({
      access_token: `made-up-new-token-${String(count)}`,
      refresh_token: `made-up-new-refresh-token-${String(count)}`,
      token_type: 'bearer',
      expires_in: 14_400,
    }),
  )
}
