import {randomBytes} from 'node:crypto'
import {request as send, type RequestOptions} from 'node:http'

import * as z from 'zod/mini'

import {proveDaemon} from '../../broker/prove-daemon.js'
import type {BrokerDeps} from '../../broker/broker-deps.js'
import {isCallbackPath} from '../../model/callback-paths.js'
import {SECOND_MS, type EpochMs} from '../../model/time.js'
import {LOOPBACK_NAMES} from './door-rules.js'
import {isErrno} from './listen.js'

/** A daemon of the same store, as it tells of itself. */
export interface DaemonPresence {
  pid: number
  since: EpochMs
  /** The port that it listens on beside its socket; told on the socket alone. */
  port?: number
}

/** Who is at an address: nobody, a daemon of this store, a daemon of another one, or any other program. */
export type Presence =
  {kind: 'nobody'} | {kind: 'same-store'; daemon: DaemonPresence} | {kind: 'other-store'} | {kind: 'stranger'}

/** What a daemon answers to `GET /healthz?nonce=…`. */
const presenceSchema = z.object({
  status: z.literal('ok'),
  pid: z.int().check(z.positive()),
  since: z.iso.datetime(),
  proof: z.string().check(z.maxLength(200)),
  port: z.optional(z.int().check(z.positive(), z.maximum(65_535))),
})

/** How the Unix socket is called in a proof: it has no address that both ends know. */
export const SOCKET_ADDRESS = 'unix'

const ANSWER_WITHIN_MS = 2 * SECOND_MS
const MAX_ANSWER_CHARACTERS = 4096

type Deps = Pick<BrokerDeps, 'store'>

/** @param where An IP address and port, not a name: a name may lead to two neighbours. */
export function findDaemonOnTcp(deps: Deps, where: {address: string; port: number}): Promise<Presence> {
  const {address: host, port} = where
  return findDaemon(deps, {host, port}, addressOf(where))
}

export const findDaemonOnSocket = (deps: Deps, socketPath: string): Promise<Presence> =>
  findDaemon(deps, {socketPath, host: 'localhost'}, SOCKET_ADDRESS)

/**
 * Who takes what a provider sends to a redirect URI, when that is a daemon of the same store and nobody else: `localhost`
 * may mean either loopback address, so a neighbour on one of them would get some of the codes.
 */
export async function findDaemonBehind(deps: Deps, redirectUri: string): Promise<DaemonPresence | undefined> {
  const {protocol, hostname, port, pathname} = new URL(redirectUri)
  if (protocol !== 'http:' || !LOOPBACK_NAMES.includes(hostname) || !isCallbackPath(pathname)) return undefined
  const presences = await Promise.all(
    ['127.0.0.1', '::1'].map((address) => findDaemonOnTcp(deps, {address, port: Number(port || 80)})),
  )
  const daemons = presences.flatMap((presence) => (presence.kind === 'same-store' ? [presence.daemon] : []))
  const strangers = presences.filter(({kind}) => kind === 'other-store' || kind === 'stranger')
  return strangers.length === 0 ? daemons[0] : undefined
}

/** What a proof calls an end of a connection. */
export const addressOf = ({address, port}: {address: string; port: number}): string => `${address} ${String(port)}`

async function findDaemon(deps: Deps, where: RequestOptions, address: string): Promise<Presence> {
  const nonce = randomBytes(24).toString('base64url')
  let answer: string
  try {
    answer = await ask({...where, path: `/healthz?nonce=${nonce}`})
  } catch (error) {
    return isErrno(error, 'ECONNREFUSED', 'ENOENT', 'EADDRNOTAVAIL', 'EAFNOSUPPORT')
      ? {kind: 'nobody'}
      : {kind: 'stranger'}
  }
  const {data} = presenceSchema.safeParse(parseJson(answer))
  if (data === undefined) return {kind: 'stranger'}
  // A proof is worth nothing to who overhears it: the nonce was for this question alone.
  if (data.proof !== (await proveDaemon(deps, {address, nonce}))) return {kind: 'other-store'}
  const {pid, since, port} = data
  const daemon = {pid, since: Date.parse(since), ...(port !== undefined && {port})}
  return {kind: 'same-store', daemon}
}

function ask(options: RequestOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = send({...options, agent: false, headers: {Accept: 'application/json'}}, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        text += part
        if (text.length > MAX_ANSWER_CHARACTERS) request.destroy(new Error('too long an answer'))
      })
      response.once('end', () => resolve(text))
      response.once('error', reject)
    })
    const timer = setTimeout(() => request.destroy(new Error('no answer')), ANSWER_WITHIN_MS)
    request.once('error', reject)
    request.once('close', () => {
      clearTimeout(timer)
      reject(new Error('no answer'))
    })
    request.end()
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
