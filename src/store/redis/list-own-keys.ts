import type {RedisConnection} from './connection.js'
import {META, type RedisKeys} from './keys.js'

/**
 * The keys of this store and no others: another one's prefix may begin with ours, as `behalf:b:` does with `behalf:`, and
 * what is not called as we call things is somebody else's.
 */
export async function* listOwnKeys(connection: RedisConnection, keys: RedisKeys): AsyncGenerator<string> {
  const others = await findPrefixesBelow(connection, keys)
  for await (const key of connection.scan()) {
    if (keys.isOurs(key) && !others.some((prefix) => key.startsWith(prefix))) yield key
  }
}

/** Prefixes of other stores that begin with ours: each store has its `meta`. */
async function findPrefixesBelow(connection: RedisConnection, keys: RedisKeys): Promise<string[]> {
  const prefixes: string[] = []
  for await (const key of connection.scan()) {
    if (key === keys.meta || !key.endsWith(META) || (await connection.send(key, ['TYPE', key])) !== 'hash') continue
    if ((await connection.send(key, ['HEXISTS', key, 'format'])) === 1) prefixes.push(key.slice(0, -META.length))
  }
  return prefixes
}
