import {getRequestListener, type HttpBindings} from '@hono/node-server'

import type {EpochMs} from '../model/time.js'
import {createApi} from './api/api.js'
import type {DaemonDeps} from './daemon-deps.js'
import {answerNonce} from './doors/answer-nonce.js'
import type {DaemonPresence} from './doors/find-daemon.js'
import {createFrontDoor, type Visit} from './doors/front-door.js'
import {openDoors} from './doors/open-doors.js'
import {createChatWebSockets} from './irc/chat-web-sockets.js'
import {createIrcGateway} from './irc/irc-gateway.js'
import {openIrcDoor} from './irc/open-irc-door.js'
import {createPassthrough} from './passthrough/passthrough.js'
import {startSchedule, type Schedule} from './schedule/schedule.js'
import {createStaleReads} from './stale-reads.js'

export interface RunningDaemon {
  /** Of TCP. */
  readonly port: number
  /** Of the IRC gateway on TCP, where it has one. */
  readonly ircPort?: number
  readonly since: EpochMs
  /** Lets nobody in any more, and what runs come to its end: 10 s at most, 30 s where a refresh is under way. */
  stop(): Promise<void>
}

/**
 * Starts to serve: doors, API, passthrough and schedule.
 * @param isRefreshing Whether a refresh is under way in this process.
 * @returns who serves already, where a daemon of the same store is at that address.
 * @throws BehalfError `configuration` when the address or the socket cannot be had.
 */
export async function startDaemon(
  deps: DaemonDeps,
  isRefreshing: () => boolean,
): Promise<RunningDaemon | {occupiedBy: DaemonPresence}> {
  const since = deps.clock.now()
  const running: {schedule?: Schedule; port?: number} = {}
  const stopping = new AbortController()
  // The schedule, readiness and metrics see the store as it is.
  const serving = {...deps, store: createStaleReads(deps.store, deps.clock, deps.settings.staleAuthMs)}
  const passthrough = createPassthrough(serving)
  const api = createApi({
    ...serving,
    storeAsItIs: deps.store,
    stopping: stopping.signal,
    schedule: {
      isAlive: () => running.schedule?.status().isWorking ?? false,
      status: () => running.schedule?.status(),
    },
  })
  const ircGateway = createIrcGateway(serving)
  const frontDoor = createFrontDoor(deps, {
    passthrough,
    chat: createChatWebSockets(ircGateway),
    answerOwn: (visit) => answerOwn(deps, visit, {since, port: running.port}),
    app: getRequestListener((request, bindings) => api.fetch(request, bindings as HttpBindings), {
      overrideGlobalObjects: false,
    }),
  })
  // Before the schedule begins: it may turn out that somebody else is at work here.
  const doors = await openDoors(deps, frontDoor)
  if ('occupiedBy' in doors) return doors
  const {irc} = deps.settings
  const ircDoor =
    irc.listen &&
    (await openIrcDoor(ircGateway, irc.listen).catch(async (error: unknown) => {
      await Promise.all([doors.close(() => false), ircGateway.close(), passthrough.close()])
      throw error
    }))
  const schedule = startSchedule(deps)
  Object.assign(running, {schedule, port: doors.port})
  const {listen, socketPath} = deps.settings
  deps.log.info('daemon-started', {pid: process.pid, host: listen.host, port: doors.port, socketPath})
  return {
    port: doors.port,
    ...(ircDoor && {ircPort: ircDoor.port}),
    since,
    async stop() {
      deps.log.info('daemon-stopping')
      stopping.abort()
      ircDoor?.close()
      await Promise.all([doors.close(isRefreshing), ircGateway.close(), schedule.stop()])
      await passthrough.close()
      deps.log.info('daemon-stopped')
    },
  }
}

/** What the daemon says for itself, before any caller is asked for. */
async function answerOwn(
  deps: DaemonDeps,
  visit: Visit,
  place: {since: EpochMs; port: number | undefined},
): Promise<boolean> {
  const proof = await answerNonce(deps, visit, place)
  if (proof === undefined) return false
  visit.response.writeHead(200, {'Content-Type': 'application/json', 'Cache-Control': 'no-store'})
  visit.response.end(JSON.stringify(proof))
  return true
}
