import type {RedisPlace, RedisServerAddress} from '../../config/store-place.js'
import {RedisLink} from './link.js'
import type {RedisCommand} from './redis-client.js'

/** How commands get to the server that has a key. */
export interface RedisRoute {
  /** Sends commands about one key together. */
  exchange(key: string, commands: readonly RedisCommand[], timeoutMs?: number): Promise<PromiseSettledResult<unknown>[]>
  /** A link to each server that takes writes. */
  masters(): Promise<readonly {server: string; link: RedisLink}[]>
  /** How many connections have been made. */
  epoch(): number
  close(): Promise<void>
}

/**
 * @param findAddress where the one server is.
 * @param options.watchMs how often that is asked while there is a connection, where it may change.
 */
export function createServerRoute(
  place: RedisPlace,
  findAddress: () => Promise<RedisServerAddress>,
  options: {watchMs?: number} = {},
): RedisRoute {
  const link = new RedisLink(findAddress, place, options)
  return {
    exchange: (_key, commands, timeoutMs) => link.exchange(commands, timeoutMs),
    masters: () => Promise.resolve([{server: place.location, link}]),
    epoch: () => link.epoch,
    close: () => link.close(),
  }
}
