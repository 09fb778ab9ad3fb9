import {once} from 'node:events'
import type {AddressInfo, Server} from 'node:net'

/** How often another port is tried when a free one turns out to be taken on the second address. */
const PORT_ATTEMPTS = 10

/**
 * Listens on the same port of both loopback addresses, or on the one address that is named.
 * @param open makes a server for one address
 * @param port 0: any that is free
 * @returns the servers, one for each address. Rejects with node's own error when the port is taken
 */
export async function listenOnLoopback<S extends Server>(
  open: () => S,
  port: number,
  host?: string,
): Promise<{port: number; servers: S[]}> {
  for (let attempt = 1; ; attempt += 1) {
    const first = await listenOn(open(), port, host ?? '127.0.0.1')
    const taken = (first.address() as AddressInfo).port
    if (host !== undefined) return {port: taken, servers: [first]}
    try {
      return {port: taken, servers: [first, await listenOn(open(), taken, '::1')]}
    } catch (error) {
      if (hasNoIpv6(error)) return {port: taken, servers: [first]}
      await new Promise((resolve) => first.close(resolve))
      if (port !== 0 || attempt >= PORT_ATTEMPTS) throw error
    }
  }
}

async function listenOn<S extends Server>(server: S, port: number, host: string): Promise<S> {
  server.listen(port, host)
  await once(server, 'listening')
  return server
}

const hasNoIpv6 = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT')
