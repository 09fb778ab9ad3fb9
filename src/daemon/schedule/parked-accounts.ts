import type {AccountKey} from '../../model/account.js'
import type {Random} from '../../model/random.js'
import type {UpcomingRefresh} from '../../model/scheduled-account.js'
import {elapsedMs, MINUTE_MS, SECOND_MS, type Moment} from '../../model/time.js'

/**
 * How long an account is left alone for a reason that its record does not tell. `short`: somebody else works on it.
 * `growing`: it must wait for something, and how long is not known.
 */
export type ParkPause = 'short' | 'growing'

interface Parked {
  version: number
  since: Moment
  lengthMs: number
  times: number
}

const SHORT_MS = 2 * SECOND_MS
const FIRST_MS = 30 * SECOND_MS
const LONGEST_MS = 30 * MINUTE_MS
/** When the last minute of a token has begun, what waited for it may be done (design 7, rule 5). */
const LAST_MINUTE_MS = MINUTE_MS

/** Accounts that are due and left alone for now. One whose record changes is looked at again. */
export class ParkedAccounts {
  readonly #random: Pick<Random, 'fraction'>
  readonly #parked = new Map<AccountKey, Parked>()

  constructor(random: Pick<Random, 'fraction'>) {
    this.#random = random
  }

  has({key, version}: UpcomingRefresh, now: Moment): boolean {
    const parked = this.#parked.get(key)
    return parked?.version === version && elapsedMs(parked.since, now) < parked.lengthMs
  }

  park({key, version, expiresAt}: UpcomingRefresh, pause: ParkPause, now: Moment): void {
    const before = this.#parked.get(key)
    const times = before?.version === version && pause === 'growing' ? before.times + 1 : 1
    const wholeMs = pause === 'short' ? SHORT_MS : Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(times - 1, 10))
    const untilLastMs = (expiresAt ?? Infinity) - LAST_MINUTE_MS - now.wallMs
    const lengthMs = untilLastMs > 0 ? Math.min(wholeMs, untilLastMs + 1) : wholeMs
    // Several daemons that have met at an account do not meet there again.
    this.#parked.set(key, {version, since: now, lengthMs: lengthMs * (1 - this.#random.fraction() / 4), times})
  }
}
