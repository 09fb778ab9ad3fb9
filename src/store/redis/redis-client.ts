import {readFile} from 'node:fs/promises'
import {isIP} from 'node:net'

import {createClient} from '@redis/client'

import type {RedisPlace, RedisServerAddress} from '../../config/store-place.js'
import {BehalfError} from '../../model/behalf-error.js'
import {SECOND_MS} from '../../model/time.js'

/** One connection. It is used until it breaks, and never mends itself: see `RedisLink`. */
export type RedisClient = ReturnType<typeof makeClient>

export type RedisCommand = readonly (string | Buffer)[]

const CONNECT_TIMEOUT_MS = 5 * SECOND_MS
const COMMAND_TIMEOUT_MS = 5 * SECOND_MS

/** Nothing came back in time. */
export class NoReplyError extends Error {
  override readonly name = 'NoReplyError'
}

/** How the client begins to say that what it read is no reply of a Redis. */
export const NO_REDIS = 'Unknown RESP type'

/** What a client needs of a place; Sentinels have credentials of their own. */
export type RedisAccess = Pick<RedisPlace, 'username' | 'password' | 'database' | 'tls'>

/** Connects, signs in, and proves that the server answers commands: all within five seconds. */
export async function connectClient(address: RedisServerAddress, access: RedisAccess): Promise<RedisClient> {
  const client = makeClient(address, access, await readCertificates(access.tls))
  let firstError: unknown
  // Without a listener an error would end the process; what is under way is told of it by its own promise.
  client.on('error', (error: unknown) => (firstError ??= error))
  try {
    await within(CONNECT_TIMEOUT_MS, client.connect())
    await exchange(client, ['PING'], CONNECT_TIMEOUT_MS)
    return client
  } catch (error) {
    if (client.isOpen) client.destroy()
    // What answers in another language hangs up afterwards, and the first says more than the second.
    throw firstError instanceof Error && firstError.message.startsWith(NO_REDIS) ? firstError : error
  }
}

/** One command and its reply. Where none comes in time the connection is given up, for a late one is no use to anyone. */
export async function exchange(
  client: RedisClient,
  command: RedisCommand,
  timeoutMs = COMMAND_TIMEOUT_MS,
): Promise<unknown> {
  const reply: Promise<unknown> = client.sendCommand(command)
  try {
    return await within(timeoutMs, reply)
  } catch (error) {
    if (error instanceof NoReplyError && client.isOpen) client.destroy()
    throw error
  }
}

function makeClient({host, port}: RedisServerAddress, access: RedisAccess, ca: string | undefined) {
  const {username, password, database, tls} = access
  const socket = {host, port, connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy: false} as const
  // Of a name that is no address, TLS is told: one server may have many certificates. No variable of Node's own makes it
  // trust whoever answers.
  const encrypted = {
    tls: true,
    rejectUnauthorized: true,
    ...(ca !== undefined && {ca}),
    ...(isIP(host) === 0 && {servername: host}),
  } as const
  return createClient({
    RESP: 2,
    socket: tls === undefined ? socket : {...socket, ...encrypted},
    ...(username !== undefined && {username}),
    ...(password !== undefined && {password: password.reveal()}),
    ...(database !== 0 && {database}),
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    // Time is kept in `exchange`; the client's own covers only what has not been written.
    commandOptions: {timeout: 0},
  })
}

async function readCertificates(tls: RedisAccess['tls']): Promise<string | undefined> {
  if (tls?.caFile === undefined) return undefined
  try {
    return await readFile(tls.caFile, 'utf8')
  } catch (error) {
    throw new BehalfError('configuration', `The certificates in ${tls.caFile} cannot be read.`, {
      hint: 'Set BEHALF_REDIS_CA_FILE to a file of certificates in PEM.',
      cause: error,
    })
  }
}

/** @throws NoReplyError */
export async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new NoReplyError(`no reply within ${String(timeoutMs / SECOND_MS)} s`))
    }, timeoutMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
    work.catch(() => undefined)
  }
}
