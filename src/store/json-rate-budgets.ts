import {createHash} from 'node:crypto'
import {join} from 'node:path'

import type {RateBudget} from '../model/rate-budget.js'
import {SECOND_MS} from '../model/time.js'
import {ensurePrivateFolder} from './durable-file.js'
import {acquireFileLock, type FileLock} from './file-lock.js'
import {readRateBudget, writeRateBudget} from './rate-budget-record.js'
import {isErrno} from './storage-error.js'
import type {RateBudgetStore, RateChange} from './store.js'
import {TurnQueue} from './turn-queue.js'

/** A budget is held for less than a millisecond, unless its holder has been suspended. */
const LOCK_WAIT_MS = SECOND_MS

/**
 * A file for each bucket, in a folder beside the store: `store.json.rates/<sha256 of the key>`. It is written in place
 * while it is locked, for nobody reads it without the lock, and not fsynced: a power cut takes longer than a refill.
 */
export function createJsonRateBudgets(storePath: string): RateBudgetStore {
  const folder = `${storePath}.rates`
  const turns = new TurnQueue()
  /** Budgets that could not be shared; this process does not try again. */
  const unshared = new Map<string, RateBudget | undefined>()

  return {
    async update(key, change) {
      // Two descriptors of one process exclude each other too, and would wait for one another in steps.
      const endTurn = await turns.take(key, performance.now() + LOCK_WAIT_MS)
      try {
        const lock = unshared.has(key) ? undefined : await acquire(folder, key)
        if (lock !== undefined) return await updateFile(lock, change, (budget) => unshared.set(key, budget))
        const {budget, result} = change(unshared.get(key))
        unshared.set(key, budget)
        return result
      } finally {
        endTurn?.()
      }
    },
  }
}

/** Undefined where it cannot be had. */
async function acquire(folder: string, key: string): Promise<FileLock | undefined> {
  const path = join(folder, createHash('sha256').update(key, 'utf8').digest('hex'))
  const request = {mode: 'exclusive', deadlineMs: performance.now() + LOCK_WAIT_MS} as const
  try {
    return await acquireFileLock(path, request).catch(async (error: unknown) => {
      if (!(error instanceof Error && isErrno(error.cause, 'ENOENT'))) throw error
      await ensurePrivateFolder(folder)
      return acquireFileLock(path, request)
    })
  } catch {
    return undefined
  }
}

async function updateFile<T>(
  lock: FileLock,
  change: RateChange<T>,
  keepHere: (budget: RateBudget) => unknown,
): Promise<T> {
  try {
    const kept = await readRateBudget(lock.handle).catch(() => ({budget: undefined, bytes: 0}))
    const {budget, result} = change(kept.budget)
    await writeRateBudget(lock.handle, budget, kept.bytes).catch(() => keepHere(budget))
    return result
  } finally {
    await lock.release().catch(() => undefined)
  }
}
