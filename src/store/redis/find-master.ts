import {isIPv6} from 'node:net'

import type {RedisPlace, RedisServerAddress, RedisTopology} from '../../config/store-place.js'
import {BehalfError} from '../../model/behalf-error.js'
import {connectClient, exchange} from './redis-client.js'

type Sentinels = Extract<RedisTopology, {kind: 'sentinel'}>

/**
 * Asks the sentinels, one after the other, where the master is now.
 * @throws BehalfError `configuration` where they do not know one of this name; what connecting to the last one threw.
 */
export async function findMaster(place: RedisPlace, topology: Sentinels): Promise<RedisServerAddress> {
  const {sentinels, master, password} = topology
  const {tls} = place
  const access = {database: 0, ...(tls && {tls}), ...(password && {password})}
  let failure: unknown
  for (const sentinel of sentinels) {
    try {
      const client = await connectClient(sentinel, access)
      try {
        const reply = await exchange(client, ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', master])
        if (Array.isArray(reply)) return {host: String(reply[0]), port: Number(reply[1])}
        failure = new BehalfError(
          'configuration',
          `The sentinel ${nameServer(sentinel)} knows no master named ${master}`,
          {hint: 'Set BEHALF_REDIS_MASTER to the name in its configuration.'},
        )
      } finally {
        client.destroy()
      }
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

const nameServer = ({host, port}: RedisServerAddress): string => `${isIPv6(host) ? `[${host}]` : host}:${String(port)}`
