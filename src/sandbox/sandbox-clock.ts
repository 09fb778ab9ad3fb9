import type {EpochMs} from '../model/time.js'

/** A clock that can be put forward without waiting. */
export class SandboxClock {
  #aheadMs = 0
  readonly #base: () => EpochMs

  constructor(base: () => EpochMs) {
    this.#base = base
  }

  now(): EpochMs {
    return this.#base() + this.#aheadMs
  }

  /** Now, as Twitch writes times (RFC 3339, whole seconds). */
  nowText(): string {
    return formatTime(this.now())
  }

  advance(ms: number): void {
    this.#aheadMs += ms
  }

  get aheadMs(): number {
    return this.#aheadMs
  }
}

/** RFC 3339 in UTC, whole seconds. */
export const formatTime = (at: EpochMs): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')
