/** So many things in so much time, counted in a window that moves. Times are of a clock that only goes on. */
export class RateWindow {
  readonly #windowMs: number
  /** When each was taken, the oldest first. */
  #taken: number[] = []

  constructor(windowMs: number) {
    this.#windowMs = windowMs
  }

  /** How long to wait until `count` more can be taken without there being more than `limit`; Infinity: never. */
  waitMs(count: number, limit: number, nowMs: number): number {
    this.#forget(nowMs)
    const over = this.#taken.length + count - limit
    if (over <= 0) return 0
    const last = this.#taken[over - 1]
    return last === undefined ? Infinity : last + this.#windowMs - nowMs
  }

  take(count: number, nowMs: number): void {
    for (let taken = 0; taken < count; taken += 1) this.#taken.push(nowMs)
  }

  #forget(nowMs: number): void {
    const gone = this.#taken.findIndex((at) => at + this.#windowMs > nowMs)
    if (gone !== 0) this.#taken = gone < 0 ? [] : this.#taken.slice(gone)
  }
}
