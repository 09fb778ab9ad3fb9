import type {EpochMs} from '../../model/time.js'

/** Facts 6.7: messages where one is nobody, and where one is broadcaster, moderator or VIP; joins, logins, rooms. */
const MESSAGES = 20
const PRIVILEGED_MESSAGES = 100
const MESSAGES_MS = 30_000
/** Between messages in one channel where one is nobody. */
const CHANNEL_MS = 1000
const JOINS = 20
const LOGINS = 20
const ATTEMPTS_MS = 10_000
/** How many rooms can be joined at once, besides one's own, moderated ones, and those with `channel:bot`. */
export const FOREIGN_ROOMS = 100
/** Who says too much is not heard for so long, except where they are privileged. */
const SILENCE_MS = 3_600_000

/** How much each user may say and join, over all their connections, and how often log in. */
export class ChatLimits {
  readonly #messages = new Map<string, EpochMs[]>()
  /** When someone was last heard in a channel, by both their ids. */
  readonly #lastHeard = new Map<string, EpochMs>()
  readonly #joins = new Map<string, EpochMs[]>()
  readonly #logins = new Map<string, EpochMs[]>()
  readonly #silentUntil = new Map<string, EpochMs>()

  /** Counts a message. False: it is not to be heard. */
  takeMessage(userId: string, broadcasterId: string, isPrivileged: boolean, now: EpochMs): boolean {
    if (!isPrivileged && now < (this.#silentUntil.get(userId) ?? 0)) return false
    const place = `${userId} ${broadcasterId}`
    if (!isPrivileged && now - (this.#lastHeard.get(place) ?? -Infinity) < CHANNEL_MS) return false
    this.#lastHeard.set(place, now)
    const count = countRecent(this.#messages, userId, now, MESSAGES_MS)
    if (count <= (isPrivileged ? PRIVILEGED_MESSAGES : MESSAGES)) return true
    this.#silentUntil.set(userId, now + SILENCE_MS)
    return false
  }

  /** Counts a join. False: it is not to be done. */
  takeJoin(userId: string, now: EpochMs): boolean {
    return countRecent(this.#joins, userId, now, ATTEMPTS_MS) <= JOINS
  }

  /** Counts a login, with whatever came of it. False: it is not to be done. */
  takeLogin(login: string, now: EpochMs): boolean {
    return countRecent(this.#logins, login, now, ATTEMPTS_MS) <= LOGINS
  }

  clear(): void {
    for (const map of [this.#messages, this.#lastHeard, this.#joins, this.#logins, this.#silentUntil]) map.clear()
  }
}

/** How often it happened within this time, now included. */
function countRecent(all: Map<string, EpochMs[]>, who: string, now: EpochMs, withinMs: number): number {
  const recent = (all.get(who) ?? []).filter((at) => now - at < withinMs)
  all.set(who, [...recent, now])
  return recent.length + 1
}
