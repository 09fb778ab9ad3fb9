import {isUtf8} from 'node:buffer'
import type {IncomingMessage} from 'node:http'
import type {Socket} from 'node:net'
import {Duplex} from 'node:stream'

import {WebSocket, WebSocketServer} from 'ws'

import type {IrcGateway} from './irc-gateway.js'

/** Several lines, each of which has its own limit. */
const MAX_FRAME_BYTES = 64 * 1024
const KEEP_ALIVE_MS = 60_000
const LF = 0x0a
const NEW_LINE = Buffer.from('\n')

/** Takes over a connection whose client asked for a WebSocket, and was let in at the door. */
export type TakeOver = (request: IncomingMessage, socket: Socket, head: Buffer) => void

/** The IRC gateway as a WebSocket: frames of text, each of one line or several. */
export function createChatWebSockets(gateway: IrcGateway): TakeOver {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    handleProtocols: (protocols) => (protocols.has('irc') ? 'irc' : false),
  })
  return (request, socket, head) => {
    const address = socket.remoteAddress ?? 'socket'
    socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS)
    server.handleUpgrade(request, socket, head, (webSocket) => {
      gateway.handleConnection(new FrameStream(webSocket), {address, door: 'websocket'})
    })
  }
}

/** The frames of a WebSocket as a stream of lines. */
class FrameStream extends Duplex {
  readonly #webSocket: WebSocket

  constructor(webSocket: WebSocket) {
    super()
    this.#webSocket = webSocket
    webSocket.on('message', (frame: Buffer) => {
      if (frame.length === 0) return
      // The end of a frame is the end of a line.
      const isEnded = frame.at(-1) === LF
      if (!this.push(isEnded ? frame : Buffer.concat([frame, NEW_LINE]))) webSocket.pause()
    })
    // It closes by itself, and says why.
    webSocket.on('error', () => undefined)
    webSocket.on('close', () => this.push(null))
  }

  override _read(): void {
    this.#webSocket.resume()
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    if (this.#webSocket.readyState !== WebSocket.OPEN) {
      done()
      return
    }
    // RFC 6455 5.6: who gets text that is no UTF-8 ends the connection.
    const text = isUtf8(chunk) ? chunk : chunk.toString('utf8')
    this.#webSocket.send(text, {binary: false}, done)
  }

  override _final(done: () => void): void {
    this.#webSocket.close(1000)
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (this.#webSocket.readyState !== WebSocket.CLOSED) this.#webSocket.terminate()
    done(error)
  }
}
