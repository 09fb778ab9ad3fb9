import {providerOfKey, type AccountKey} from '../../model/account.js'
import type {StrandedAccount, UpcomingRefresh, UpcomingValidation} from '../../model/scheduled-account.js'
import type {Clock} from '../../model/time.js'
import {nextAttemptAt} from '../../model/token-life.js'
import {toStranded, toUpcoming} from '../account-index.js'
import {readSealedAccount, type SealedAccount} from '../account-record.js'
import {compareText} from '../compare-text.js'
import type {JournalFolder} from '../journal.js'
import {parseRecord} from './account-hash.js'
import type {AccountReader} from './account-reader.js'
import type {RedisConnection} from './connection.js'
import {ACCOUNT_SLOTS, slotOf, type RedisKeys} from './keys.js'

export interface AccountScheduleParts {
  connection: RedisConnection
  keys: RedisKeys
  reader: AccountReader
  clock: Clock
  journals: JournalFolder
}

interface Scored {
  key: AccountKey
  score: number
}

/** What was read of an account when its slot had seen so many changes. */
interface Known {
  changes: string
  account: SealedAccount | undefined
  hasIntent: boolean
}

/** So few are read anew each time. */
const WORTH_KEEPING = ACCOUNT_SLOTS
/** A few more than its share is asked of each slot at first; what is still missing is asked for then. */
const SPARE = 8

/** What the accounts need and when, from sets that are ordered by it: costs what is asked for, not what is stored. */
export class AccountSchedule {
  readonly #parts: AccountScheduleParts
  readonly #due = new Map<string, ReadonlyMap<AccountKey, Known>>()
  #stranded: {versions: ReadonlyMap<AccountKey, number>; accounts: readonly StrandedAccount[]} | undefined

  constructor(parts: AccountScheduleParts) {
    this.#parts = parts
  }

  async upcomingRefreshes(provider: string, limit: number, dueBy = Infinity): Promise<readonly UpcomingRefresh[]> {
    const {clock} = this.#parts
    const [scored, waiting] = await Promise.all([
      this.#lowest(`due-${provider}`, limit, dueBy),
      this.#listWaiting(provider),
    ])
    const keys = Array.from(new Set([...waiting, ...scored.map(({key}) => key)]))
    const known = await this.#know(keys, this.#due.get(provider))
    this.#due.set(provider, known)
    const now = clock.now()
    return keys
      .flatMap((key) => {
        const {account, hasIntent = false} = known.get(key) ?? {}
        if (account === undefined) return []
        // What only has to be saved is not held up by any backoff.
        const dueAt = waiting.includes(key) ? now : nextAttemptAt(account, now, hasIntent)
        return toUpcoming(account, dueAt) ?? []
      })
      .sort((a, b) => a.dueAt - b.dueAt || compareText(a.key, b.key))
      .slice(0, limit)
  }

  async upcomingValidations(provider: string, limit: number): Promise<readonly UpcomingValidation[]> {
    const scored = await this.#lowest(`validate-${provider}`, limit)
    return scored.map(({key, score}) => ({key, ...(score > 0 && {lastValidatedAt: score})}))
  }

  /** The same list as before while it is the same accounts in the same state. */
  async stranded(): Promise<readonly StrandedAccount[]> {
    const replies = await Promise.all(this.#sets('stranded').map((set) => this.#range(set, 0, -1)))
    const versions = new Map(replies.flat().map(({key, score}) => [key, score]))
    const before = this.#stranded
    const isSame = before?.versions.size === versions.size
    if (isSame && Array.from(versions).every(([key, version]) => before.versions.get(key) === version)) {
      return before.accounts
    }
    const known = new Map(before?.accounts.map((account) => [account.key, account]))
    const changed = Array.from(versions.keys()).filter((key) => before?.versions.get(key) !== versions.get(key))
    for (const {key, hash} of await this.#parts.reader.readAll(changed)) {
      const account = readSealedAccount(parseRecord(hash.record), key)
      if (account?.state.kind === 'login-needed') known.set(key, toStranded(account, account.state))
    }
    const accounts = Array.from(known.values())
      .filter(({key}) => versions.has(key))
      .sort((a, b) => compareText(a.key, b.key))
    this.#stranded = {versions, accounts}
    return accounts
  }

  /**
   * The members with the lowest scores of a set that has a part in each slot.
   * @param upTo what is above is left out, but for the first.
   */
  async #lowest(name: string, limit: number, upTo = Infinity): Promise<Scored[]> {
    const parts = this.#sets(name).map((set) => ({set, found: [] as Scored[], mayHaveMore: true}))
    const isBounded = upTo !== Infinity
    for (let count = isBounded ? 1 : Math.ceil(limit / ACCOUNT_SLOTS) + SPARE; ; count *= 4) {
      const all = parts.flatMap(({found}) => found).sort(byScore)
      // Of a part that ends below this there may be more to come.
      const bound = Math.min(all[limit - 1]?.score ?? Infinity, isBounded ? upTo : Infinity)
      const open = parts.filter(
        ({found, mayHaveMore}) => mayHaveMore && (found.length === 0 || (found.at(-1)?.score ?? Infinity) <= bound),
      )
      if (open.length === 0) {
        const dueCount = all.filter(({score}) => score <= upTo).length
        return all.slice(0, Math.min(limit, dueCount + (isBounded ? 1 : limit)))
      }
      await Promise.all(
        open.map(async (part) => {
          const more = await this.#range(part.set, part.found.length, part.found.length + count - 1)
          part.mayHaveMore = more.length === count
          part.found.push(...more)
        }),
      )
    }
  }

  /** In a backlog there are thousands, and each look would read them all again: only those of changed slots are. */
  async #know(keys: readonly AccountKey[], before: ReadonlyMap<AccountKey, Known> | undefined) {
    const changes = new Map<number, string>()
    if (keys.length > WORTH_KEEPING) {
      const slots = Array.from(new Set(keys.map(slotOf)))
      await Promise.all(slots.map(async (slot) => changes.set(slot, await this.#countChanges(slot))))
    }
    const known = new Map<AccountKey, Known>()
    for (const key of keys) {
      const one = before?.get(key)
      if (one !== undefined && one.changes === changes.get(slotOf(key))) known.set(key, one)
    }
    for (const {key, hash} of await this.#parts.reader.readAll(keys.filter((one) => !known.has(one)))) {
      const account = readSealedAccount(parseRecord(hash.record), key)
      known.set(key, {changes: changes.get(slotOf(key)) ?? '', account, hasIntent: hash.intent !== undefined})
    }
    return known
  }

  /** Accounts whose replies wait on this machine: another one may have given them up. */
  async #listWaiting(provider: string): Promise<readonly AccountKey[]> {
    const {journals, reader} = this.#parts
    const keys = (await journals.listAccounts()).filter((key) => providerOfKey(key) === provider)
    const stored = await reader.readAll(keys)
    const isWaiting = await Promise.all(stored.map((one) => reader.hasReply(one).catch(() => false)))
    return stored.filter((_, i) => isWaiting[i]).map(({key}) => key)
  }

  async #countChanges(slot: number): Promise<string> {
    const {connection, keys} = this.#parts
    const set = keys.ofSlot(slot, 'slot')
    return String(await connection.send(set, ['HGET', set, 'changes']))
  }

  #sets(name: string): string[] {
    return Array.from({length: ACCOUNT_SLOTS}, (_, slot) => this.#parts.keys.ofSlot(slot, name))
  }

  async #range(set: string, from: number, to: number): Promise<Scored[]> {
    const command = ['ZRANGE', set, String(from), String(to), 'WITHSCORES']
    const reply = (await this.#parts.connection.send(set, command)) as string[]
    return Array.from({length: reply.length / 2}, (_, i) => ({
      key: reply[2 * i] ?? '',
      score: Number(reply[2 * i + 1]),
    }))
  }
}

const byScore = (a: Scored, b: Scored): number => a.score - b.score || compareText(a.key, b.key)
