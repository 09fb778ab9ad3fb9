import {createHash} from 'node:crypto'

import type {BrokerDeps} from '../broker/broker-deps.js'
import type {NamedAccount} from '../model/account-name.js'
import type {Account} from '../model/account.js'
import {elapsedMs, type Clock, type Moment} from '../model/time.js'
import {isStoreAway} from './store-away.js'

type Store = BrokerDeps['store']

/** Of each kind of read. Who asks for made-up names in a row must not fill the memory. */
const MAX_KEPT = 10_000

/**
 * The store as callers' requests read it while it cannot be reached: what was read of an API token, an account, a name or
 * a provider is given again, for `staleMs` after its own last read (design 8, “Revocation”). Nothing else is: whatever
 * writes, locks, lists or counts fails with `store-unavailable`. Whoever decides about a refresh asks for a lock first.
 *
 * A value is as old as the moment its read began. With 0 the store is as it is.
 */
export function createStaleReads(store: Store, clock: Pick<Clock, 'moment'>, staleMs: number): Store {
  if (staleMs === 0) return store
  const {accounts, providers, apiTokens} = store
  const keptAccounts = new KeptReads<Account | undefined>(clock, staleMs)
  const namedAt = new WeakMap<NamedAccount, Moment>()

  const remember = <A extends unknown[], T>(
    read: (...args: A) => Promise<T>,
    {
      kept = new KeptReads<T>(clock, staleMs),
      nameOf = JSON.stringify,
      ageOf,
      isWorthKeeping,
      onRead,
    }: Remembering<A, T> = {},
  ): ((...args: A) => Promise<T>) => {
    return async (...args) => {
      const name = nameOf(args)
      const at = ageOf ? ageOf(args) : clock.moment()
      try {
        const value = await read(...args)
        if (at && (isWorthKeeping?.(value) ?? true)) kept.keep(name, {value, at})
        else if (at) kept.forget(name, at)
        if (at) onRead?.(value, at)
        return value
      } catch (error) {
        const last = isStoreAway(error) ? kept.find(name) : undefined
        if (last === undefined) throw error
        return last.value
      }
    }
  }
  const noteNamed = (named: readonly NamedAccount[] | NamedAccount | undefined, at: Moment): void => {
    for (const one of [named ?? []].flat()) namedAt.set(one, at)
  }

  return {
    ...store,
    lastWrittenAt: remember(() => store.lastWrittenAt()),
    accounts: {
      ...accounts,
      get: remember((key) => accounts.get(key), {kept: keptAccounts, nameOf: ([key]) => key}),
      getNamed: remember((named) => accounts.getNamed(named), {
        kept: keptAccounts,
        nameOf: ([{key}]) => key,
        // It may have been read with its name.
        ageOf: ([named]) => namedAt.get(named),
      }),
      name: remember((key) => accounts.name(key), {onRead: noteNamed}),
      find: remember((texts) => accounts.find(texts), {onRead: noteNamed}),
      owners: remember((provider) => accounts.owners(provider), {onRead: noteNamed}),
    },
    providers: {...providers, get: remember((name) => providers.get(name))},
    apiTokens: {
      ...apiTokens,
      // Who makes up ids must not push out those that are there.
      get: remember((id) => apiTokens.get(id), {isWorthKeeping: (token) => token !== undefined}),
      // The same for the life of the store; no text of a caller is held on to.
      mac: remember((salt, secret) => apiTokens.mac(salt, secret), {
        nameOf: ([salt, secret]) => createHash('sha256').update(`${salt} ${secret.reveal()}`).digest('base64'),
      }),
      noteUsed: forgive((id, at) => apiTokens.noteUsed(id, at)),
    },
  }
}

interface Remembering<A extends unknown[], T> {
  kept?: KeptReads<T>
  nameOf?: (args: A) => string
  /** Since when what is read has been true, where that is not now; undefined: it is not kept. */
  ageOf?: (args: A) => Moment | undefined
  /** Default: it is, whatever was read. */
  isWorthKeeping?: (value: T) => boolean
  onRead?: (value: T, at: Moment) => void
}

/** A note that may be lost must not fail what it is about. */
const forgive =
  <A extends unknown[]>(note: (...args: A) => Promise<void>): ((...args: A) => Promise<void>) =>
  async (...args) => {
    try {
      await note(...args)
    } catch (error) {
      if (!isStoreAway(error)) throw error
    }
  }

interface KeptRead<T> {
  value: T
  /** When its read began. */
  at: Moment
}

/** The last read of each name, the oldest first. None is held on to for long after it may be given no more. */
class KeptReads<T> {
  readonly #clock: Pick<Clock, 'moment'>
  readonly #staleMs: number
  readonly #reads = new Map<string, KeptRead<T>>()
  #sweep: NodeJS.Timeout | undefined

  constructor(clock: Pick<Clock, 'moment'>, staleMs: number) {
    this.#clock = clock
    this.#staleMs = staleMs
  }

  find(name: string): KeptRead<T> | undefined {
    const read = this.#reads.get(name)
    return read && this.#isYoung(read) ? read : undefined
  }

  keep(name: string, read: KeptRead<T>): void {
    if (!this.forget(name, read.at)) return
    this.#reads.set(name, read)
    this.#forgetOld()
  }

  /** Of two reads under way together the one that began later says more: false where that one is kept. */
  forget(name: string, at: Moment): boolean {
    const known = this.#reads.get(name)
    if (known && known.at.monotonicMs > at.monotonicMs) return false
    this.#reads.delete(name)
    return true
  }

  #forgetOld(): void {
    for (const [oldest, read] of this.#reads) {
      if (this.#reads.size <= MAX_KEPT && this.#isYoung(read)) break
      this.#reads.delete(oldest)
    }
    if (this.#sweep || this.#reads.size === 0) return
    this.#sweep = setTimeout(() => {
      this.#sweep = undefined
      this.#forgetOld()
    }, this.#staleMs).unref()
  }

  #isYoung({at}: KeptRead<T>): boolean {
    return elapsedMs(at, this.#clock.moment()) < this.#staleMs
  }
}
