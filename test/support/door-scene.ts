import type {Server} from 'node:http'
import {connect, type Socket} from 'node:net'
import {join} from 'node:path'

import type {Log} from '../../src/daemon/daemon-deps.js'
import {drain} from '../../src/daemon/doors/drain.js'
import {createFrontDoor, type Rooms} from '../../src/daemon/doors/front-door.js'
import {listenOnSocket} from '../../src/daemon/doors/listen-on-socket.js'
import {takeTurn} from '../../src/store/file-lock.js'
import {createDoorServer, listenOnTcp, type DoorLimits} from '../../src/daemon/doors/listen.js'
import {NO_CHAT} from './irc-parts.js'
import {makeTemporaryFolder, removeFolder} from './temporary-folder.js'

/** What a room behind the door saw of a request; it answers with that, as JSON. */
export interface Seen {
  room: 'app' | 'passthrough'
  method: string
  url: string
  bytes: number
}

/** The front door with rooms behind it that say what reached them. */
export interface DoorScene {
  readonly port: number
  readonly socketPath: string
  readonly seen: Seen[]
  /** Events of the log, with their level. */
  readonly logged: string[]
  /** Writes to a new connection as it is, and gives what came back until it was closed. */
  exchange(bytes: string, where?: Where): Promise<string>
  /** A connection that the test does everything with. It is closed with the scene. */
  open(where?: Where): Socket
  /** Lets nobody in any more, and what runs come to its end. */
  drain(isRefreshing?: () => boolean): Promise<void>
  dispose(): Promise<void>
}

export type Where = {host?: string} | {onSocket: true}

export interface DoorSceneOptions {
  limits?: DoorLimits
  listen?: string
  publicUrl?: string
  corsOrigins?: string[]
  maxBodyBytes?: number
  /** Instead of an answer. */
  app?: Rooms['app']
  /** What takes WebSockets. */
  chat?: Rooms['chat']
}

export async function makeDoorScene(options: DoorSceneOptions = {}): Promise<DoorScene> {
  const folder = await makeTemporaryFolder()
  const socketPath = join(folder, 'private', 'daemon.sock')
  const seen: Seen[] = []
  const logged: string[] = []
  const note = (level: string) => (event: string) => void logged.push(`${level} ${event}`)
  const log: Log = {
    debug: note('debug'),
    info: note('info'),
    warn: note('warn'),
    error: note('error'),
    audit: () => undefined,
  }
  const host = options.listen ?? '127.0.0.1'
  const settings = {
    listen: {host, port: 0},
    ...(options.publicUrl !== undefined && {publicUrl: options.publicUrl}),
    corsOrigins: options.corsOrigins ?? [],
    publicLogins: [],
    loginTokens: false,
    returnOrigins: [],
    maxBodyBytes: options.maxBodyBytes ?? 1000,
    maxPassthroughBytes: 1000,
    refreshRate: 1,
    metricsPerAccount: false,
    staleAuthMs: 10_000,
    irc: NO_CHAT,
  }
  const door = createFrontDoor(
    {settings, log},
    {
      passthrough: {
        matches: (path) => path.startsWith('/api/twitch/'),
        async handle(request, response) {
          let bytes = 0
          for await (const chunk of request as AsyncIterable<Buffer>) bytes += chunk.length
          tell(response, {room: 'passthrough', method: request.method ?? '', url: request.url ?? '', bytes})
        },
      },
      answerOwn: () => Promise.resolve(false),
      ...(options.chat && {chat: options.chat}),
      app:
        options.app ??
        ((request, response) => {
          const {rawBody} = request as {rawBody?: Buffer}
          const bytes = rawBody?.length ?? 0
          tell(response, {room: 'app', method: request.method ?? '', url: request.url ?? '', bytes})
        }),
    },
  )
  function tell(response: Parameters<Rooms['app']>[1], what: Seen): void {
    seen.push(what)
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify(what))
  }
  const open = (): Server => createDoorServer(door, options.limits)
  const {servers, port} = await listenOnTcp(open, settings.listen)
  const onSocket = open()
  await listenOnSocket(onSocket, socketPath, (path) => takeTurn(path, 5000))
  servers.push(onSocket)

  const sockets = new Set<Socket>()
  function openSocket(where: Where = {}): Socket {
    const socket = 'onSocket' in where ? connect(socketPath) : connect(port, where.host ?? '127.0.0.1')
    sockets.add(socket)
    socket.on('error', () => undefined)
    return socket
  }
  return {
    port,
    socketPath,
    seen,
    logged,
    open: openSocket,
    async exchange(bytes, where) {
      const socket = openSocket(where)
      socket.write(bytes, 'latin1')
      let text = ''
      for await (const chunk of socket.iterator() as AsyncIterable<Buffer>) text += chunk.toString('latin1')
      return text
    },
    drain: (isRefreshing = () => false) => drain(servers, door, isRefreshing),
    async dispose() {
      for (const socket of sockets) socket.destroy()
      for (const server of servers) {
        server.close()
        server.closeAllConnections()
      }
      await removeFolder(folder)
    },
  }
}

/** Lines of a request head, and what stands behind it. */
export const head = (lines: readonly string[], body = ''): string => `${lines.join('\r\n')}\r\n\r\n${body}`

/** The status of the first answer in a text, the header lines in lower case, and the body of the last one. */
export function readAnswer(text: string): {status: number; headers: string[]; body: string; answers: number} {
  const at = text.indexOf('\r\n\r\n')
  const [first = '', ...headers] = text.slice(0, Math.max(at, 0)).split('\r\n')
  return {
    status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]),
    headers: headers.map((line) => line.toLowerCase()),
    body: text.slice(at + 4),
    answers: text.split(/HTTP\/1\.1 \d{3} /).length - 1,
  }
}
