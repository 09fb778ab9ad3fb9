import {MINUTE_MS, SECOND_MS, type EpochMs} from './time.js'

/**
 * What is known of one bucket of points (facts of Twitch: `Ratelimit-*`), by all who take from it together.
 * It is a lower bound of what the API has: whoever heeds it is never told that the bucket is empty,
 * unless a stranger takes from it too.
 */
export interface RateBudget {
  /** When each point was taken whose request has not been answered, oldest first. */
  taken: EpochMs[]
  /** Counts the points taken. */
  sequence: number
  /** Undefined while nothing is known; `none` for an API that does not count. */
  meter?: RateMeter | 'none'
}

export interface RateMeter {
  /** The bucket's size. */
  limit: number
  /** What flows back in a minute: the limit, or less where the API has said so. */
  perMinute: number
  /** What was left at `at`; below zero when more is under way than is left. */
  points: number
  at: EpochMs
  /** Nothing is taken before. */
  blockedUntil?: EpochMs
}

/** What an answer said of the bucket. */
export interface RateReading {
  limit: number
  remaining: number
  /** Until it is full again. */
  fullInMs?: number
  /** The request was refused because the bucket is empty. */
  exhausted: boolean
}

/** A point that was taken, to be settled when its request has ended. */
export interface RateTicket {
  takenAt: EpochMs
  sequence: number
  /** Nothing else was under way. */
  alone: boolean
}

/** How a request ended: a reading; answered by an API that does not count; answered or lost without saying; not sent. */
export type RateOutcome = RateReading | 'uncounted' | 'unknown' | 'unsent'

export type RateTaking =
  | {kind: 'taken'; budget: RateBudget; ticket: RateTicket}
  /** To be tried again then. `limit`: the bucket is empty. `first-answer`: someone else is finding out how large it is. */
  | {kind: 'wait'; budget: RateBudget; waitMs: number; reason: 'limit' | 'first-answer'}

/** A request that has not been answered by then never will be: it has a minute, and its reader may be slow. */
const FORGOTTEN_AFTER_MS = 65 * SECOND_MS
/** Whoever was to find out about the bucket has been killed, or hangs. */
const PROBE_FORGOTTEN_AFTER_MS = 5 * SECOND_MS
const PROBE_RETRY_MS = 20
/** Nobody refills more slowly than this; a block beyond it was noted by a clock that was wrong. */
const LONGEST_BLOCK_MS = 5 * MINUTE_MS
/** The times of the headers are whole seconds. */
const ROUNDING_MS = SECOND_MS

export const EMPTY_BUDGET: RateBudget = {taken: [], sequence: 0}

/** Takes a point, or says how long to wait for one. Of an unknown bucket one is taken at a time. */
export function takePoint(known: RateBudget, now: EpochMs): RateTaking {
  const budget = bringUpTo(known, now)
  const {meter, taken} = budget
  if (meter === undefined && taken.some((at) => now - at < PROBE_FORGOTTEN_AFTER_MS)) {
    return {kind: 'wait', budget, waitMs: PROBE_RETRY_MS, reason: 'first-answer'}
  }
  if (meter !== undefined && meter !== 'none') {
    const waitMs = waitFor(meter, now)
    if (waitMs > 0) return {kind: 'wait', budget, waitMs, reason: 'limit'}
  }
  const sequence = budget.sequence + 1
  return {
    kind: 'taken',
    ticket: {takenAt: now, sequence, alone: taken.length === 0},
    budget: {
      taken: [...taken, now],
      sequence,
      ...(meter !== undefined && {meter: meter === 'none' ? meter : {...meter, points: meter.points - 1}}),
    },
  }
}

/** Notes how the request of a ticket ended. */
export function settlePoint(known: RateBudget, ticket: RateTicket, outcome: RateOutcome, now: EpochMs): RateBudget {
  const {taken, sequence, meter} = bringUpTo(known, now)
  const own = taken.indexOf(ticket.takenAt)
  const others = own < 0 ? taken : taken.toSpliced(own, 1)
  const next = nextMeter(meter, outcome, now, {
    others: others.length,
    exact: ticket.alone && ticket.sequence === sequence && others.length === 0,
  })
  return {taken: others, sequence, ...(next !== undefined && {meter: next})}
}

/** @param seen how many other requests are under way, and whether none was since before this one. */
function nextMeter(
  meter: RateBudget['meter'],
  outcome: RateOutcome,
  now: EpochMs,
  seen: {others: number; exact: boolean},
): RateBudget['meter'] {
  const counted = meter === 'none' ? undefined : meter
  if (outcome === 'unsent') return counted ? {...counted, points: Math.min(counted.points + 1, counted.limit)} : meter
  if (outcome === 'uncounted') return meter ?? 'none'
  if (outcome === 'unknown') return meter

  // Of the others some may have been counted already, some not: the least that can be left.
  const least = outcome.remaining - seen.others
  const points = seen.exact || counted === undefined ? least : Math.min(counted.points, least)
  const blockMs = outcome.exhausted ? Math.max(outcome.fullInMs ?? 0, ROUNDING_MS) : 0
  const blockedUntil = Math.max(counted?.blockedUntil ?? 0, now + blockMs)
  return {
    limit: outcome.limit,
    perMinute: readRefill(outcome) ?? Math.min(counted?.perMinute ?? outcome.limit, outcome.limit),
    points: Math.min(points, outcome.limit),
    at: now,
    ...(blockedUntil > now && {blockedUntil}),
  }
}

/** Real buckets have been seen to fill more slowly than they say (I#597). A nearly full one tells nothing. */
function readRefill({limit, remaining, fullInMs}: RateReading): number | undefined {
  const missing = limit - remaining
  if (fullInMs === undefined || missing * 2 < limit) return undefined
  return Math.min(limit, (missing * MINUTE_MS) / (Math.max(fullInMs, 0) + ROUNDING_MS))
}

function waitFor({points, perMinute, blockedUntil = 0}: RateMeter, now: EpochMs): number {
  const blockedMs = blockedUntil - now
  if (blockedMs > 0) return blockedMs
  return points >= 1 ? 0 : Math.ceil(((1 - points) * MINUTE_MS) / perMinute)
}

/** Lets in what has flowed since, and forgets requests that will not be answered and times that cannot be. */
function bringUpTo({taken, sequence, meter}: RateBudget, now: EpochMs): RateBudget {
  const underWay = taken.filter((at) => Math.abs(now - at) < FORGOTTEN_AFTER_MS)
  if (meter === undefined || meter === 'none') return {taken: underWay, sequence, ...(meter && {meter})}
  const {limit, perMinute, points, at, blockedUntil = 0} = meter
  const inflow = (Math.max(now - at, 0) * perMinute) / MINUTE_MS
  const isBlocked = blockedUntil > now && blockedUntil - now <= LONGEST_BLOCK_MS
  return {
    taken: underWay,
    sequence,
    meter: {limit, perMinute, points: Math.min(points + inflow, limit), at: now, ...(isBlocked && {blockedUntil})},
  }
}
