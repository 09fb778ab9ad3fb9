import {SECOND_MS, type Moment} from '../../model/time.js'

/** Wall and monotonic clock of one machine drift apart by less than this between two looks. */
const DRIFT_MS = 5 * SECOND_MS
/** A process that has much to do wakes late; one that wakes later than this was suspended. */
const LATE_MS = 30 * SECOND_MS

/** Notices that the machine slept, that the process was suspended, or that somebody set the clock. */
export class ClockWatch {
  #last: Moment

  constructor(now: Moment) {
    this.#last = now
  }

  /** Whether time has passed otherwise since the last look than a wait of `waitedMs` explains. */
  hasJumped(now: Moment, waitedMs: number): boolean {
    const wallMs = now.wallMs - this.#last.wallMs
    const monotonicMs = now.monotonicMs - this.#last.monotonicMs
    this.#last = now
    return Math.abs(wallMs - monotonicMs) > DRIFT_MS || monotonicMs > waitedMs + LATE_MS
  }
}
