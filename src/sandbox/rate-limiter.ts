import type {EpochMs} from '../model/time.js'
import type {SandboxClock} from './sandbox-clock.js'

interface Bucket {
  points: number
  at: EpochMs
}

export interface RateLimitReading {
  allowed: boolean
  limit: number
  remaining: number
  /** Unix seconds at which the bucket is full again. */
  resetAtSeconds: number
}

/** Points a minute. */
export const DEFAULT_RATE_LIMIT = 800

/** Token buckets (facts 3.3): `limit` points, refilled evenly over a minute. */
export class RateLimiter {
  limit = DEFAULT_RATE_LIMIT
  /** What a bucket holds when first seen, if it is not full. */
  #startsWith: number | undefined
  readonly #buckets = new Map<string, Bucket>()
  readonly #clock: SandboxClock

  constructor(clock: SandboxClock) {
    this.#clock = clock
  }

  /** Takes one point; `capacity` is the bucket's size where it is not the usual one. */
  take(key: string, capacity = this.limit): RateLimitReading {
    const now = this.#clock.now()
    const pointsPerMs = capacity / 60_000
    const bucket = this.#buckets.get(key) ?? {points: Math.min(capacity, this.#startsWith ?? capacity), at: now}
    const points = Math.min(capacity, bucket.points + Math.max(0, now - bucket.at) * pointsPerMs)
    const allowed = points >= 1
    const left = allowed ? points - 1 : points
    this.#buckets.set(key, {points: left, at: now})
    const fullInMs = pointsPerMs === 0 ? 60_000 : (capacity - left) / pointsPerMs
    return {
      allowed,
      limit: capacity,
      remaining: Math.floor(left),
      resetAtSeconds: Math.ceil((now + fullInMs) / 1000),
    }
  }

  /** Every bucket, seen or not yet, then holds `remaining` of `limit`. */
  reset(limit: number, remaining = limit): void {
    this.limit = limit
    this.#buckets.clear()
    this.#startsWith = remaining
  }
}
