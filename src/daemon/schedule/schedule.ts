import {loadProviders} from '../../broker/load-provider.js'
import {BehalfError} from '../../model/behalf-error.js'
import {isClockBelieved, SECOND_MS} from '../../model/time.js'
import type {DaemonDeps} from '../daemon-deps.js'
import {isStoreAway} from '../store-away.js'
import {ClockWatch} from './clock-watch.js'
import {FlowWatch} from './flow-watch.js'
import {LoginNotices} from './login-notices.js'
import {ProviderLane} from './provider-lane.js'
import type {ScheduleStatus} from './schedule-status.js'
import {ScheduledWork} from './scheduled-work.js'

export interface Schedule {
  status(): ScheduleStatus
  /** Begins nothing more, and resolves when what has begun is saved. */
  stop(): Promise<void>
}

/**
 * At least so often it is seen whether somebody else has changed the store: nobody tells. Where nothing has changed
 * that costs one `stat`. So no timer ever runs for longer, and none for an account.
 */
const LOOK_EVERY_MS = 2 * SECOND_MS
/** A store that cannot be reached is tried again after so long at first, and at most; each daemon in its own time. */
const FIRST_RETRY_MS = SECOND_MS
const LONGEST_RETRY_MS = 4 * SECOND_MS
/** A failure to look is not repeated in a busy loop, whatever it is. */
const SHORTEST_WAIT_MS = 10

/** Keeps every account fresh and validated without anyone asking (design 7, rule 6). */
export function startSchedule(deps: DaemonDeps): Schedule {
  return new RunningSchedule(deps)
}

class RunningSchedule implements Schedule {
  readonly #deps: DaemonDeps
  readonly #startedAt: number
  readonly #watch: ClockWatch
  readonly #notices: LoginNotices
  readonly #flows: FlowWatch
  readonly #work: ScheduledWork
  readonly #lanes = new Map<string, ProviderLane>()
  readonly #running: Promise<void>
  #wakeUp = new AbortController()
  #stopping = false
  #trouble: {code: string; message: string} | undefined
  /** Looks in a row that failed. */
  #failures = 0
  #clockIsBelieved = true

  constructor(deps: DaemonDeps) {
    this.#deps = deps
    this.#startedAt = deps.clock.now()
    this.#watch = new ClockWatch(deps.clock.moment())
    this.#notices = new LoginNotices(deps)
    this.#flows = new FlowWatch(deps)
    this.#work = new ScheduledWork(deps, this.#notices)
    this.#running = this.#run()
  }

  status(): ScheduleStatus {
    const providers = Array.from(this.#lanes.values(), (lane) => lane.status())
    const nextRefreshAt = Math.min(...providers.map((provider) => provider.nextRefreshAt ?? Infinity))
    return {
      startedAt: this.#startedAt,
      isWorking: this.#trouble === undefined,
      ...(this.#trouble && {trouble: this.#trouble.message}),
      clockIsBelieved: this.#clockIsBelieved,
      ...(nextRefreshAt !== Infinity && {nextRefreshAt}),
      providers: providers.sort((a, b) => (a.name < b.name ? -1 : 1)),
      recent: this.#work.recent,
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true
    this.#wake()
    await this.#running
    const lanes = Array.from(this.#lanes.values(), (lane) => lane.drain())
    await Promise.all([this.#notices.stop(), this.#flows.stop(), ...lanes])
  }

  readonly #wake = (): void => {
    this.#wakeUp.abort()
  }

  async #run(): Promise<void> {
    let waitedMs = 0
    while (!this.#stopping) {
      this.#wakeUp = new AbortController()
      if (this.#watch.hasJumped(this.#deps.clock.moment(), waitedMs)) this.#distrustNetwork()
      const waitMs = await this.#look()
      waitedMs = Math.max(SHORTEST_WAIT_MS, waitMs)
      await this.#deps.clock.sleep(waitedMs, this.#wakeUp.signal).catch(() => undefined)
    }
  }

  #distrustNetwork(): void {
    this.#deps.log.info('clock-jump', {})
    for (const lane of this.#lanes.values()) lane.mustProve()
  }

  /** @returns how long until there is something to do that is known of now, or a look is worth another. */
  async #look(): Promise<number> {
    try {
      const {store, clock} = this.#deps
      this.#noteBelief(isClockBelieved(clock.now(), await store.lastWrittenAt()))
      const dueMatters = this.#clockIsBelieved
      const waits: number[] = []
      for (const provider of await loadProviders(this.#deps)) {
        if (provider.clientId !== '') waits.push(await this.#laneOf(provider.name).look(provider, {dueMatters}))
      }
      await this.#notices.look()
      await this.#flows.look()
      this.#noteWork()
      return Math.min(LOOK_EVERY_MS, ...waits)
    } catch (error) {
      return this.#noteTrouble(error)
    }
  }

  #laneOf(name: string): ProviderLane {
    const known = this.#lanes.get(name)
    if (known) return known
    const lane = new ProviderLane(this.#deps, name, {work: this.#work, wake: this.#wake})
    this.#lanes.set(name, lane)
    return lane
  }

  #noteBelief(isBelieved: boolean): void {
    if (isBelieved !== this.#clockIsBelieved) this.#deps.log.warn(isBelieved ? 'clock-believed' : 'clock-not-believed')
    this.#clockIsBelieved = isBelieved
  }

  #noteWork(): void {
    this.#failures = 0
    if (this.#trouble) this.#deps.log.info('schedule-works')
    this.#trouble = undefined
  }

  /** Tells of it once, however often and in whichever words it comes again. @returns how long to wait. */
  #noteTrouble(error: unknown): number {
    const {code, message} = error instanceof BehalfError ? error : {code: 'internal', message: 'an internal error'}
    if (code !== this.#trouble?.code) this.#deps.log.error('schedule-trouble', {error})
    this.#trouble = {code, message}
    if (!isStoreAway(error)) return LOOK_EVERY_MS
    const waitMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures)
    this.#failures = Math.min(this.#failures + 1, 10)
    return waitMs * (1 - this.#deps.random.fraction() / 4)
  }
}
