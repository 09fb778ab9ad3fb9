/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number

/** A moment as one machine saw it. Monotonic times compare only within one `bootId`. */
export interface Moment {
  wallMs: EpochMs
  monotonicMs: number
  bootId: string
}

/** Where time comes from. Handed in everywhere, so that tests do not wait. */
export interface Clock {
  now(): EpochMs
  moment(): Moment
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/**
 * Time since `then`, in milliseconds: the larger of what the wall clock and the monotonic clock say,
 * for the latter stands still in sleep and the former can be set back.
 */
export function elapsedMs(since: Moment, now: Moment): number {
  const wall = now.wallMs - since.wallMs
  const monotonic = now.bootId === since.bootId ? now.monotonicMs - since.monotonicMs : 0
  return Math.max(wall, monotonic, 0)
}

export const SECOND_MS = 1000
export const MINUTE_MS = 60 * SECOND_MS
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

/** Clocks of one machine differ by less than this between two writes. */
const CLOCK_SLACK_MS = 10 * SECOND_MS

/** Design 7, rule 6: a wall clock earlier than the store's last write is not believed. */
export const isClockBelieved = (now: EpochMs, lastWrittenAt: EpochMs | undefined): boolean =>
  lastWrittenAt === undefined || now >= lastWrittenAt - CLOCK_SLACK_MS
