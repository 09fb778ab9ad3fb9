import type {IncomingMessage, Server} from 'node:http'
import type {Socket} from 'node:net'

/** Who takes connections over that are to speak something else than HTTP. */
export interface UpgradeDoor {
  /** @returns false for what is not asked for here: such a request is answered as if it had not asked. */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): Promise<boolean>
}

/**
 * Once a server listens for upgrades, Node takes every connection whose request has that header from it. Many clients
 * offer HTTP/2 so with their first request, Java's with any: RFC 9110 7.8 lets a server ignore it, so the request goes,
 * without that header, to a server that never listened for upgrades.
 * @param plain makes such a server; it listens nowhere.
 * @param idleMs after this a connection on which nothing happens is cut there.
 */
export function answerUpgrades(server: Server, door: UpgradeDoor, plain: Server, idleMs: number): void {
  const handedOver = new Set<Socket>()
  // Only now does Node watch over its time limits; whoever offers a protocol would have none.
  plain.emit('listening')
  const handOver = (request: IncomingMessage, socket: Socket, head: Buffer): void => {
    if (socket.destroyed) return
    handedOver.add(socket)
    socket.on('close', () => handedOver.delete(socket))
    socket.setTimeout(idleMs, () => socket.destroy())
    socket.unshift(Buffer.concat([writeHead(request), head]))
    plain.emit('connection', socket)
  }
  server.on('upgrade', (request, socket: Socket, head) => {
    socket.on('error', () => undefined)
    void door.upgrade(request, socket, head).then((isTaken) => {
      if (!isTaken) handOver(request, socket, head)
    })
  })
  const closeAllConnections = server.closeAllConnections.bind(server)
  server.closeAllConnections = () => {
    closeAllConnections()
    for (const socket of handedOver) socket.destroy()
  }
}

/** The request as it came, but for the header that offers another protocol. */
function writeHead({method = '', url = '', httpVersion, rawHeaders}: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2)
    if (name.toLowerCase() !== 'upgrade') lines.push(`${name}: ${value}`)
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
}
