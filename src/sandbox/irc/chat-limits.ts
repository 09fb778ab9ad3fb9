import type {EpochMs} from '../../model/time.js'

/** Facts 6.7: messages where one is nobody, and where one is broadcaster, moderator or VIP; joins. */
const MESSAGES = 20
const PRIVILEGED_MESSAGES = 100
const MESSAGES_MS = 30_000
const JOINS = 20
const JOINS_MS = 10_000
/** Who says too much is not heard for so long, except where they are privileged. */
const SILENCE_MS = 3_600_000

/** How much each user may say and join, over all their connections. */
export class ChatLimits {
  readonly #messages = new Map<string, EpochMs[]>()
  readonly #joins = new Map<string, EpochMs[]>()
  readonly #silentUntil = new Map<string, EpochMs>()

  /** Counts a message. False: it is not to be heard. */
  takeMessage(userId: string, isPrivileged: boolean, now: EpochMs): boolean {
    if (!isPrivileged && now < (this.#silentUntil.get(userId) ?? 0)) return false
    const count = countRecent(this.#messages, userId, now, MESSAGES_MS)
    if (count <= (isPrivileged ? PRIVILEGED_MESSAGES : MESSAGES)) return true
    this.#silentUntil.set(userId, now + SILENCE_MS)
    return false
  }

  /** Counts a join. False: it is not to be done. */
  takeJoin(userId: string, now: EpochMs): boolean {
    return countRecent(this.#joins, userId, now, JOINS_MS) <= JOINS
  }

  clear(): void {
    for (const map of [this.#messages, this.#joins, this.#silentUntil]) map.clear()
  }
}

/** How often it happened within this time, now included. */
function countRecent(all: Map<string, EpochMs[]>, userId: string, now: EpochMs, withinMs: number): number {
  const recent = (all.get(userId) ?? []).filter((at) => now - at < withinMs)
  all.set(userId, [...recent, now])
  return recent.length + 1
}
