import {once} from 'node:events'
import {createServer, type AddressInfo, type Socket} from 'node:net'
import {networkInterfaces} from 'node:os'

/** The loopback addresses of this machine; not all of them have IPv6. */
export const loopbackAddresses = ['127.0.0.1', '::1'].filter((wanted) =>
  Object.values(networkInterfaces()).some((addresses) => addresses?.some(({address}) => address === wanted)),
)

/** Listens where it is told, and answers nothing. Port 0: any that is free. */
export async function occupyPort(port: number, host: string): Promise<{port: number; free: () => Promise<void>}> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => sockets.add(socket.on('error', () => undefined)))
  server.listen({port, host, ipv6Only: true})
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async free() {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}

/** A port that was free a moment ago, on 127.0.0.1. */
export async function findFreePort(): Promise<number> {
  const {port, free} = await occupyPort(0, '127.0.0.1')
  await free()
  return port
}
