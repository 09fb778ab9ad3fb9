import {once} from 'node:events'
import {createServer, type Server, type ServerOptions} from 'node:http'
import type {AddressInfo, ListenOptions, Server as NetServer, Socket} from 'node:net'

import {MINUTE_MS, SECOND_MS} from '../../model/time.js'
import {answerUpgrades} from './answer-upgrades.js'
import type {Refusal} from './door-rules.js'
import type {FrontDoor} from './front-door.js'

/** How long clients may take, and how many there may be; all of it on each address. */
const LIMITS = {
  headersTimeout: 15 * SECOND_MS,
  // A body that is passed through may be long, and its sender slow.
  requestTimeout: 5 * MINUTE_MS,
  connectionsCheckingInterval: 5 * SECOND_MS,
  // Longer than most clients keep a connection, so that it is they who end it.
  keepAliveTimeout: 75 * SECOND_MS,
  maxHeaderSize: 16 * 1024,
}
const MAX_CONNECTIONS = 2000

/** The limits that a test may make smaller. */
export type DoorLimits = Partial<typeof LIMITS>

/** Makes a server that hands requests to the front door and answers by itself what is no request. */
export function createDoorServer(frontDoor: FrontDoor, limits: DoorLimits = {}): Server {
  // A missing Host is answered at the door.
  const options = {...LIMITS, ...limits, insecureHTTPParser: false, requireHostHeader: false}
  const server = createHttpServer(frontDoor, options)
  server.maxConnections = MAX_CONNECTIONS
  server.on('connection', frontDoor.greet)
  answerUpgrades(server, frontDoor, createHttpServer(frontDoor, options), options.requestTimeout)
  return server
}

function createHttpServer({listener, refuseRest}: FrontDoor, options: ServerOptions): Server {
  const server = createServer(options, listener)
  server.on('checkContinue', listener)
  server.on('connect', (_request, socket: Socket) => {
    socket.on('error', () => undefined)
    void refuseRest(socket, NO_TUNNEL)
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET') socket.destroy()
    else void refuseRest(socket, MISUNDERSTOOD[error.code ?? ''] ?? BAD_REQUEST)
  })
  return server
}

const NO_TUNNEL: Refusal = {status: 405, code: 'bad-request', message: 'This is no proxy for connections.'}
const BAD_REQUEST: Refusal = {status: 400, code: 'bad-request', message: 'This is not an HTTP/1.1 request.'}
const MISUNDERSTOOD: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'headers-too-large',
    message: `The headers are larger than ${String(LIMITS.maxHeaderSize)} bytes.`,
  },
  ERR_HTTP_REQUEST_TIMEOUT: {status: 408, code: 'too-slow', message: 'The request took too long to arrive.'},
}

export async function listen(server: NetServer, options: ListenOptions): Promise<void> {
  server.listen(options)
  await once(server, 'listening')
}

/** How often another port is tried when a free one turns out to be taken on the other address. */
const PORT_ATTEMPTS = 10

/** Whether only this machine can reach what listens there. */
export const isLoopback = (host: string): boolean => ['127.0.0.1', '::1', 'localhost'].includes(host)

/** Of any protocol. */
export interface DoorServer extends NetServer {
  closeAllConnections(): void
}

/**
 * Listens on TCP. A loopback address means both, 127.0.0.1 and ::1: `localhost` may mean either, and a neighbour on the
 * other one would be sent tokens and codes. A machine without IPv6 is fine.
 * @throws what `listen` throws; nothing is left listening then.
 */
export async function listenOnTcp<S extends DoorServer>(
  open: () => S,
  {host, port}: {host: string; port: number},
): Promise<{servers: S[]; port: number}> {
  if (!isLoopback(host)) {
    const server = open()
    await listen(server, {host, port})
    return {servers: [server], port: portOf(server)}
  }
  for (let attempt = 1; ; attempt += 1) {
    const first = open()
    await listen(first, {host: '127.0.0.1', port})
    const second = open()
    try {
      await listen(second, {host: '::1', port: portOf(first), ipv6Only: true})
      return {servers: [first, second], port: portOf(first)}
    } catch (error) {
      if (isErrno(error, 'EADDRNOTAVAIL', 'EAFNOSUPPORT')) return {servers: [first], port: portOf(first)}
      first.close()
      first.closeAllConnections()
      await once(first, 'close')
      if (port !== 0 || attempt >= PORT_ATTEMPTS) throw error
    }
  }
}

const portOf = (server: NetServer): number => (server.address() as AddressInfo).port

export const isErrno = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code))
