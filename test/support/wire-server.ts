import {once} from 'node:events'
import {createServer, type AddressInfo, type Server, type Socket} from 'node:net'

/** A server that does what a test says, byte by byte. */
export interface WireServer {
  readonly port: number
  readonly url: string
  /** Everything that was received, per connection, in the order of their arrival. */
  readonly received: string[]
  /** How many connections were made. */
  readonly connections: number
  stop(): Promise<void>
}

/** What the server does with a connection; called again with each piece that arrives, and once before any did. */
export type Behaviour = (socket: Socket, receivedSoFar: string) => void

export async function startWireServer(behave: Behaviour, host = '127.0.0.1'): Promise<WireServer> {
  const received: string[] = []
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    const index = received.push('') - 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    socket.on('data', (piece) => {
      received[index] = (received[index] ?? '') + piece.toString('latin1')
      behave(socket, received[index] ?? '')
    })
    behave(socket, '')
  })
  server.listen(0, host)
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  return {
    port,
    url: `http://${host}:${String(port)}/token`,
    received,
    get connections() {
      return received.length
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
}

/** Answers every whole request with these bytes, then does what `then` says. */
export function answering(text: string | Buffer, then: (socket: Socket) => void = (socket) => socket.end()): Behaviour {
  return (socket, received) => {
    if (isWholeRequest(received))
      socket.write(text, () => {
        then(socket)
      })
  }
}

/** Does something once a whole request has arrived. */
export function onRequest(act: (socket: Socket) => void): Behaviour {
  return (socket, received) => {
    if (isWholeRequest(received)) act(socket)
  }
}

function isWholeRequest(received: string): boolean {
  const end = received.indexOf('\r\n\r\n')
  if (end < 0) return false
  const length = /content-length: (\d+)/i.exec(received)?.[1] ?? '0'
  return received.length >= end + 4 + Number(length)
}
