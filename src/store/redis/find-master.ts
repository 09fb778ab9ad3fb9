import {isIPv6} from 'node:net'

import type {RedisPlace, RedisServerAddress, RedisTopology} from '../../config/store-place.js'
import {BehalfError} from '../../model/behalf-error.js'
import {connectClient, exchange, type RedisAccess} from './redis-client.js'
import {isReply} from './redis-errors.js'

type Sentinels = Extract<RedisTopology, {kind: 'sentinel'}>

/** What a sentinel says: where the master is, and since which failover. */
interface Answer {
  address: RedisServerAddress
  epoch: number
}

/**
 * Asks the sentinels, one after the other, where the master is now, until half of them have answered. The one that knows
 * of the latest failover is believed: another one may be cut off with a master that was.
 * @throws BehalfError `configuration` where they do not know one of this name; what connecting to the last one threw.
 */
export async function findMaster(place: RedisPlace, topology: Sentinels): Promise<RedisServerAddress> {
  const {sentinels, master, password} = topology
  const {tls} = place
  const access = {database: 0, ...(tls && {tls}), ...(password && {password})}
  const answers: Answer[] = []
  let failure: unknown
  for (const sentinel of sentinels) {
    try {
      answers.push(await askSentinel(sentinel, master, access))
    } catch (error) {
      failure = error
    }
    if (answers.length >= sentinels.length / 2) break
  }
  const [first, ...others] = answers
  if (first === undefined) throw failure
  return others.reduce((newest, other) => (other.epoch > newest.epoch ? other : newest), first).address
}

async function askSentinel(sentinel: RedisServerAddress, master: string, access: RedisAccess): Promise<Answer> {
  const client = await connectClient(sentinel, access)
  try {
    const flat = (await exchange(client, ['SENTINEL', 'MASTER', master])) as string[]
    const valueOf = (name: string): string => flat[flat.indexOf(name) + 1] ?? ''
    return {
      address: {host: valueOf('ip'), port: Number(valueOf('port'))},
      epoch: Number(valueOf('config-epoch')),
    }
  } catch (error) {
    if (!isReply(error, 'ERR') || !error.message.includes('No such master')) throw error
    throw new BehalfError('configuration', `The sentinel ${nameServer(sentinel)} knows no master named ${master}`, {
      hint: 'Set BEHALF_REDIS_MASTER to the name in its configuration.',
    })
  } finally {
    client.destroy()
  }
}

const nameServer = ({host, port}: RedisServerAddress): string => `${isIPv6(host) ? `[${host}]` : host}:${String(port)}`
