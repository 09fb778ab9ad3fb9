import type {Clock} from '../model/time.js'
import type {Store} from '../store/store.js'

/**
 * A store whose accounts and providers are read once for all who ask within a moment. For plans alone: whoever decides
 * about a refresh reads what is stored now.
 */
export function createRecentReads(store: Store, clock: Pick<Clock, 'now'>, reuseMs: number): Store {
  const remember = <A extends unknown[], T>(read: (...args: A) => Promise<T>): ((...args: A) => Promise<T>) => {
    const recent = new Map<string, {at: number; value: Promise<T>}>()
    return (...args) => {
      const name = JSON.stringify(args)
      const known = recent.get(name)
      const now = clock.now()
      if (known && now >= known.at && now - known.at < reuseMs) return known.value
      const value = read(...args)
      recent.set(name, {at: now, value})
      return value
    }
  }
  const {accounts, providers} = store
  return {
    ...store,
    accounts: {
      ...accounts,
      get: remember((key) => accounts.get(key)),
      list: remember(() => accounts.list()),
      name: remember((key) => accounts.name(key)),
      find: remember((texts) => accounts.find(texts)),
      owners: remember((provider) => accounts.owners(provider)),
    },
    providers: {
      ...providers,
      get: remember((name) => providers.get(name)),
      list: remember(() => providers.list()),
      getState: remember((name) => providers.getState(name)),
    },
  }
}
