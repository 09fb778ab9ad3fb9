import {elapsedMs, MINUTE_MS, SECOND_MS, type EpochMs, type Moment} from '../../model/time.js'

/** So many refreshes in a row that find a provider unavailable are the provider's matter and not the accounts'. */
const DOWN_AFTER = 3
const FIRST_PAUSE_MS = 5 * SECOND_MS
const LONGEST_PAUSE_MS = 4 * MINUTE_MS

/**
 * Whether a provider can be used. While it is down it is tried once after each pause; pauses double from 5 s to 4 min,
 * so that it is noticed soon when it comes back, and hardly troubled until then.
 */
export class ProviderHealth {
  #failures = 0
  #pause: {since: Moment; lengthMs: number} | undefined

  get isDown(): boolean {
    return this.#pause !== undefined
  }

  /** When it is tried again, for people. */
  get nextTryAt(): EpochMs | undefined {
    return this.#pause && this.#pause.since.wallMs + this.#pause.lengthMs
  }

  /** How long until it may be tried. */
  waitMs(now: Moment): number {
    return this.#pause ? Math.max(0, this.#pause.lengthMs - elapsedMs(this.#pause.since, now)) : 0
  }

  noteSuccess(): void {
    this.#failures = 0
    this.#pause = undefined
  }

  /**
   * @param jitter From 0 to 1; takes up to a quarter off the pause.
   * @param options `surely`: one failure says enough. `retryAfterMs`: what the provider asked for.
   */
  noteFailure(now: Moment, jitter: number, options: {surely?: boolean; retryAfterMs?: number} = {}): void {
    const {surely = false, retryAfterMs = 0} = options
    // What was under way when it went down says nothing new.
    if (this.waitMs(now) >= Math.max(1, retryAfterMs)) return
    this.#failures += 1
    if (surely || retryAfterMs > 0) this.#failures = Math.max(this.#failures, DOWN_AFTER)
    if (this.#failures < DOWN_AFTER) return
    const doublings = Math.min(this.#failures - DOWN_AFTER, 10)
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** doublings) * (1 - jitter / 4)
    this.#pause = {since: now, lengthMs: Math.max(pauseMs, retryAfterMs)}
  }
}
