import {SECOND_MS, type Clock} from '../../model/time.js'
import {RateWindow} from './rate-window.js'

/** Something that goes to Twitch in an account's name, when the account's limits let it. */
export interface PacedLine {
  /** Whose it is: what one connection says in a channel stays in order. */
  owner: object
  /** `free`: it counts nothing, and waits only for what came before it. */
  kind: 'message' | 'join' | 'login' | 'free'
  /** In lower case, each once. */
  channels: readonly string[]
  send(): void
}

/** What an account may send (facts of Twitch 6.7). */
export interface PaceLimits {
  /** In 30 s, where it is neither broadcaster nor moderator nor VIP. */
  messages: number
  /** In 30 s, all together. */
  privilegedMessages: number
  /** In 10 s. */
  joins: number
  logins: number
}

/** A line may take longer on its way to Twitch than the one before it. */
const SLACK_MS = SECOND_MS
const MESSAGE_WINDOW_MS = 30 * SECOND_MS + SLACK_MS
const JOIN_WINDOW_MS = 10 * SECOND_MS + SLACK_MS
/** In a channel where the account is nobody, there is one message a second. */
const CHANNEL_MS = 1.1 * SECOND_MS

/** How many lines of one connection wait. */
const MAX_WAITING = 100
const MAX_CHANNELS = 1000

/**
 * The limits of one account, over all its connections: what exceeds them waits, the oldest first, except that a channel
 * which must wait does not hold up the others.
 */
export class AccountPace {
  readonly #clock: Pick<Clock, 'moment' | 'sleep'>
  readonly #limits: PaceLimits
  readonly #messages = new RateWindow(MESSAGE_WINDOW_MS)
  readonly #joins = new RateWindow(JOIN_WINDOW_MS)
  readonly #logins = new RateWindow(JOIN_WINDOW_MS)
  /** When each channel got its last message. */
  readonly #lastInChannel = new Map<string, number>()
  /** The channels where it is more than anybody. */
  readonly #privileged = new Set<string>()
  #waiting: PacedLine[] = []
  #timer: AbortController | undefined

  constructor(clock: Pick<Clock, 'moment' | 'sleep'>, limits: PaceLimits) {
    this.#clock = clock
    this.#limits = limits
  }

  /** What Twitch has said of the account in a channel. */
  noteStanding(channel: string, isPrivileged: boolean): void {
    if (!isPrivileged) this.#privileged.delete(channel)
    else if (this.#privileged.size < MAX_CHANNELS) this.#privileged.add(channel)
  }

  /** @returns `full`: too many wait already, or it is more than will ever be allowed at once; it is not sent. */
  submit(line: PacedLine): 'sent' | 'waits' | 'full' {
    if (this.countWaiting(line.owner) >= MAX_WAITING || this.#waitMs(line) === Infinity) return 'full'
    this.#waiting.push(line)
    this.#release()
    return this.#waiting.includes(line) ? 'waits' : 'sent'
  }

  /** Whether it could be sent now. */
  hasRoomFor(line: PacedLine): boolean {
    return this.#waitMs(line) === 0 && !this.#waiting.some((other) => isBefore(other, line))
  }

  countWaiting(owner: object): number {
    return this.#waiting.filter((line) => line.owner === owner).length
  }

  /** Resolves when the account may log in once more. Rejects with `signal`. */
  async awaitLogin(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    await new Promise<void>((resolve, reject) => {
      const owner = {}
      signal.addEventListener(
        'abort',
        () => {
          this.drop(owner)
          reject(signal.reason as Error)
        },
        {once: true},
      )
      this.submit({owner, kind: 'login', channels: [], send: resolve})
    })
  }

  /** Nothing of a connection that has ended is sent any more. */
  drop(owner: object): void {
    this.#waiting = this.#waiting.filter((line) => line.owner !== owner)
    if (this.#waiting.length === 0) this.#timer?.abort()
  }

  #release(): void {
    const held: PacedLine[] = []
    let soonestMs = Infinity
    for (const line of this.#waiting) {
      const waitMs = held.some((other) => isBefore(other, line)) ? Infinity : this.#waitMs(line)
      if (waitMs > 0) {
        held.push(line)
        soonestMs = Math.min(soonestMs, waitMs)
        continue
      }
      this.#waiting = this.#waiting.filter((other) => other !== line)
      this.#send(line)
    }
    this.#wakeIn(soonestMs)
  }

  #wakeIn(waitMs: number): void {
    this.#timer?.abort()
    this.#timer = undefined
    if (waitMs === Infinity) return
    const timer = new AbortController()
    this.#timer = timer
    this.#clock.sleep(Math.ceil(waitMs), timer.signal).then(
      () => this.#release(),
      () => undefined,
    )
  }

  #waitMs(line: PacedLine): number {
    const nowMs = this.#nowMs()
    const count = countOf(line)
    if (line.kind === 'free') return 0
    if (line.kind === 'join') return this.#joins.waitMs(count, this.#limits.joins, nowMs)
    if (line.kind === 'login') return this.#logins.waitMs(1, this.#limits.logins, nowMs)
    const common = line.channels.filter((channel) => !this.#privileged.has(channel))
    const isPrivileged = line.channels.length > 0 && common.length === 0
    const limit = isPrivileged ? this.#limits.privilegedMessages : this.#limits.messages
    const waits = common.map((channel) => (this.#lastInChannel.get(channel) ?? -Infinity) + CHANNEL_MS - nowMs)
    return Math.max(0, ...waits, this.#messages.waitMs(count, limit, nowMs))
  }

  #send(line: PacedLine): void {
    const nowMs = this.#nowMs()
    if (line.kind === 'join') this.#joins.take(countOf(line), nowMs)
    if (line.kind === 'login') this.#logins.take(1, nowMs)
    if (line.kind === 'message') {
      this.#messages.take(countOf(line), nowMs)
      for (const channel of line.channels) this.#lastInChannel.set(channel, nowMs)
      if (this.#lastInChannel.size > MAX_CHANNELS) this.#forgetChannels(nowMs)
    }
    line.send()
  }

  #forgetChannels(nowMs: number): void {
    for (const [channel, at] of this.#lastInChannel) {
      if (at + CHANNEL_MS <= nowMs) this.#lastInChannel.delete(channel)
    }
  }

  #nowMs(): number {
    return this.#clock.moment().monotonicMs
  }
}

/** A line that names no channel is one for Twitch too. */
const countOf = ({channels}: PacedLine): number => Math.max(1, channels.length)

/** Whether `other`, which came first, must be sent first. */
const isBefore = (other: PacedLine, line: PacedLine): boolean =>
  other.owner === line.owner && other.channels.some((channel) => line.channels.includes(channel))
