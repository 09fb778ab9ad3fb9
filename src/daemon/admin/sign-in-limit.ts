import {MINUTE_MS, type Clock} from '../../model/time.js'

/** Of all people together, within a minute. One has to guess 190 bits: this is for the store, which is asked each time. */
const MAX_FAILURES = 30

/** How often signing in may fail. Links and API tokens are counted apart, so that who floods one leaves the other open. */
export class SignInLimit {
  readonly #clock: Pick<Clock, 'now'>
  #since = -Infinity
  #count = 0

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  /** @returns how long to wait, where one more is too many; undefined where it is counted. */
  count(): number | undefined {
    const now = this.#clock.now()
    if (now < this.#since || now >= this.#since + MINUTE_MS) {
      this.#since = now
      this.#count = 0
    }
    if (this.#count >= MAX_FAILURES) return this.#since + MINUTE_MS - now
    this.#count += 1
    return undefined
  }

  /** What was counted has not failed. */
  forgive(): void {
    this.#count = Math.max(0, this.#count - 1)
  }
}
