import {BehalfError} from '../../model/behalf-error.js'
import {HOUR_MS, SECOND_MS} from '../../model/time.js'
import type {BudgetChange, BudgetRecord, BudgetStore} from '../budget-store.js'
import {TurnQueue} from '../turn-queue.js'
import type {RedisParts} from './redis-parts.js'
import {changeText} from './stored-text.js'

/** By then any budget is full again. */
const KEEP_MS = HOUR_MS
const TURN_WAIT_MS = SECOND_MS
/** Who speaks in a chat must not wait for a slow or silent network again and again. */
const UNSHARED_MS = SECOND_MS
const SHARE_MS = SECOND_MS

/** Budgets of the Redis store: a text for each, which is gone when nobody asks for it any more. */
export function createRedisBudgets<B>(
  {connection, keys}: Pick<RedisParts, 'connection' | 'keys'>,
  record: BudgetRecord<B>,
): BudgetStore<B> {
  const turns = new TurnQueue()
  /** What this process knows of budgets that could not be shared. */
  const unshared = new Map<string, B>()
  /** When Redis is asked again. */
  let asksAgainMs = -Infinity

  /** Undefined where Redis does not answer in time. What it counts later all the same is counted twice, which is no harm. */
  async function share<T>(key: string, change: BudgetChange<B, T>): Promise<{result: T} | undefined> {
    if (performance.now() < asksAgainMs) return undefined
    let outcome: {result: T} | undefined
    const sharing = changeText(connection, {key: keys.rate(key), keepMs: KEEP_MS}, (text) => {
      const {budget, result} = change(text === undefined ? undefined : record.parse(text))
      outcome = {result}
      return record.format(budget)
    })
    try {
      if ((await endsWithin(sharing, SHARE_MS)) === 'late') throw new BehalfError('store-unavailable', 'Redis is slow.')
    } catch (error) {
      if (!(error instanceof BehalfError)) throw error
      asksAgainMs = performance.now() + UNSHARED_MS
      return undefined
    }
    unshared.delete(key)
    return outcome
  }

  return {
    async update(key, change) {
      // Those of one process would only get in each other's way.
      const endTurn = await turns.take(key, performance.now() + TURN_WAIT_MS)
      try {
        const shared = await share(key, change)
        if (shared) return shared.result
        const {budget, result} = change(unshared.get(key))
        unshared.set(key, budget)
        return result
      } finally {
        endTurn?.()
      }
    },
  }
}

async function endsWithin(work: Promise<unknown>, ms: number): Promise<'ended' | 'late'> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => (timer = setTimeout(resolve, ms, 'late')))
  try {
    return await Promise.race([work.then(() => 'ended' as const), late])
  } finally {
    clearTimeout(timer)
  }
}
