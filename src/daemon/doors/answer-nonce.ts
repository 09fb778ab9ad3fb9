import {isNonce, proveDaemon} from '../../broker/prove-daemon.js'
import type {BrokerDeps} from '../../broker/broker-deps.js'
import type {EpochMs} from '../../model/time.js'
import {addressOf, SOCKET_ADDRESS} from './find-daemon.js'
import type {Visit} from './front-door.js'

/**
 * Answers `GET /healthz?nonce=…` to who wants to know whether a daemon of the same store is here (`find-daemon.ts`).
 * @returns undefined when that was not asked.
 */
export async function answerNonce(
  deps: Pick<BrokerDeps, 'store'>,
  {request, path, query, localAddress}: Visit,
  {since, port}: {since: EpochMs; port: number | undefined},
): Promise<Record<string, unknown> | undefined> {
  const nonce = new URLSearchParams(query).get('nonce')
  if (request.method !== 'GET' || path !== '/healthz' || nonce === null || !isNonce(nonce)) return undefined
  const address =
    localAddress === undefined
      ? SOCKET_ADDRESS
      : addressOf({address: localAddress, port: request.socket.localPort ?? 0})
  const proof = await proveDaemon(deps, {address, nonce})
  // Who asks on TCP knows it, and should believe nobody there who says another.
  const place = localAddress === undefined && port !== undefined && {port}
  return {status: 'ok', pid: process.pid, since: new Date(since).toISOString(), proof, ...place}
}
