import type {Server} from 'node:http'

import {BehalfError} from '../../model/behalf-error.js'
import type {DaemonDeps} from '../daemon-deps.js'
import {drain} from './drain.js'
import {describeListenFailure} from './describe-listen-failure.js'
import {findDaemonOnSocket, findDaemonOnTcp, type DaemonPresence} from './find-daemon.js'
import type {FrontDoor} from './front-door.js'
import {createDoorServer, isErrno, listenOnTcp} from './listen.js'
import {listenOnSocket, SocketInUse} from './listen-on-socket.js'

type Deps = Pick<DaemonDeps, 'store' | 'settings' | 'log' | 'takeTurn'>

export interface OpenDoors {
  /** Where it listens on TCP, after a port 0 has become a real one. */
  port: number
  /** Lets nobody in any more, and what runs come to its end. */
  close(isRefreshing: () => boolean): Promise<void>
}

/** A daemon of the same store is there already. */
export interface Occupied {
  occupiedBy: DaemonPresence
}

/**
 * Listens on TCP and on the socket.
 * @returns who is there already, if that is a daemon of the same store on the same address.
 * @throws BehalfError `configuration` when anyone else is, or this user may not listen there.
 */
export async function openDoors(deps: Deps, frontDoor: FrontDoor): Promise<OpenDoors | Occupied> {
  const {listen: wanted, socketPath} = deps.settings
  const open = (): Server => createDoorServer(frontDoor)
  let servers: Server[]
  let port: number
  try {
    ;({servers, port} = await listenOnTcp(open, wanted))
  } catch (error) {
    if (!isErrno(error, 'EADDRINUSE')) throw describeListenFailure(wanted, error)
    return {occupiedBy: await findOccupant(deps)}
  }
  try {
    if (socketPath !== undefined) servers.push(await openSocket(deps, open(), socketPath))
  } catch (error) {
    await drain(servers, frontDoor, () => false)
    throw error
  }
  for (const server of servers) server.on('error', (error) => deps.log.error('door-failed', {error}))
  return {
    port,
    close: (isRefreshing) => drain(servers, frontDoor, isRefreshing),
  }
}

async function openSocket(deps: Deps, server: Server, path: string): Promise<Server> {
  try {
    await listenOnSocket(server, path, deps.takeTurn)
    return server
  } catch (error) {
    if (!(error instanceof SocketInUse)) throw error
    const presence = await findDaemonOnSocket(deps, path)
    const who =
      presence.kind === 'same-store'
        ? `the daemon of this store that is process ${String(presence.daemon.pid)}`
        : presence.kind === 'other-store'
          ? 'a daemon of another store'
          : 'another program'
    throw new BehalfError('configuration', `The socket ${path} is in use by ${who}.`, {
      hint: 'Name another one with --socket PATH, or go without: --no-socket.',
    })
  }
}

/** @throws BehalfError `configuration` when it is anyone else than a daemon of this store. */
async function findOccupant(deps: Deps): Promise<DaemonPresence> {
  const {host, port} = deps.settings.listen
  const presence = await findDaemonOnTcp(deps, {address: addressToAsk(host), port})
  if (presence.kind === 'same-store') return presence.daemon
  const who = presence.kind === 'other-store' ? 'A daemon of another store' : 'Another program'
  throw new BehalfError('configuration', `${who} is listening on ${host}:${String(port)}.`, {
    hint: `behalf serve --listen ${host}:${String(port + 1)}`,
  })
}

/** What listens on every address answers on loopback too. */
function addressToAsk(host: string): string {
  if (host === 'localhost' || host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}
