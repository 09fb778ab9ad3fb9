import type {Server, Socket} from 'node:net'

import {listenOnLoopback} from '../listen-on-loopback.js'
import type {SandboxState} from '../state.js'
import {createChatServer, type TlsFiles} from './chat-doors.js'

/** How often clients are asked whether they are there (facts 6.3). */
const PING_EVERY_MS = 300_000

export interface ChatPortOptions {
  /** 0: any that is free. Undefined: the one after the HTTP port, or any that is free. */
  port?: number
  /** Chat over TLS besides; `port` 0 or undefined: any that is free. */
  tls?: TlsFiles & {port?: number}
}

/** Where chat is spoken over TCP and TLS. */
export interface ChatPorts {
  readonly port: number | undefined
  readonly tlsPort: number | undefined
  /** Cuts every connection and lets go of the ports. */
  stop(): Promise<void>
}

/** Opens what was asked for. Rejects with node's own error when a port that was named is taken. */
export async function openChatPorts(
  state: SandboxState,
  httpPort: number,
  {irc, host}: {irc?: ChatPortOptions; host?: string},
): Promise<ChatPorts> {
  const sockets = new Set<Socket>()
  const servers: Server[] = []
  const listen = async (port: number, tls?: TlsFiles): Promise<number> => {
    const open = () => createChatServer(state, tls).on('connection', (socket: Socket) => remember(sockets, socket))
    const listening = await listenOnLoopback(open, port, host)
    servers.push(...listening.servers)
    return listening.port
  }
  const stop = async () => {
    clearInterval(pinging)
    for (const socket of sockets) socket.destroy()
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  }
  const pinging = setInterval(() => {
    state.chat.pingAll()
  }, PING_EVERY_MS).unref()

  try {
    const port = irc && (await (irc.port === undefined ? listenNear(listen, httpPort + 1) : listen(irc.port)))
    const tlsPort = irc?.tls && (await listen(irc.tls.port ?? 0, irc.tls))
    return {port, tlsPort, stop}
  } catch (error) {
    await stop()
    throw error
  }
}

/** On this port, or on any other when it is taken. */
async function listenNear(listen: (port: number) => Promise<number>, port: number): Promise<number> {
  if (port > 65_535) return listen(0)
  return listen(port).catch(() => listen(0))
}

function remember(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket)
  socket.on('close', () => sockets.delete(socket))
}
