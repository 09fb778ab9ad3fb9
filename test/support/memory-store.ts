import {createHash} from 'node:crypto'

import {isOAuth2Account, type Account, type AccountKey, type NewAccount} from '../../src/model/account.js'
import {BehalfError} from '../../src/model/behalf-error.js'
import type {Provider, ProviderState} from '../../src/model/provider.js'
import type {RawReply} from '../../src/model/refresh.js'
import type {UpcomingRefresh} from '../../src/model/scheduled-account.js'
import type {Clock, EpochMs} from '../../src/model/time.js'
import {nextAttemptAt} from '../../src/model/token-life.js'
import type {AccountLock, AccountStore, FlowStore, ProviderStore, Store} from '../../src/store/store.js'
import {tokensOf} from './tokens-of.js'

/** Where ten thousand accounts are refreshed in seconds: as much of a store as refreshing needs, and nothing on a disk. */
export function createMemoryStore(clock: Clock): Store {
  const accounts = new Map<AccountKey, Account>()
  const providers = new Map<string, Provider>()
  const states = new Map<string, ProviderState>()
  const locked = new Set<AccountKey>()
  const upcoming = new Map<string, UpcomingRefresh[]>()

  function save<A extends NewAccount>(account: A): A & Pick<Account, 'version'> {
    const before = accounts.get(account.key)
    const saved = {...account, version: (before?.version ?? 0) + 1}
    accounts.set(account.key, saved)
    const list = upcoming.get(account.provider) ?? []
    upcoming.set(account.provider, list)
    const old = before && toUpcoming(before, clock.now())
    if (old) list.splice(findPlace(list, old), 1)
    const entry = toUpcoming(saved, clock.now())
    if (entry) list.splice(findPlace(list, entry), 0, entry)
    return saved
  }

  const accountStore: Partial<AccountStore> = {
    get: (key) => Promise.resolve(accounts.get(key)),
    list: () => Promise.resolve([...accounts.values()]),
    async put(account, check) {
      const isNear = ({key, provider, role}: Account): boolean =>
        key === account.key || (role === 'owner' && provider === account.provider)
      check?.({names: [...accounts.values()].filter(isNear), hasProvider: providers.has(account.provider)})
      return Promise.resolve(save(account))
    },
    update(key, change) {
      const current = accounts.get(key)
      if (!current) return Promise.resolve(undefined)
      const changed = change(current)
      return Promise.resolve(changed === current ? current : save(changed))
    },
    upcomingRefreshes: (provider, limit) => Promise.resolve((upcoming.get(provider) ?? []).slice(0, limit)),
    upcomingValidations: () => Promise.resolve([]),
    stranded: () => Promise.resolve([]),
    lock(key) {
      if (locked.has(key)) return Promise.reject(new BehalfError('lock-timeout', `${key} is locked`))
      locked.add(key)
      return Promise.resolve(
        new MemoryLock(
          accounts.get(key),
          save,
          () => accounts.get(key),
          () => locked.delete(key),
        ),
      )
    },
  }
  const providerStore: Partial<ProviderStore> = {
    get: (name) => Promise.resolve(providers.get(name)),
    list: () => Promise.resolve([...providers.values()]),
    names: () => Promise.resolve([...providers.keys()]),
    put(provider) {
      providers.set(provider.name, provider)
      return Promise.resolve(true)
    },
    getState: (name) => Promise.resolve(states.get(name)),
    updateState(name, change) {
      const state = change(states.get(name) ?? {name})
      states.set(name, state)
      return Promise.resolve(state)
    },
  }
  return refuseTheRest<Store>({
    accounts: refuseTheRest(accountStore),
    providers: refuseTheRest(providerStore),
    flows: refuseTheRest<FlowStore>({collectedAt: () => Promise.resolve(undefined), list: () => Promise.resolve([])}),
    lastWrittenAt: () => Promise.resolve(undefined),
    revision: () => undefined,
    fingerprint: (value) => Promise.resolve(createHash('sha256').update(value.reveal()).digest('hex')),
    close: () => Promise.resolve(),
  })
}

function toUpcoming(account: Account, now: EpochMs): UpcomingRefresh | undefined {
  const dueAt = nextAttemptAt(account, now)
  const {key, version} = account
  const {expiresAt} = tokensOf(account)
  return dueAt === undefined ? undefined : {key, dueAt, version, ...(expiresAt !== undefined && {expiresAt})}
}

/** Where an entry is, or belongs, in a list that is ordered by time and key. */
function findPlace(list: readonly UpcomingRefresh[], {dueAt, key}: UpcomingRefresh): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = list[middle]
    if (other && (other.dueAt < dueAt || (other.dueAt === dueAt && other.key < key))) low = middle + 1
    else high = middle
  }
  return low
}

class MemoryLock implements AccountLock {
  readonly reply: RawReply | undefined

  constructor(
    readonly account: Account | undefined,
    private readonly save: <A extends NewAccount>(account: A) => A & Pick<Account, 'version'>,
    private readonly read: () => Account | undefined,
    private readonly unlock: () => void,
  ) {}

  begin = (): Promise<void> => Promise.resolve()
  isHeld = (): Promise<boolean> => Promise.resolve(true)
  recordReply = (): Promise<void> => Promise.resolve()
  retract = (): Promise<void> => Promise.resolve()
  remove = (): Promise<void> => Promise.reject(new Error('nothing is removed'))

  commit: AccountLock['commit'] = (change) => {
    const current = this.read()
    if (!current || !isOAuth2Account(current) || !this.account) return Promise.resolve({kind: 'gone'})
    return Promise.resolve({kind: 'saved', account: this.save(change(current))})
  }

  release(): Promise<void> {
    this.unlock()
    return Promise.resolve()
  }
}

/** What is not there fails the test that uses it. */
function refuseTheRest<T extends object>(parts: Partial<T>): T {
  return new Proxy(parts as T, {
    get(target, name, receiver) {
      const known: unknown = Reflect.get(target, name, receiver)
      if (known !== undefined || typeof name === 'symbol' || name === 'then') return known
      return () => {
        throw new Error(`${name} is not in memory`)
      }
    },
  })
}
