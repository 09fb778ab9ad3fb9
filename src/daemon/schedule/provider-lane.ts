import {findMisconfiguration} from '../../broker/load-provider.js'
import type {AccountKey} from '../../model/account.js'
import type {Provider} from '../../model/provider.js'
import type {UpcomingRefresh} from '../../model/scheduled-account.js'
import {SECOND_MS, type EpochMs, type Moment} from '../../model/time.js'
import type {DaemonDeps} from '../daemon-deps.js'
import {Pace} from './pace.js'
import {ParkedAccounts} from './parked-accounts.js'
import {ProviderHealth} from './provider-health.js'
import type {ScheduledWork, WorkEnd} from './scheduled-work.js'
import type {ProviderStatus} from './schedule-status.js'
import {ValidationQueue} from './validation-queue.js'

/** So many accounts of a provider are worked on together, so that they share their writes. */
const CONCURRENCY = 16
/** More are not looked at; with fewer, the ones that expire first might be missed in a backlog. */
const LOOK_AT = 10_000
/** What is due waits so long, and no more than this part of what is left of its token, for others to share a write with. */
const GATHER_MS = 20 * SECOND_MS
const GATHER_PART = 0.05

export interface LaneSurroundings {
  work: ScheduledWork
  /** Has the lane looked at again soon. */
  wake(): void
}

/** What the schedule does at one provider. */
export class ProviderLane {
  readonly #deps: DaemonDeps
  readonly #name: string
  readonly #surroundings: LaneSurroundings
  readonly #health = new ProviderHealth()
  readonly #pace: Pace
  readonly #parked: ParkedAccounts
  readonly #validations: ValidationQueue
  readonly #underWay = new Set<AccountKey>()
  readonly #refreshing = new Set<Promise<void>>()
  #proving = false
  /** It must be seen that it can be reached before a refresh token is used, as after a sleep. */
  #unproven = false
  /** A refresh or a validation has gone well since the daemon started. */
  #hasWorked = false
  /** A connection could be opened a moment ago. */
  #reached = false
  #reason: string | undefined
  #misconfigured = false
  #due = 0
  #next: UpcomingRefresh | undefined

  constructor(deps: DaemonDeps, name: string, surroundings: LaneSurroundings) {
    this.#deps = deps
    this.#name = name
    this.#surroundings = surroundings
    this.#pace = new Pace(deps.settings.refreshRate)
    this.#parked = new ParkedAccounts(deps.random)
    this.#validations = new ValidationQueue(deps, name)
  }

  /** Nothing is sent until a connection to the provider can be opened. */
  mustProve(): void {
    this.#unproven = true
    this.#reached = false
  }

  /**
   * Begins what is due, as far as it may be begun. Does not wait for its end.
   * @param dueMatters False while the wall clock is not believed: then only validations tell.
   * @returns how long until there is something to do that is known of now.
   */
  async look(provider: Provider, {dueMatters}: {dueMatters: boolean}): Promise<number> {
    const {store, clock} = this.#deps
    const upcoming = dueMatters ? await store.accounts.upcomingRefreshes(this.#name, LOOK_AT, clock.now()) : []
    const validations = await this.#validations.look(provider)
    const now = clock.moment()
    const dueCount = countDue(upcoming, now.wallMs)
    this.#due = dueCount
    this.#next = upcoming[0]
    const pausedMs = this.#health.waitMs(now) || this.#pace.waitMs(now.monotonicMs)
    if (pausedMs > 0) return pausedMs

    const isFree = (entry: UpcomingRefresh) => !this.#underWay.has(entry.key) && !this.#parked.has(entry, now)
    const due = upcoming.slice(0, dueCount).filter(isFree)
    const ripeInMs = findRipeMs(due, upcoming[dueCount], now.wallMs)
    const refreshes = ripeInMs > 0 ? [] : due
    if (refreshes.length === 0 && validations.length === 0) return ripeInMs

    const misconfiguration = await findMisconfiguration(this.#deps, provider)
    this.#misconfigured = misconfiguration !== undefined
    if (misconfiguration !== undefined) {
      this.#reason = misconfiguration
      return Infinity
    }
    const count = this.#allowance(provider)
    const chosen = pickSoonestEnd(refreshes, count)
    for (const entry of chosen) this.#refresh(entry, now)
    const rest = validations.filter((key) => !this.#underWay.has(key)).slice(0, count - chosen.length)
    for (const key of rest) this.#validate(provider, key, now)
    this.#pace.begin(chosen.length + rest.length, now.monotonicMs)
    // Where it is not the pace that holds something back, the end of what is under way wakes the schedule.
    return Math.min(this.#pace.waitMs(now.monotonicMs) || Infinity, ripeInMs || Infinity)
  }

  status(): ProviderStatus {
    const {isDown, nextTryAt} = this.#health
    const isUnproven = this.#unproven || !this.#hasWorked
    const state = this.#misconfigured ? 'misconfigured' : isDown ? 'down' : isUnproven ? 'unproven' : 'up'
    return {
      name: this.#name,
      state,
      ...(state !== 'up' && this.#reason !== undefined && {reason: this.#reason}),
      ...(state === 'down' && nextTryAt !== undefined && {nextTryAt}),
      due: this.#due,
      underWay: this.#underWay.size,
      ...(this.#next && {nextRefreshAt: this.#next.dueAt}),
    }
  }

  /** Waits for refreshes that have begun. */
  async drain(): Promise<void> {
    await Promise.all(this.#refreshing)
  }

  /** How many may begin when neither pause nor pace holds them back. While the provider is down: one, and only after a connection could be opened. */
  #allowance(provider: Provider): number {
    const {isDown} = this.#health
    if ((isDown || this.#unproven) && !this.#reached) {
      void this.#prove(provider)
      return 0
    }
    this.#unproven = false
    if (isDown && this.#underWay.size > 0) return 0
    this.#reached = false
    const free = CONCURRENCY - this.#underWay.size
    return Math.max(0, Math.min(isDown ? 1 : free, this.#pace.batch))
  }

  async #prove(provider: Provider): Promise<void> {
    if (this.#proving) return
    this.#proving = true
    const {providerClient, clock, random} = this.#deps
    this.#reached = await providerClient.canReach(provider)
    this.#proving = false
    if (!this.#reached) {
      this.#reason = 'it cannot be reached'
      this.#health.noteFailure(clock.moment(), random.fraction(), {surely: true})
    }
    this.#surroundings.wake()
  }

  #refresh(entry: UpcomingRefresh, now: Moment): void {
    this.#underWay.add(entry.key)
    const refreshing = this.#surroundings.work.refresh(entry.key, now).then((end) => {
      this.#refreshing.delete(refreshing)
      this.#end(entry.key, end)
      if (end.pause !== undefined) this.#parked.park(entry, end.pause, this.#deps.clock.moment())
    })
    this.#refreshing.add(refreshing)
  }

  #validate(provider: Provider, key: AccountKey, now: Moment): void {
    this.#underWay.add(key)
    const isDue = this.#validations.begin(key, now)
    void this.#surroundings.work.validate(key, {provider, isDue, beganAt: now}).then((end) => {
      if (end.provider === 'works') this.#validations.noteValidated(key)
      this.#end(key, end)
    })
  }

  #end(key: AccountKey, {provider, reason, retryAfterMs}: WorkEnd): void {
    const {clock, random, log} = this.#deps
    const wasDown = this.#health.isDown
    this.#underWay.delete(key)
    if (provider === 'works') {
      this.#hasWorked = true
      this.#health.noteSuccess()
    }
    if (provider === 'fails') {
      this.#reason = reason
      this.#health.noteFailure(clock.moment(), random.fraction(), retryAfterMs === undefined ? {} : {retryAfterMs})
    }
    const {isDown} = this.#health
    if (isDown !== wasDown) log.warn(isDown ? 'provider-down' : 'provider-back', {provider: this.#name, reason})
    if (this.#underWay.size === 0) this.#surroundings.wake()
  }
}

/** How many are due, of a list that is ordered by when they are: a backlog is counted at every look. */
function countDue(upcoming: readonly UpcomingRefresh[], now: EpochMs): number {
  let [low, high] = [0, upcoming.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((upcoming[middle]?.dueAt ?? Infinity) <= now) low = middle + 1
    else high = middle
  }
  return low
}

/** Those whose tokens end first. `count` is small, so a backlog is not sorted for it. */
function pickSoonestEnd(due: readonly UpcomingRefresh[], count: number): UpcomingRefresh[] {
  const picked: UpcomingRefresh[] = []
  for (const entry of due) {
    const place = picked.findLastIndex((other) => endOf(other) <= endOf(entry)) + 1
    if (place < count) picked.splice(place, 0, entry)
    if (picked.length > count) picked.pop()
  }
  return picked
}

const endOf = ({expiresAt}: UpcomingRefresh): number => expiresAt ?? Infinity

/** How long until something that is due should be begun with: at once when there is enough to share a write. */
function findRipeMs(due: readonly UpcomingRefresh[], next: UpcomingRefresh | undefined, now: EpochMs): number {
  if (due.length >= CONCURRENCY) return 0
  const candidates = next ? [...due, next] : due
  return Math.max(0, Math.min(...candidates.map((entry) => entry.dueAt + gatherMs(entry) - now)))
}

const gatherMs = ({dueAt, expiresAt}: UpcomingRefresh): number =>
  Math.max(0, Math.min(GATHER_MS, ((expiresAt ?? Infinity) - dueAt) * GATHER_PART))
