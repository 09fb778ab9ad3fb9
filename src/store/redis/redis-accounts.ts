import {join} from 'node:path'

import type {Account, AccountKey} from '../../model/account.js'
import {BehalfError} from '../../model/behalf-error.js'
import {MINUTE_MS} from '../../model/time.js'
import {JournalFolder} from '../journal.js'
import type {StoreKeys} from '../store-keys.js'
import type {AccountStore} from '../store.js'
import {TurnQueue} from '../turn-queue.js'
import {AccountHints} from './account-hints.js'
import {AccountReader} from './account-reader.js'
import {AccountSchedule} from './account-schedule.js'
import {AccountSteps} from './account-steps.js'
import {AccountWrites} from './account-writes.js'
import {acquireAccountLock} from './acquire-account-lock.js'
import {slotOf} from './keys.js'
import {putSlotInDoubt} from './old-copy-slot.js'
import {openRedisAccountLock} from './redis-account-lock.js'
import type {OpenKeysOptions} from './redis-meta.js'
import type {RedisParts} from './redis-parts.js'
import {SeenWrites} from './seen-writes.js'
import type {UnsentSends} from './unsent-sends.js'

/** Accounts of the Redis store, with what they keep open on this machine. */
export interface RedisAccounts extends AccountStore {
  close(): void
}

export interface RedisAccountsOptions {
  /** How long an account's lock lasts without a word of its owner, by the clock of Redis. */
  leaseMs?: number
  /** How long who claims the place of the owner has for becoming it. */
  claimMs?: number | undefined
}

/** Longer than any exchange. */
const LEASE_MS = MINUTE_MS

export function createRedisAccounts(
  parts: RedisParts,
  {leaseMs = LEASE_MS, claimMs}: RedisAccountsOptions = {},
): RedisAccounts {
  const {connection, keys: names, clock} = parts
  const {localPath} = parts.place
  const journals = new JournalFolder(join(localPath, 'accounts'))
  const seen = new SeenWrites(localPath)
  const openKeys = async (options?: OpenKeysOptions): Promise<StoreKeys> => {
    const keys = await parts.openKeys(options)
    const id = await parts.storeId()
    if (id !== undefined) seen.belongTo(id)
    return keys
  }
  const reader = new AccountReader({connection, keys: names, journals, openKeys})
  const steps = new AccountSteps({connection, keys: names, seen, noteWritten: () => parts.noteWritten()})
  const hints = new AccountHints(connection, names)
  const writes = new AccountWrites({
    steps,
    hints,
    reader,
    clock,
    claimMs,
    openKeys,
    hasProvider: async (name) => (await connection.send(names.providers, ['HEXISTS', names.providers, name])) === 1,
  })
  const schedule = new AccountSchedule({connection, keys: names, reader, clock, journals})
  const turns = new TurnQueue()
  const left = new Map<AccountKey, readonly string[]>()
  const unsent: UnsentSends = new Map()

  return {
    get: async (key) => reader.open({key, hash: await reader.read(key)}),
    getNamed: (named) => reader.openNamed(named),
    async list() {
      const stored = await reader.readAll(await reader.listKeys())
      const accounts = await Promise.all(stored.map((one) => reader.open(one)))
      return accounts.filter((account): account is Account => account !== undefined)
    },
    async outlines() {
      const stored = await reader.readAll(await reader.listKeys())
      const outlines = await Promise.all(stored.map((one) => reader.outline(one)))
      return outlines.filter((outline) => outline !== undefined)
    },

    names: async () => reader.nameAll(await reader.listKeys()),
    count: (provider) => reader.count(provider),
    keysOf: (provider) => reader.listKeys(provider),
    name: (key) => reader.findName(key),
    async find(texts) {
      const wanted = new Set(texts)
      const keys = await Promise.all(Array.from(wanted, (text) => hints.find(text)))
      return (await reader.nameAll(keys.flat())).filter(
        ({isDamaged, subject, login, userId}) =>
          isDamaged === true || (subject === undefined ? wanted.has(login) || wanted.has(userId) : wanted.has(subject)),
      )
    },
    owners: async (provider) =>
      (await reader.nameAll(await hints.owners(provider))).filter(({role}) => role === 'owner'),

    upcomingRefreshes: (provider, limit, dueBy) => schedule.upcomingRefreshes(provider, limit, dueBy),
    upcomingValidations: (provider, limit) => schedule.upcomingValidations(provider, limit),
    stranded: () => schedule.stranded(),

    put: (account, check) => writes.put(account, check),
    update: (key, change) => writes.update(key, change),
    async noteValidated(key, at) {
      await steps.run('noteValidated', key, [key, at]).catch((error: unknown) => {
        // What is soft is worth no failure of who did something else.
        if (!(error instanceof BehalfError)) throw error
      })
    },

    async lock(key, options) {
      const taken = await acquireAccountLock({steps, turns, clock, leaseMs, left}, key, options)
      try {
        const lockParts = {steps, hints, reader, journals, clock, openKeys, leaseMs, key, unsent}
        const slot = slotOf(key)
        const isThere = taken.hash.record !== undefined
        if (isThere) await openKeys()
        const forgotten = isThere ? await steps.findForgotten(slot, taken.mark) : undefined
        if (forgotten === undefined) return await openRedisAccountLock({...lockParts, taken})
        await putSlotInDoubt({steps, reader, seen}, slot, forgotten, clock.moment())
        return await openRedisAccountLock({...lockParts, taken: {...taken, hash: await reader.read(key)}})
      } catch (error) {
        await taken.release()
        throw error
      }
    },

    close: () => {
      seen.close()
    },
  }
}
