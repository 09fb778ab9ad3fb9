import {SECOND_MS} from '../../model/time.js'

/**
 * Lets at most `rate` begin in any second. Nothing is saved up while there is nothing to do, and what begins together
 * is paid for by the pause that follows. Times are monotonic, in milliseconds.
 */
export class Pace {
  readonly #rate: number
  #freeAtMs = -Infinity

  constructor(rate: number) {
    this.#rate = rate
  }

  /** How many may begin together, when there is nothing to wait for. */
  get batch(): number {
    return Math.max(1, Math.floor(this.#rate))
  }

  begin(count: number, nowMs: number): void {
    this.#freeAtMs = Math.max(nowMs, this.#freeAtMs) + (count * SECOND_MS) / this.#rate
  }

  /** How long until something may begin. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#freeAtMs - nowMs)
  }
}
