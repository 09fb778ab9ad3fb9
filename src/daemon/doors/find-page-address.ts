import type {BrokerDeps} from '../../broker/broker-deps.js'
import {BehalfError} from '../../model/behalf-error.js'
import {findDaemonOnSocket, findDaemonOnTcp, type Presence} from './find-daemon.js'
import {isLoopback} from './listen.js'

/** Where a daemon of this machine would be. */
export interface DoorPlace {
  listen: {host: string; port: number}
  socketPath?: string
}

type Deps = Pick<BrokerDeps, 'store'>

/**
 * The origin at which a browser on this machine finds the pages of the daemon of this store. It is given a secret there,
 * so nobody else may be behind it: `localhost` may lead to two neighbours, and is named where both are the daemon or nobody.
 * @throws BehalfError `unavailable` where there is none.
 */
export async function findPageAddress(deps: Deps, {listen, socketPath}: DoorPlace): Promise<string> {
  const found = await findOrigin(deps, listen)
  if (found.origin !== undefined) return found.origin
  // It was told another port on its command line, or port 0.
  const behind = socketPath === undefined ? undefined : await findDaemonOnSocket(deps, socketPath)
  const port = behind?.kind === 'same-store' ? behind.daemon.port : undefined
  const elsewhere = port === undefined ? undefined : await findOrigin(deps, {host: listen.host, port})
  if (elsewhere?.origin !== undefined) return elsewhere.origin
  const place = `${listen.host}:${String(listen.port)}`
  const who = found.hasStranger
    ? `Somebody else answers at ${place}, and no daemon of this store`
    : 'No daemon of this store answers'
  throw new BehalfError('unavailable', `${who}${found.hasStranger ? '.' : ` at ${place}.`}`, {hint: 'behalf serve'})
}

async function findOrigin(
  deps: Deps,
  {host, port}: {host: string; port: number},
): Promise<{origin?: string; hasStranger: boolean}> {
  const ask = async (address: string): Promise<{address: string; kind: Presence['kind']}> => ({
    address,
    kind: (await findDaemonOnTcp(deps, {address, port})).kind,
  })
  const isOnLoopback = isLoopback(host) || ['0.0.0.0', '::'].includes(host)
  const answers = await Promise.all((isOnLoopback ? ['127.0.0.1', '::1'] : [host]).map(ask))
  const ours = answers.find(({kind}) => kind === 'same-store')
  const hasStranger = answers.some(({kind}) => kind === 'other-store' || kind === 'stranger')
  if (!ours) return {hasStranger}
  const literal = ours.address.includes(':') ? `[${ours.address}]` : ours.address
  const name = isOnLoopback && !hasStranger ? 'localhost' : literal
  return {origin: `http://${name}:${String(port)}`, hasStranger}
}
