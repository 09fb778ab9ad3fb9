import type {IncomingMessage} from 'node:http'
import {createServer, type Server, type Socket} from 'node:net'
import type {Duplex} from 'node:stream'
import {createServer as createTlsServer} from 'node:tls'

import {WebSocketServer, type WebSocket} from 'ws'

import type {SandboxState} from '../state.js'
import {ChatConnection, type ChatWire} from './chat-connection.js'
import {handleLine} from './handle-line.js'
import {createLineSplitter} from './split-lines.js'
import {leaveRooms} from './visit-rooms.js'

/** Twitch takes any path; `/irc-ws` is for whoever reads an address. */
const WEBSOCKET_PATHS = new Set(['/', '/irc-ws'])
const MAX_FRAME_BYTES = 65_536

/** A key and its certificate, in PEM. */
export interface TlsFiles {
  key: string
  cert: string
}

/** Lets clients in by TCP, over TLS when there is a certificate. */
export function createChatServer(state: SandboxState, tls?: TlsFiles): Server {
  const welcome = (socket: Socket) => {
    welcomeSocket(state, socket, tls ? 'tls' : 'tcp')
  }
  return tls ? createTlsServer(tls, welcome) : createServer(welcome)
}

function welcomeSocket(state: SandboxState, socket: Socket, transport: 'tcp' | 'tls'): void {
  const receive = attach(state, {
    transport,
    send: (line) => void socket.write(line),
    close: () => void socket.end(),
    cut: () => void socket.destroy(),
  })
  socket.setNoDelay(true)
  socket.on('data', createLineSplitter(receive.line, receive.cut))
  socket.on('error', receive.cut)
  socket.on('close', receive.ended)
}

/** Answers `Upgrade: websocket` of an HTTP server. */
export function createChatUpgrade(
  state: SandboxState,
): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  const sockets = new WebSocketServer({noServer: true, maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false})
  return (request, socket, head) => {
    const [path = ''] = (request.url ?? '').split('?')
    if (!WEBSOCKET_PATHS.has(path)) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      welcomeWebSocket(state, client)
    })
  }
}

function welcomeWebSocket(state: SandboxState, client: WebSocket): void {
  const receive = attach(state, {
    transport: 'websocket',
    send: (line) => {
      client.send(line)
    },
    close: () => {
      client.close()
    },
    cut: () => {
      client.terminate()
    },
  })
  client.on('message', (data: Buffer) => {
    for (const line of data.toString('utf8').split(/\r?\n/)) if (line !== '') receive.line(line)
  })
  client.on('error', receive.cut)
  client.on('close', receive.ended)
}

function attach(
  state: SandboxState,
  wire: ChatWire,
): {line: (line: string) => void; cut: () => void; ended: () => void} {
  const connection = new ChatConnection(wire, state.clock.now())
  state.chat.add(connection)
  return {
    line: (line) => {
      handleLine(state, connection, line)
    },
    cut: () => {
      wire.cut()
    },
    ended: () => {
      state.chat.remove(connection)
      leaveRooms(state, connection)
    },
  }
}
