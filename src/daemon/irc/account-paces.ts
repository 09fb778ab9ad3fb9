import type {NamedAccount} from '../../model/account-name.js'
import {MINUTE_MS} from '../../model/time.js'
import {AccountPace, type PaceDeps, type PaceLimits} from './account-pace.js'

/** Longer than any limit looks back. */
const REMEMBERED_MS = MINUTE_MS

/** What Twitch takes of an account that is no verified bot (facts of Twitch 6.7). */
const TWITCH: PaceLimits = {messages: 20, privilegedMessages: 100, joins: 20, logins: 20}

/**
 * @param messages in 30 s where the account is nobody. Fewer than Twitch takes are our part, and we have the same part of
 * all else: programs that speak as the account without us have the rest.
 */
export function limitPace(messages: number): PaceLimits {
  const partOf = (whole: number): number =>
    Math.max(1, Math.floor((whole * Math.min(messages, TWITCH.messages)) / TWITCH.messages))
  return {
    messages,
    privilegedMessages: Math.max(messages, partOf(TWITCH.privilegedMessages)),
    joins: partOf(TWITCH.joins),
    logins: partOf(TWITCH.logins),
  }
}

interface Entry {
  pace: AccountPace
  users: number
  leftAtMs: number
}

/** The limits of each Twitch user that speaks, or has spoken a moment ago: several accounts may be one. */
export class AccountPaces {
  readonly #deps: PaceDeps
  readonly #limits: PaceLimits
  readonly #entries = new Map<string, Entry>()

  constructor(deps: PaceDeps, limits: PaceLimits) {
    this.#deps = deps
    this.#limits = limits
  }

  enter({userId, login}: Pick<NamedAccount, 'userId' | 'login'>): AccountPace {
    this.#forgetOld()
    const entry = this.#entries.get(userId) ?? this.#begin(userId)
    entry.users += 1
    // Of its own room it is the broadcaster.
    entry.pace.noteStanding(`#${login}`, true)
    return entry.pace
  }

  leave(userId: string): void {
    const entry = this.#entries.get(userId)
    if (!entry) return
    entry.users -= 1
    entry.leftAtMs = this.#deps.clock.now()
  }

  #begin(userId: string): Entry {
    const pace = new AccountPace(this.#deps, userId, this.#limits)
    const entry: Entry = {pace, users: 0, leftAtMs: 0}
    this.#entries.set(userId, entry)
    return entry
  }

  #forgetOld(): void {
    for (const [userId, {users, leftAtMs}] of this.#entries) {
      if (users === 0 && leftAtMs + REMEMBERED_MS <= this.#deps.clock.now()) this.#entries.delete(userId)
    }
  }
}
