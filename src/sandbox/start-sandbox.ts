import {once} from 'node:events'
import type {AddressInfo} from 'node:net'

import {createAdaptorServer, type ServerType} from '@hono/node-server'

import type {Clock} from '../model/time.js'
import {createSandboxApp} from './app.js'
import type {Client} from './records.js'
import {applySeed, createDefaultSeed, seedSchema, type SeedInput} from './seed.js'
import {SandboxState} from './state.js'

export interface SandboxOptions {
  /** 0 or undefined: any that is free. */
  port?: number
  /** An address to listen on; both loopback addresses when undefined. */
  host?: string
  clock?: Pick<Clock, 'now'>
  /** Put in after the default clients and users. */
  seed?: SeedInput
  /** Gets a line for each request: method, path, status. */
  log?: (line: string) => void
}

/** A running stand-in for Twitch. */
export interface Sandbox {
  /** `http://localhost:PORT`; identity is below `/oauth2`, the API below `/helix`. */
  readonly url: string
  readonly port: number
  readonly state: SandboxState
  /** The default clients. */
  readonly confidentialClient: Client
  readonly publicClient: Client
  /** Cuts every connection and lets go of the port. */
  stop(): Promise<void>
}

/** How often another port is tried when a free one turns out to be taken on the second address. */
const PORT_ATTEMPTS = 10

/** Starts the sandbox. Rejects with node's own error when the port is taken, with a `ZodError` when the seed is wrong. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const state = new SandboxState(options.clock ? () => options.clock?.now() ?? Date.now() : Date.now)
  const [confidentialClient, publicClient] = applySeed(state, createDefaultSeed()).clients
  if (confidentialClient === undefined || publicClient === undefined)
    throw new Error('the default seed has two clients')
  if (options.seed) applySeed(state, seedSchema.parse(options.seed))

  const app = createSandboxApp(state, options.log ?? (() => undefined))
  const open = () => createAdaptorServer({fetch: app.fetch})
  const servers = await listen(open, options.port ?? 0, options.host)
  const {port} = servers[0].address() as AddressInfo
  state.origin = `http://localhost:${String(port)}`

  return {
    url: state.origin,
    port,
    state,
    confidentialClient,
    publicClient,
    async stop() {
      await Promise.all(servers.map(close))
    },
  }
}

async function listen(open: () => ServerType, port: number, host?: string): Promise<[ServerType, ...ServerType[]]> {
  if (host !== undefined) return [await listenOn(open(), port, host)]
  for (let attempt = 1; ; attempt += 1) {
    const first = await listenOn(open(), port, '127.0.0.1')
    try {
      const taken = (first.address() as AddressInfo).port
      return [first, await listenOn(open(), taken, '::1')]
    } catch (error) {
      if (hasNoIpv6(error)) return [first]
      await close(first)
      if (port !== 0 || attempt >= PORT_ATTEMPTS) throw error
    }
  }
}

async function listenOn(server: ServerType, port: number, host: string): Promise<ServerType> {
  server.listen(port, host)
  await once(server, 'listening')
  return server
}

async function close(server: ServerType): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  if ('closeAllConnections' in server) server.closeAllConnections()
  await closed
}

const hasNoIpv6 = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT')
