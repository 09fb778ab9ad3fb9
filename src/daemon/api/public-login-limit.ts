import {MINUTE_MS, type Clock} from '../../model/time.js'

/** How many logins may begin without a token, in a minute: by one address, and by all together. */
const PER_ADDRESS = 10
const ALTOGETHER = 60

/** A login without a token costs a write of the store: whoever starts too many waits for the next minute. */
export class PublicLoginLimit {
  readonly #clock: Pick<Clock, 'now'>
  #since = -Infinity
  #all = 0
  readonly #byAddress = new Map<string, number>()

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  /** @returns how long to wait, where one more is too many; undefined where it is counted. */
  count(address: string): number | undefined {
    const now = this.#clock.now()
    if (now < this.#since || now >= this.#since + MINUTE_MS) {
      this.#since = now
      this.#all = 0
      this.#byAddress.clear()
    }
    const mine = this.#byAddress.get(address) ?? 0
    if (mine >= PER_ADDRESS || this.#all >= ALTOGETHER) return this.#since + MINUTE_MS - now
    this.#all += 1
    this.#byAddress.set(address, mine + 1)
    return undefined
  }
}
