import {DAY_MS, MINUTE_MS, type Clock, type EpochMs} from '../../model/time.js'

/** How a refresh that was wanted ended, as far as that says something of a provider. */
export const TOLD_OUTCOMES = [
  'refreshed',
  'superseded',
  'unavailable',
  'in-doubt',
  'rejected',
  'misconfigured',
] as const
export type ToldOutcome = (typeof TOLD_OUTCOMES)[number]

export type OutcomeCounts = Record<ToldOutcome, number>

/** How refreshes ended during the last day, in this process. */
export interface RefreshHistory {
  count(outcome: string): void
  /** From the oldest to the one that is running. */
  buckets(): {since: EpochMs; counts: Readonly<OutcomeCounts>}[]
}

export const BUCKET_MS = 5 * MINUTE_MS
const BUCKETS = DAY_MS / BUCKET_MS

export function createRefreshHistory({clock}: {clock: Pick<Clock, 'now'>}): RefreshHistory {
  /** By their number since the epoch; those without a refresh are not there. */
  const kept = new Map<number, OutcomeCounts>()
  const now = (): number => Math.floor(clock.now() / BUCKET_MS)

  return {
    count(outcome) {
      if (!isTold(outcome)) return
      const current = now()
      const counts = kept.get(current) ?? noCounts()
      counts[outcome] += 1
      kept.set(current, counts)
      // A clock that was set back leaves some that are yet to come.
      for (const bucket of kept.keys()) if (Math.abs(current - bucket) >= BUCKETS) kept.delete(bucket)
    },
    buckets() {
      const first = now() - BUCKETS + 1
      return Array.from({length: BUCKETS}, (_, index) => ({
        since: (first + index) * BUCKET_MS,
        counts: {...(kept.get(first + index) ?? noCounts())},
      }))
    },
  }
}

export const noCounts = (): OutcomeCounts => ({
  refreshed: 0,
  superseded: 0,
  unavailable: 0,
  'in-doubt': 0,
  rejected: 0,
  misconfigured: 0,
})

const isTold = (outcome: string): outcome is ToldOutcome => (TOLD_OUTCOMES as readonly string[]).includes(outcome)
