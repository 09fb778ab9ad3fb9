import {createServer, type Server, type Socket} from 'node:net'

import {describeListenFailure} from '../doors/describe-listen-failure.js'
import {listenOnTcp, type DoorServer} from '../doors/listen.js'
import type {IrcGateway} from './irc-gateway.js'

const MAX_CONNECTIONS = 2000
const KEEP_ALIVE_MS = 60_000

export interface IrcDoor {
  /** After a port 0 has become a real one. */
  port: number
  /** Lets nobody in any more; who is in is the gateway's to end. */
  close(): void
}

/**
 * The IRC gateway on TCP. A loopback address means both, 127.0.0.1 and ::1, as for HTTP.
 * @throws BehalfError `configuration` when the address cannot be had.
 */
export async function openIrcDoor(gateway: IrcGateway, wanted: {host: string; port: number}): Promise<IrcDoor> {
  try {
    const {servers, port} = await listenOnTcp(() => createDoor(gateway), wanted)
    return {
      port,
      close() {
        for (const server of servers) server.close()
      },
    }
  } catch (error) {
    throw describeListenFailure(wanted, error, '--irc')
  }
}

function createDoor(gateway: IrcGateway): DoorServer {
  const sockets = new Set<Socket>()
  // A client that says its lines and ends its side still gets what comes of them.
  const server: Server = createServer({
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
  })
  server.maxConnections = MAX_CONNECTIONS
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    gateway.handleConnection(socket, {address: socket.remoteAddress ?? '', door: 'tcp'})
  })
  return Object.assign(server, {
    closeAllConnections() {
      for (const socket of sockets) socket.destroy()
    },
  })
}
