import {once} from 'node:events'

import {createAdaptorServer, type ServerType} from '@hono/node-server'

import type {Clock} from '../model/time.js'
import {createSandboxApp} from './app.js'
import {createChatUpgrade} from './irc/chat-doors.js'
import {openChatPorts, type ChatPortOptions} from './irc/open-chat-ports.js'
import {listenOnLoopback} from './listen-on-loopback.js'
import type {Client} from './records.js'
import {applySeed, createDefaultSeed, seedSchema, type SeedInput} from './seed.js'
import {SandboxState} from './state.js'

export interface SandboxOptions {
  /** 0 or undefined: any that is free. */
  port?: number
  /** An address to listen on; both loopback addresses when undefined. */
  host?: string
  clock?: Pick<Clock, 'now'>
  /** Registered for the default clients, in this order, instead of behalf's usual one. */
  callbackUrls?: string[]
  /** Put in after the default clients and users. */
  seed?: SeedInput
  /** Gets a line for each request: method, path, status. */
  log?: (line: string) => void
  /** Opens chat on ports of its own; it is on the HTTP port, as a WebSocket, in any case. */
  irc?: ChatPortOptions
}

/** A running stand-in for Twitch. */
export interface Sandbox {
  /** `http://localhost:PORT`; identity is below `/oauth2`, the API below `/helix`. */
  readonly url: string
  readonly port: number
  /** Where chat is spoken over TCP, when it was asked for. */
  readonly ircPort: number | undefined
  /** And over TLS, when there was a certificate. */
  readonly ircTlsPort: number | undefined
  readonly state: SandboxState
  /** The default clients. */
  readonly confidentialClient: Client
  readonly publicClient: Client
  /** Cuts every connection and lets go of the port. */
  stop(): Promise<void>
}

/** Starts the sandbox. Rejects with node's own error when the port is taken, with a `ZodError` when the seed is wrong. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const state = new SandboxState(options.clock ? () => options.clock?.now() ?? Date.now() : Date.now)
  const [confidentialClient, publicClient] = applySeed(state, createDefaultSeed()).clients
  if (confidentialClient === undefined || publicClient === undefined)
    throw new Error('the default seed has two clients')
  if (options.callbackUrls) confidentialClient.redirectUris = publicClient.redirectUris = options.callbackUrls
  if (options.seed) applySeed(state, seedSchema.parse(options.seed))

  const app = createSandboxApp(state, options.log ?? (() => undefined))
  const upgrade = createChatUpgrade(state)
  const open = () => createAdaptorServer({fetch: app.fetch}).on('upgrade', upgrade)
  const {port, servers} = await listenOnLoopback(open, options.port ?? 0, options.host)
  const stopHttp = async () => {
    await Promise.all(servers.map(close))
  }
  const chat = await openChatPorts(state, port, options).catch(async (error: unknown) => {
    await stopHttp()
    throw error
  })
  state.origin = `http://localhost:${String(port)}`
  state.chat.ports = chat

  return {
    url: state.origin,
    port,
    ircPort: chat.port,
    ircTlsPort: chat.tlsPort,
    state,
    confidentialClient,
    publicClient,
    async stop() {
      state.chat.cut()
      await Promise.all([chat.stop(), stopHttp()])
    },
  }
}

async function close(server: ServerType): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  if ('closeAllConnections' in server) server.closeAllConnections()
  await closed
}
