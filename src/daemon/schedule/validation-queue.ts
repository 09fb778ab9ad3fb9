import type {Account, AccountKey} from '../../model/account.js'
import type {Provider} from '../../model/provider.js'
import type {UpcomingValidation} from '../../model/scheduled-account.js'
import {elapsedMs, HOUR_MS, MINUTE_MS, SECOND_MS, type EpochMs, type Moment} from '../../model/time.js'
import type {DaemonDeps} from '../daemon-deps.js'

/** How often the store is asked who is next; a late validation is as good. */
const ASK_EVERY_MS = 15 * SECOND_MS
const ASK_FOR = 1000
/** After one that did not tell. */
const RETRY_MS = MINUTE_MS

interface Tried {
  at: Moment
  isValidated: boolean
}

/** By so much a daemon is earlier than the hour, each by another time: whoever is first does it for all of the store. */
const EARLIER_MS = 5 * MINUTE_MS

type Deps = Pick<DaemonDeps, 'store' | 'clock' | 'random'>

/**
 * Whose tokens are to be validated: Twitch demands it of every token at start and once an hour. Those of many accounts
 * follow one another as fast as the provider's pace allows, and not spread over the hour, for then they would be noted
 * in a write a minute. Once an hour is once for all daemons: what another has validated since is left out.
 */
export class ValidationQueue {
  readonly #deps: Deps
  readonly #everyMs: number
  readonly #provider: string
  readonly #startedAt: EpochMs
  /** By this daemon; the store's notes are those of every process, and of a wall clock. */
  readonly #tried = new Map<AccountKey, Tried>()
  #waiting: UpcomingValidation[] = []
  #askedAt: Moment | undefined

  constructor(deps: Deps, provider: string) {
    this.#deps = deps
    this.#everyMs = HOUR_MS - deps.random.fraction() * EARLIER_MS
    this.#provider = provider
    this.#startedAt = deps.clock.now()
  }

  /** Who is to be validated now, the one whose validation is longest ago first. */
  async look({dialect, validateUrl}: Provider): Promise<readonly AccountKey[]> {
    if (dialect !== 'twitch' || validateUrl === undefined) return []
    const now = this.#deps.clock.moment()
    if (this.#waiting.length === 0 && (!this.#askedAt || elapsedMs(this.#askedAt, now) >= ASK_EVERY_MS)) {
      this.#askedAt = now
      const upcoming = await this.#deps.store.accounts.upcomingValidations(this.#provider, ASK_FOR)
      this.#waiting = upcoming.filter((entry) => this.#isDue(entry, now))
      this.#forgetOld(now)
      // Where there are more, they are asked for as soon as these have begun.
      if (this.#waiting.length > 0) this.#askedAt = undefined
    }
    return this.#waiting.map(({key}) => key)
  }

  /** @returns whether it is still to be validated: nobody has done so since this daemon looked. */
  begin(key: AccountKey, now: Moment): (account: Pick<Account, 'lastValidatedAt'>) => boolean {
    const {lastValidatedAt: seenAt} = this.#waiting.find((entry) => entry.key === key) ?? {}
    this.#waiting = this.#waiting.filter((entry) => entry.key !== key)
    this.#tried.set(key, {at: now, isValidated: false})
    return ({lastValidatedAt}) => lastValidatedAt === seenAt || lastValidatedAt === undefined
  }

  noteValidated(key: AccountKey): void {
    this.#tried.set(key, {at: this.#deps.clock.moment(), isValidated: true})
  }

  #isDue({key, lastValidatedAt}: UpcomingValidation, now: Moment): boolean {
    const tried = this.#tried.get(key)
    if (tried && elapsedMs(tried.at, now) < (tried.isValidated ? this.#everyMs : RETRY_MS)) return false
    const at = lastValidatedAt ?? -Infinity
    // One in the future was noted by a clock that has been set right since.
    const isRecent = at <= now.wallMs && now.wallMs < at + this.#everyMs
    return !isRecent || at < this.#startedAt
  }

  #forgetOld(now: Moment): void {
    for (const [key, {at}] of this.#tried) if (elapsedMs(at, now) >= HOUR_MS) this.#tried.delete(key)
  }
}
