import type {SealingSecretSource} from '../../config/settings.js'
import type {RedisPlace} from '../../config/store-place.js'
import type {Clock} from '../../model/time.js'
import {chatBudgetRecord, rateBudgetRecord} from '../budget-records.js'
import {loadPointsLazily} from '../lazy-points.js'
import {partSessions} from '../part-sessions.js'
import {Keyring} from '../store-keys.js'
import type {Store} from '../store.js'
import {checkRedisWritable} from './check-redis-writable.js'
import {openRedisConnection} from './connection.js'
import {RedisKeys} from './keys.js'
import {gateWrites} from './gate-writes.js'
import {createRedisAccounts} from './redis-accounts.js'
import {createRedisApiTokens} from './redis-api-tokens.js'
import {createRedisFlows} from './redis-flows.js'
import {SharedRedisGate} from './redis-gate.js'
import {MetaHash} from './redis-meta.js'
import type {RedisParts} from './redis-parts.js'
import {createRedisProviders} from './redis-providers.js'
import {createRedisBudgets} from './redis-budgets.js'
import {readText} from './stored-text.js'

export interface RedisStoreOptions {
  place: RedisPlace
  secret: SealingSecretSource
  clock: Clock
  /** How long an account's lock lasts without a word of its owner. */
  leaseMs?: number
  /** How long who logs in as the owner has from being let in to being stored. */
  claimMs?: number
}

/**
 * Opens the store in a Redis (design 10). Keys are made by the first write.
 * @throws BehalfError `configuration` where Redis may not be used so, `store-unavailable`, `store-foreign`, `store-newer`.
 */
export async function openRedisStore({place, secret, clock, leaseMs, claimMs}: RedisStoreOptions): Promise<Store> {
  const direct = openRedisConnection(place)
  const keys = new RedisKeys(place.prefix)
  const gate = new SharedRedisGate({connection: direct, key: keys.gate, clock}, () => meta.checkUnchanged())
  const connection = gateWrites(direct, gate)
  const meta = new MetaHash(connection, keys, new Keyring(secret))
  const parts: RedisParts = {
    place,
    connection,
    keys,
    clock,
    openKeys: (options) => meta.openKeys(options),
    storeId: async () => (await meta.read())?.id,
    async noteWritten() {
      await connection.send(keys.writtenAt, ['SET', keys.writtenAt, String(clock.now())])
    },
  }
  try {
    await meta.read()
  } catch (error) {
    await connection.close()
    throw error
  }
  const accounts = createRedisAccounts(parts, {...(leaseMs !== undefined && {leaseMs}), claimMs})
  const apiTokens = createRedisApiTokens(parts)
  return {
    location: place.location,
    accounts,
    providers: createRedisProviders(parts),
    flows: createRedisFlows(parts),
    ...partSessions(apiTokens),
    points: loadPointsLazily(async () => (await import('./redis-points.js')).createRedisPoints(parts)),
    rateBudgets: createRedisBudgets({connection: direct, keys}, rateBudgetRecord),
    chatBudgets: createRedisBudgets({connection: direct, keys}, chatBudgetRecord),
    async lastWrittenAt() {
      const at = Number((await readText(connection, {key: keys.writtenAt})) ?? Number.NaN)
      return Number.isFinite(at) ? at : undefined
    },
    checkWritable: () => checkRedisWritable(connection),
    // What another process writes is not seen without asking.
    revision: () => undefined,
    fingerprint: async (value) => (await meta.openKeys()).fingerprint(value.reveal()),
    async close() {
      // What is soft is worth no failure of a command that did what it was asked.
      await apiTokens.flush().catch(() => undefined)
      accounts.close()
      await gate.leave()
      await connection.close()
    },
  }
}
