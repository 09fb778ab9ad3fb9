import type {HelixResponse} from '../model/helix-call.js'
import type {RateReading} from '../model/rate-budget.js'
import {MINUTE_MS, SECOND_MS, type EpochMs} from '../model/time.js'

const TOO_MANY_REQUESTS = 429
/** A bucket is full again after a minute or little more; beyond this one of the clocks is wrong. */
const LONGEST_RESET_MS = 5 * MINUTE_MS

/** What an answer says of its bucket (`Ratelimit-Limit`, `-Remaining`, `-Reset`); undefined when it says nothing. */
export function readRate({status, headers}: HelixResponse, now: EpochMs): RateReading | undefined {
  const limit = readCount(headers, 'ratelimit-limit')
  const remaining = readCount(headers, 'ratelimit-remaining')
  if (limit === undefined || limit < 1 || remaining === undefined) return undefined
  const fullInMs = readResetDelay(headers, now)
  return {
    limit,
    remaining: Math.min(remaining, limit),
    exhausted: status === TOO_MANY_REQUESTS && remaining < 1,
    ...(fullInMs !== undefined && {fullInMs}),
  }
}

/** `Ratelimit-Reset` is a time by Twitch’s clock, in seconds: `Date` of the same answer makes it a delay that is right by ours. */
function readResetDelay(headers: HelixResponse['headers'], now: EpochMs): number | undefined {
  const resetSeconds = readCount(headers, 'ratelimit-reset')
  if (resetSeconds === undefined) return undefined
  const date = Date.parse(findHeader(headers, 'date') ?? '')
  const delayMs = resetSeconds * SECOND_MS - (Number.isNaN(date) ? now : date)
  return delayMs > LONGEST_RESET_MS ? undefined : Math.max(0, delayMs)
}

/** Seconds of a `Retry-After`, in milliseconds; Twitch documents none, a proxy may send one. */
export function readRetryAfter({headers}: HelixResponse): number | undefined {
  const seconds = readCount(headers, 'retry-after')
  return seconds === undefined ? undefined : seconds * SECOND_MS
}

function readCount(headers: HelixResponse['headers'], name: string): number | undefined {
  const text = findHeader(headers, name)?.trim() ?? ''
  return /^\d{1,12}$/.test(text) ? Number(text) : undefined
}

const findHeader = (headers: HelixResponse['headers'], wanted: string): string | undefined =>
  headers.find(([name]) => name.toLowerCase() === wanted)?.[1]
