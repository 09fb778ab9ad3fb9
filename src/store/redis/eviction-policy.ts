import type {RedisServerAddress} from '../../config/store-place.js'
import {BehalfError} from '../../model/behalf-error.js'
import {exchange, type RedisClient} from './redis-client.js'
import {redisCli} from './redis-cli.js'
import {isReply} from './redis-errors.js'

const SAFE_POLICY = 'noeviction'

/**
 * Refuses a server that throws keys away when its memory is full: accounts would be gone without a word.
 * @throws BehalfError `configuration`.
 */
export async function checkEvictionPolicy(
  client: RedisClient,
  server: RedisServerAddress & {isEncrypted: boolean},
): Promise<void> {
  const policy = await readPolicy(client)
  if (policy === SAFE_POLICY) return
  const name = `${server.host}:${String(server.port)}`
  if (policy === undefined) {
    throw new BehalfError('configuration', `The maxmemory-policy of the Redis at ${name} cannot be seen`, {
      hint: redisCli(server, 'ACL SETUSER', 'USER', '+info'),
    })
  }
  throw new BehalfError(
    'configuration',
    `The Redis at ${name} may throw accounts away when its memory is full: its maxmemory-policy is ${policy}`,
    {hint: redisCli(server, 'CONFIG SET maxmemory-policy', SAFE_POLICY)},
  )
}

/** Undefined where neither of the two ways to see it is allowed. Hosted services forbid `CONFIG`. */
async function readPolicy(client: RedisClient): Promise<string | undefined> {
  const info = await unlessForbidden(exchange(client, ['INFO', 'memory']))
  const [, policy] = /^maxmemory_policy:(\S+)/m.exec(String(info)) ?? []
  if (policy !== undefined) return policy
  const config = await unlessForbidden(exchange(client, ['CONFIG', 'GET', 'maxmemory-policy']))
  return Array.isArray(config) && typeof config[1] === 'string' ? config[1] : undefined
}

async function unlessForbidden(reply: Promise<unknown>): Promise<unknown> {
  try {
    return await reply
  } catch (error) {
    if (isReply(error, 'NOPERM')) return undefined
    throw error
  }
}
