import {spendChatBudget, type ChatBudgetDeps} from '../../broker/spend-chat-budget.js'
import {BehalfError} from '../../model/behalf-error.js'
import {EMPTY_CHAT_BUDGET, waitForBudget, type ChatRequest} from '../../model/chat-budget.js'
import type {Clock} from '../../model/time.js'
import {WaitingLines, type PacedLine, type WaitingLine} from './waiting-lines.js'

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

export interface PaceDeps extends ChatBudgetDeps {
  clock: Pick<Clock, 'now' | 'sleep'>
}

/** How many lines of each kind wait, of one connection. A bot may name all its rooms at once. */
const MAX_WAITING: Record<PacedLine['kind'], number> = {message: 100, join: 1000, login: 100, free: 100}
const MAX_CHANNELS = 1000
/** No channel has a longer name; of one that is said to, nobody is told to wait for its second. */
const MAX_NAME = 64

/**
 * The limits of one account, over all its connections, in whatever daemon: what is sent is counted in the store first.
 * What exceeds them waits. API tokens go in turn, so that nobody who says much keeps others from speaking; of each the
 * oldest line goes first, except that a channel which must wait does not hold up the others.
 */
export class AccountPace {
  readonly #deps: PaceDeps
  readonly #userId: string
  readonly #limits: PaceLimits
  /** As it was when something was last sent; others may have sent more since. */
  #budget = EMPTY_CHAT_BUDGET
  /** The channels where it is more than anybody. */
  readonly #privileged = new Set<string>()
  /** By connection. */
  readonly #waiting = new Map<object, WaitingLines>()
  /** How many lines have had to wait, even for no time. */
  #come = 0
  /** How many lines had gone when each API token had its last turn, by kind and id. */
  readonly #turns = new Map<string, number>()
  #gone = 0
  /** Who has not been told that they wait, because that is not known yet. */
  #untold: WaitingLine[] = []
  #isReleasing = false
  #timer: AbortController | undefined
  #wakesAt = Infinity

  constructor(deps: PaceDeps, userId: string, limits: PaceLimits) {
    this.#deps = deps
    this.#userId = userId
    this.#limits = limits
  }

  /** What Twitch has said of the account in a channel. */
  noteStanding(channel: string, isPrivileged: boolean): void {
    if (!isPrivileged) this.#privileged.delete(channel)
    else if (this.#privileged.size < MAX_CHANNELS) this.#privileged.add(channel)
  }

  /**
   * What only follows others and what is too much cost no look at what waits of others.
   * @returns false: too many wait already, or it is more than will ever be allowed at once; it is not sent.
   */
  submit(line: PacedLine): boolean {
    const own = this.#waiting.get(line.owner) ?? new WaitingLines()
    const isBehind = own.holdUp(line)
    if (line.kind === 'free' && !isBehind) {
      line.send()
      return true
    }
    if (own.count(line.kind) >= MAX_WAITING[line.kind]) return false
    const waitMs = this.#waitMs(line)
    if (waitMs === Infinity) return false
    this.#come += 1
    this.#waiting.set(line.owner, own)
    const waiting = own.add(line, this.#come)
    if (this.#isReleasing) {
      this.#untold.push(waiting)
    } else if (isBehind || waitMs > 0) {
      if (!isBehind) this.#wakeIn(waitMs)
      line.onWait?.()
    } else {
      this.#untold.push(waiting)
      void this.#release()
    }
    return true
  }

  /** Whether it could be sent now, and is in nobody's way. */
  hasRoomFor(line: PacedLine): boolean {
    if (this.#waiting.get(line.owner)?.holdUp(line)) return false
    for (const lines of this.#waiting.values()) if (lines.count(line.kind) > 0) return false
    return this.#waitMs(line) === 0
  }

  countWaiting(owner: object): number {
    return this.#waiting.get(owner)?.count() ?? 0
  }

  /** Resolves when the account may log in once more. Rejects with `signal`. */
  async awaitLogin(apiTokenId: string, signal: AbortSignal): Promise<void> {
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
      this.submit({owner, apiTokenId, kind: 'login', channels: [], send: resolve})
    })
  }

  /** Nothing of a connection that has ended is sent any more. */
  drop(owner: object): void {
    this.#waiting.delete(owner)
    this.#untold = this.#untold.filter(({line}) => line.owner !== owner)
    if (this.#waiting.size === 0) this.#stopTimer()
  }

  /** Sends what may go, one after the other: where it comes first is known when the one before has been counted. */
  async #release(): Promise<void> {
    if (this.#isReleasing) return
    this.#isReleasing = true
    this.#stopTimer()
    let found = this.#findNext()
    for (; found.next; found = this.#findNext()) {
      if (await this.#spend(found.next.line)) this.#take(found.next)
      // Others may speak for long: whose line cannot go now is read on.
      this.#tell(({behind, line}) => behind > 0 || this.#waitMs(line) > 0)
    }
    this.#isReleasing = false
    this.#tell(() => true)
    this.#wakeIn(found.soonestMs)
  }

  #tell(mustWait: (one: WaitingLine) => boolean): void {
    const told = new Set(this.#untold.filter(mustWait))
    if (told.size === 0) return
    this.#untold = this.#untold.filter((one) => !told.has(one))
    for (const {line} of told) line.onWait?.()
  }

  /** @returns false where others have used the budget up. */
  async #spend(line: PacedLine): Promise<boolean> {
    const spent = await spendChatBudget(this.#deps, this.#userId, this.#requestFor(line), this.#budget)
    this.#budget = spent.budget
    return spent.isSpent
  }

  /** Sends one that comes first, unless its connection has ended, and what has only waited for it. */
  #take(next: WaitingLine): void {
    const ready = [next]
    for (let one = ready.shift(); one; one = ready.shift()) {
      const {owner} = one.line
      const own = this.#waiting.get(owner)
      if (!own?.first.has(one)) continue
      const freed = own.take(one)
      if (own.count() === 0) this.#waiting.delete(owner)
      this.#send(one)
      ready.push(...freed.filter(({line}) => line.kind === 'free'))
    }
  }

  /** @returns the line that may go now and whose API token has waited longest for its turn, or how long all have to wait. */
  #findNext(): {next: WaitingLine | undefined; soonestMs: number} {
    let next: WaitingLine | undefined
    let soonestMs = Infinity
    for (const {first} of this.#waiting.values()) {
      for (const one of first) {
        if (next && !this.#goesBefore(one, next)) continue
        const waitMs = this.#waitMs(one.line)
        soonestMs = Math.min(soonestMs, waitMs)
        if (waitMs === 0) next = one
      }
    }
    return {next, soonestMs}
  }

  #goesBefore(one: WaitingLine, other: WaitingLine): boolean {
    const turns = this.#turnOf(one.line) - this.#turnOf(other.line)
    return turns < 0 || (turns === 0 && one.order < other.order)
  }

  #turnOf({kind, apiTokenId}: PacedLine): number {
    return this.#turns.get(`${kind} ${apiTokenId}`) ?? 0
  }

  #wakeIn(waitMs: number): void {
    const at = this.#deps.clock.now() + waitMs
    if (at >= this.#wakesAt) return
    this.#stopTimer()
    this.#wakesAt = at
    const timer = new AbortController()
    this.#timer = timer
    this.#deps.clock.sleep(Math.ceil(waitMs), timer.signal).then(
      () => this.#release(),
      () => undefined,
    )
  }

  #stopTimer(): void {
    this.#timer?.abort()
    this.#wakesAt = Infinity
  }

  #waitMs(line: PacedLine): number {
    // It waits for others alone; what waits has to be bounded in its channels too.
    if (line.kind === 'free') return line.channels.length > MAX_WAITING.free ? Infinity : 0
    return waitForBudget(this.#budget, this.#requestFor(line), this.#deps.clock.now())
  }

  #requestFor({kind, channels}: PacedLine): ChatRequest {
    if (kind === 'free') throw new BehalfError('internal', 'It counts nothing')
    // A line that names no channel is one for Twitch too.
    const count = Math.max(1, channels.length)
    if (kind === 'join') return {kind, count, limit: this.#limits.joins, commonChannels: []}
    if (kind === 'login') return {kind, count, limit: this.#limits.logins, commonChannels: []}
    const common = channels.filter((channel) => !this.#privileged.has(channel))
    const isPrivileged = channels.length > 0 && common.length === 0
    const limit = isPrivileged ? this.#limits.privilegedMessages : this.#limits.messages
    return {kind, count, limit, commonChannels: common.filter(({length}) => length <= MAX_NAME)}
  }

  #send(sent: WaitingLine): void {
    const {line} = sent
    this.#gone += 1
    this.#turns.set(`${line.kind} ${line.apiTokenId}`, this.#gone)
    const at = this.#untold.indexOf(sent)
    if (at >= 0) this.#untold.splice(at, 1)
    line.send()
  }
}
