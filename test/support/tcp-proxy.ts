import {once} from 'node:events'
import {connect, createServer, type AddressInfo, type Socket} from 'node:net'

/** Stands between a client and a server, and does to the connection what networks do. */
export interface TcpProxy {
  readonly port: number
  /** Every piece waits so long before it is passed on, in each direction. */
  latencyMs: number
  /** What the server says is thrown away, so that what is asked is done and the reply lost. */
  losesReplies: boolean
  /** Nothing passes, and nobody is told: a half-open connection. */
  isSilent: boolean
  /** Ends all connections, and refuses new ones until `restore`. */
  cut(): void
  restore(): void
  /** How often clients have spoken after the server had: their round trips. */
  readonly roundTrips: number
  /** How many connections there are. */
  readonly connections: number
  close(): Promise<void>
}

export async function startTcpProxy(toPort: number, toHost = '127.0.0.1'): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  let isCut = false
  let roundTrips = 0
  let isServersTurn = false
  const watch = (socket: Socket): Socket =>
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket))

  const server = createServer((near) => {
    sockets.add(watch(near))
    if (isCut) {
      near.destroy()
      return
    }
    const far = watch(connect({port: toPort, host: toHost, noDelay: true}))
    near.setNoDelay(true)
    near.on('data', () => {
      if (!isServersTurn) roundTrips += 1
      isServersTurn = true
    })
    far.on('data', () => (isServersTurn = false))
    pass(near, far, () => proxy.isSilent)
    pass(far, near, () => proxy.isSilent || proxy.losesReplies)
    near.once('close', () => far.destroy())
    far.once('close', () => near.destroy())
  })

  function pass(from: Socket, to: Socket, isLost: () => boolean): void {
    from.on('data', (piece) => {
      if (isLost()) return
      if (proxy.latencyMs === 0) to.write(piece)
      else setTimeout(() => !to.destroyed && to.write(piece), proxy.latencyMs)
    })
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  const cut = (): void => {
    isCut = true
    for (const socket of sockets) socket.destroy()
  }
  const proxy: TcpProxy = {
    port,
    latencyMs: 0,
    losesReplies: false,
    isSilent: false,
    cut,
    restore() {
      isCut = false
      proxy.losesReplies = false
      proxy.isSilent = false
      proxy.latencyMs = 0
    },
    get roundTrips() {
      return roundTrips
    },
    get connections() {
      return sockets.size
    },
    async close() {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
  return proxy
}
