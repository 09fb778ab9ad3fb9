import type {NamedAccount} from '../../model/account-name.js'
import type {AccountKey} from '../../model/account.js'
import {MINUTE_MS, type Clock} from '../../model/time.js'
import {AccountPace, type PaceLimits} from './account-pace.js'

/** Longer than any limit looks back. */
const REMEMBERED_MS = MINUTE_MS

interface Entry {
  pace: AccountPace
  users: number
  leftAtMs: number
}

/** The limits of each account that speaks, or has spoken a moment ago. */
export class AccountPaces {
  readonly #clock: Pick<Clock, 'moment' | 'sleep'>
  readonly #limits: PaceLimits
  readonly #entries = new Map<AccountKey, Entry>()

  constructor(clock: Pick<Clock, 'moment' | 'sleep'>, limits: PaceLimits) {
    this.#clock = clock
    this.#limits = limits
  }

  enter({key, login}: Pick<NamedAccount, 'key' | 'login'>): AccountPace {
    this.#forgetOld()
    const entry = this.#entries.get(key) ?? {pace: new AccountPace(this.#clock, this.#limits), users: 0, leftAtMs: 0}
    entry.users += 1
    this.#entries.set(key, entry)
    // Of its own room it is the broadcaster.
    entry.pace.noteStanding(`#${login}`, true)
    return entry.pace
  }

  leave(key: AccountKey): void {
    const entry = this.#entries.get(key)
    if (!entry) return
    entry.users -= 1
    entry.leftAtMs = this.#nowMs()
  }

  #forgetOld(): void {
    for (const [key, {users, leftAtMs}] of this.#entries) {
      if (users === 0 && leftAtMs + REMEMBERED_MS <= this.#nowMs()) this.#entries.delete(key)
    }
  }

  #nowMs(): number {
    return this.#clock.moment().monotonicMs
  }
}
