import type {RateBudget} from '../../model/rate-budget.js'
import {BehalfError} from '../../model/behalf-error.js'
import {HOUR_MS, SECOND_MS} from '../../model/time.js'
import {formatRateBudget, parseRateBudget} from '../rate-budget-record.js'
import type {RateBudgetStore, RateChange} from '../store.js'
import {TurnQueue} from '../turn-queue.js'
import type {RedisParts} from './redis-parts.js'
import {changeText} from './stored-text.js'

/** By then any budget is full again. */
const KEEP_MS = HOUR_MS
const TURN_WAIT_MS = SECOND_MS

/** Rate budgets of the Redis store: a text for each bucket, which is gone when nobody asks for it any more. */
export function createRedisRateBudgets({connection, keys}: Pick<RedisParts, 'connection' | 'keys'>): RateBudgetStore {
  const turns = new TurnQueue()
  /** What this process knows of budgets that could not be shared. */
  const unshared = new Map<string, RateBudget>()

  async function share<T>(key: string, change: RateChange<T>): Promise<T> {
    let outcome: {result: T} | undefined
    await changeText(connection, {key: keys.rate(key), keepMs: KEEP_MS}, (text) => {
      const {budget, result} = change(text === undefined ? undefined : parseRateBudget(text))
      outcome = {result}
      return formatRateBudget(budget)
    })
    unshared.delete(key)
    if (outcome === undefined) throw new BehalfError('internal', 'A rate budget was not asked for')
    return outcome.result
  }

  return {
    async update(key, change) {
      // Those of one process would only get in each other's way.
      const endTurn = await turns.take(key, performance.now() + TURN_WAIT_MS)
      try {
        return await share(key, change).catch((error: unknown) => {
          if (!(error instanceof BehalfError)) throw error
          const {budget, result} = change(unshared.get(key))
          unshared.set(key, budget)
          return result
        })
      } finally {
        endTurn?.()
      }
    },
  }
}
