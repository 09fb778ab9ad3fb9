import type {RedisPlace} from '../../config/store-place.js'
import {SECOND_MS} from '../../model/time.js'
import {createClusterRoute} from './cluster-route.js'
import {findMaster} from './find-master.js'
import {hashSlotOf} from './hash-slot.js'
import {isLost, isReply, toRedisError} from './redis-errors.js'
import {NoReplyError, type RedisCommand} from './redis-client.js'
import {createServerRoute, type RedisRoute} from './route.js'
import type {RedisScript} from './script.js'

/** How the Redis store speaks to its server or servers. Failures are `BehalfError`s that name where it is. */
export interface RedisConnection {
  readonly prefix: string
  /** For messages: without credentials. */
  readonly location: string
  /**
   * One command on one key (the first argument after the name). What is asked for in the same turn goes out together.
   * A read whose reply was lost is sent once more; a write is not, and may have been done.
   * @returns the reply as RESP 2 has it: `HGETALL` is a flat list, what is missing is null.
   */
  send(key: string, command: RedisCommand): Promise<unknown>
  /** Runs a script, by its SHA-1 where the server has it. All keys are in one hash slot. */
  run(script: RedisScript, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>
  /**
   * Runs a script, and then waits a second at most until a replica has what it wrote. On a connection of its own, for
   * whatever comes after on that one waits too. `isReplicated` is undefined where there is no replica.
   */
  runReplicated(
    script: RedisScript,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<{reply: unknown; isReplicated: boolean | undefined}>
  /** Whether one script can be about both keys. */
  areTogether(key: string, other: string): boolean
  /** A command that is about no key, to each server that takes writes. */
  askMasters(command: RedisCommand): Promise<readonly {server: string; reply: unknown}[]>
  /** Goes up whenever a connection is made: what was learned on another one may not hold any more. */
  epoch(): number
  /** The names of all keys with our prefix, each at least once; some of those that come or go meanwhile. */
  scan(): AsyncIterable<string>
  close(): Promise<void>
}

/** Milliseconds that a commit waits for a replica. */
const REPLICA_WAIT_MS = SECOND_MS
/** How long it is believed how many replicas there are. */
const REPLICAS_KNOWN_MS = 10 * SECOND_MS
/** A primary that is one no more may answer for long, to who is cut off with it. */
const MASTER_WATCH_MS = 5 * SECOND_MS
const SCAN_COUNT = 1000

const READS = new Set(
  'EXISTS GET HEXISTS HGET HGETALL HKEYS HLEN HMGET LLEN LRANGE MGET PTTL SCARD SISMEMBER SMEMBERS SMISMEMBER SSCAN STRLEN TTL TYPE XRANGE XREVRANGE ZCARD ZCOUNT ZLEXCOUNT ZRANGE ZRANGEBYSCORE ZREVRANGE ZSCORE'.split(
    ' ',
  ),
)

export const isReadCommand = (command: RedisCommand): boolean => READS.has(String(command[0]).toUpperCase())

/** Nothing is sent until something is asked for. */
export function openRedisConnection(place: RedisPlace): RedisConnection {
  const route = createRoute(place)
  let patient: RedisRoute | undefined
  let replicas: {count: number; until: number} | undefined

  async function attempt<T>(work: () => Promise<T>, isRepeatable = false): Promise<T> {
    try {
      return await work().catch((error: unknown) => {
        // Who waited in vain has waited long enough.
        if (isRepeatable && isLost(error) && !(error instanceof NoReplyError)) return work()
        throw error
      })
    } catch (error) {
      throw toRedisError(error, place)
    }
  }

  async function evaluate(
    through: RedisRoute,
    script: RedisScript,
    keys: readonly string[],
    args: readonly (string | number)[],
    after: readonly RedisCommand[] = [],
  ): Promise<unknown[]> {
    const [key = ''] = keys
    const rest = [String(keys.length), ...keys, ...args.map(String)]
    try {
      return unwrap(await through.exchange(key, [['EVALSHA', script.sha1, ...rest], ...after]))
    } catch (error) {
      if (!isReply(error, 'NOSCRIPT')) throw error
      return unwrap(await through.exchange(key, [['EVAL', script.source, ...rest], ...after]))
    }
  }

  async function countReplicas(): Promise<number> {
    if (replicas === undefined || replicas.until < performance.now()) {
      const replies = await askMasters(['INFO', 'replication'])
      const counts = replies.map(({reply}) => Number(/^connected_slaves:(\d+)/m.exec(String(reply))?.[1] ?? 0))
      replicas = {count: Math.min(...counts), until: performance.now() + REPLICAS_KNOWN_MS}
    }
    return replicas.count
  }

  const askMasters: RedisConnection['askMasters'] = (command) =>
    attempt(async () =>
      Promise.all(
        (await route.masters()).map(async ({server, link}) => {
          const [reply] = unwrap(await link.exchange([command]))
          return {server, reply}
        }),
      ),
    )

  return {
    prefix: place.prefix,
    location: place.location,

    send: (key, command) =>
      attempt(async () => unwrap(await route.exchange(key, [command]))[0], isReadCommand(command)),

    run: (script, keys, args) =>
      attempt(async () => (await evaluate(route, script, keys, args))[0], script.isRepeatable),

    runReplicated: (script, keys, args) =>
      attempt(async () => {
        if ((await countReplicas()) === 0) {
          return {reply: (await evaluate(route, script, keys, args))[0], isReplicated: undefined}
        }
        patient ??= createRoute(place)
        const wait = ['WAIT', '1', String(REPLICA_WAIT_MS)]
        const [reply, acknowledged] = await evaluate(patient, script, keys, args, [wait])
        return {reply, isReplicated: Number(acknowledged) > 0}
      }),

    areTogether: (key, other) => place.topology.kind !== 'cluster' || hashSlotOf(key) === hashSlotOf(other),

    askMasters,
    epoch: () => route.epoch(),

    async *scan() {
      for (const {link} of await attempt(() => route.masters())) {
        let cursor = '0'
        do {
          const command = ['SCAN', cursor, 'MATCH', `${escapeGlob(place.prefix)}*`, 'COUNT', String(SCAN_COUNT)]
          const [reply] = await attempt(async () => unwrap(await link.exchange([command])), true)
          const [next, keys] = reply as [string, string[]]
          cursor = next
          yield* keys
        } while (cursor !== '0')
      }
    },

    async close() {
      await Promise.all([route.close(), patient?.close()])
    },
  }
}

function createRoute(place: RedisPlace): RedisRoute {
  const {topology} = place
  if (topology.kind === 'cluster') return createClusterRoute(place, topology.nodes)
  if (topology.kind === 'sentinel')
    return createServerRoute(place, () => findMaster(place, topology), {watchMs: MASTER_WATCH_MS})
  return createServerRoute(place, () => Promise.resolve(topology.server))
}

/** The replies, or the first error. */
function unwrap(results: readonly PromiseSettledResult<unknown>[]): unknown[] {
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason
    return result.value
  })
}

const escapeGlob = (text: string): string => text.replace(/[\\*?[\]]/g, '\\$&')
