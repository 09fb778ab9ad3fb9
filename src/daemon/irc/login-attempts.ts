import {SECOND_MS, type Clock} from '../../model/time.js'
import {RateWindow} from './rate-window.js'

/** Twice what all connections of an API token take that come again at once. */
const MAX_ATTEMPTS = 40
const WINDOW_MS = 10 * SECOND_MS
/** Who makes up names must not fill the memory. */
const MAX_KEPT = 10_000

/** How often each has tried to log in lately: who tries again and again is refused before anyone is asked. */
export class LoginAttempts {
  readonly #clock: Pick<Clock, 'moment'>
  readonly #windows = new Map<string, RateWindow>()

  constructor(clock: Pick<Clock, 'moment'>) {
    this.#clock = clock
  }

  /** @returns false where there were too many. */
  take(who: string): boolean {
    const nowMs = this.#clock.moment().monotonicMs
    const window = this.#windows.get(who) ?? new RateWindow(WINDOW_MS)
    // The last that tried is the last to be forgotten.
    this.#windows.delete(who)
    this.#windows.set(who, window)
    for (const oldest of this.#windows.keys()) {
      if (this.#windows.size <= MAX_KEPT) break
      this.#windows.delete(oldest)
    }
    if (window.waitMs(1, MAX_ATTEMPTS, nowMs) > 0) return false
    window.take(1, nowMs)
    return true
  }
}
