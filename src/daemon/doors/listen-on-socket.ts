import type {Server} from 'node:http'
import {connect} from 'node:net'
import {chmod, lstat, mkdir, stat, unlink} from 'node:fs/promises'
import {once} from 'node:events'
import {dirname} from 'node:path'

import {BehalfError} from '../../model/behalf-error.js'
import type {TakeTurn} from '../daemon-deps.js'
import {isErrno, listen} from './listen.js'

/** Somebody listens on the socket. */
export class SocketInUse extends Error {}

/**
 * Listens on a Unix socket, 0600 in a 0700 folder, which is made where it is missing. What a dead daemon left is
 * replaced.
 * @param takeTurn Daemons that start at the same moment come one after the other: a socket between `bind` and `listen`
 * looks like one that a dead daemon left.
 * @throws SocketInUse when somebody listens there; BehalfError `configuration` for a place that is not private.
 */
export async function listenOnSocket(server: Server, path: string, takeTurn: TakeTurn): Promise<void> {
  await ensurePrivateFolder(dirname(path))
  const endTurn = await takeTurn(`${path}.lock`)
  try {
    await listenOrReplace(server, path)
    await chmod(path, 0o600)
  } finally {
    await endTurn()
  }
}

async function listenOrReplace(server: Server, path: string): Promise<void> {
  try {
    await listen(server, {path})
  } catch (error) {
    if (!isErrno(error, 'EADDRINUSE')) throw describeFailure(path, error)
    if (await isAnswered(path)) throw new SocketInUse()
    await removeStale(path)
    await listen(server, {path}).catch((again: unknown) => {
      throw isErrno(again, 'EADDRINUSE') ? new SocketInUse() : describeFailure(path, again)
    })
  }
}

async function ensurePrivateFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, {recursive: true, mode: 0o700})
    const {mode, uid} = await stat(folder)
    if ((mode & 0o077) === 0 && uid === process.getuid?.()) return
  } catch (error) {
    throw describeFailure(folder, error)
  }
  throw new BehalfError('configuration', `Others than you may enter the folder of the socket, ${folder}.`, {
    hint: 'Name another place with --socket PATH, in a folder with mode 0700; or go without: --no-socket.',
  })
}

async function removeStale(path: string): Promise<void> {
  try {
    if (!(await lstat(path)).isSocket()) throw Object.assign(new Error('not a socket'), {code: 'ENOTSOCK'})
    await unlink(path)
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw describeFailure(path, error)
  }
}

async function isAnswered(path: string): Promise<boolean> {
  const socket = connect(path)
  try {
    await once(socket, 'connect')
    return true
  } catch (error) {
    if (isErrno(error, 'ECONNREFUSED', 'ENOENT')) return false
    throw describeFailure(path, error)
  } finally {
    socket.destroy()
  }
}

function describeFailure(path: string, cause: unknown): BehalfError {
  const why = cause instanceof Error && 'code' in cause ? (REASONS[String(cause.code)] ?? cause.message) : String(cause)
  return new BehalfError('configuration', `There can be no socket at ${path}: ${why}.`, {
    hint: 'Name another place with --socket PATH, or go without: --no-socket.',
    cause,
  })
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of its path is no folder',
  EEXIST: 'a part of its path is no folder',
  ENOTSOCK: 'something else is there',
}
