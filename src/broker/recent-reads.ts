import type {NamedAccount} from '../model/account-name.js'
import type {AccountKey} from '../model/account.js'
import type {Clock, EpochMs} from '../model/time.js'
import type {Store} from '../store/store.js'

/**
 * A store where what plans and requests look at is read once for all who ask within a moment; an account that was named
 * is read with its name. Whoever decides about a refresh reads what is stored now.
 */
export function createRecentReads(store: Store, clock: Pick<Clock, 'now'>, reuseMs: number): Store {
  const isRecent = (at: EpochMs): boolean => clock.now() >= at && clock.now() - at < reuseMs
  const remember = <A extends unknown[], T>(read: (...args: A) => Promise<T>): ((...args: A) => Promise<T>) => {
    const recent = new Map<string, {at: EpochMs; value: Promise<T>}>()
    return (...args) => {
      const name = JSON.stringify(args)
      const known = recent.get(name)
      if (known && isRecent(known.at)) return known.value
      const value = read(...args)
      recent.set(name, {at: clock.now(), value})
      return value
    }
  }

  const named = new Map<AccountKey, {at: EpochMs; account: NamedAccount}>()
  const noteNamed = async <T extends NamedAccount | readonly NamedAccount[] | undefined>(
    read: () => Promise<T>,
  ): Promise<T> => {
    const at = clock.now()
    const given = await read()
    for (const account of [given ?? []].flat()) named.set(account.key, {at, account})
    return given
  }

  const findNamed = (key: AccountKey): NamedAccount | undefined => {
    const known = named.get(key)
    return known && isRecent(known.at) ? known.account : undefined
  }

  const {accounts, apiTokens, providers} = store
  return {
    ...store,
    lastWrittenAt: remember(() => store.lastWrittenAt()),
    accounts: {
      ...accounts,
      get: remember((key) => {
        const known = findNamed(key)
        return known ? accounts.getNamed(known) : accounts.get(key)
      }),
      list: remember(() => accounts.list()),
      name: remember(async (key) => findNamed(key) ?? noteNamed(() => accounts.name(key))),
      find: remember((texts) => noteNamed(() => accounts.find(texts))),
      owners: remember((provider) => noteNamed(() => accounts.owners(provider))),
    },
    apiTokens: {...apiTokens, get: remember((id) => apiTokens.get(id))},
    providers: {
      ...providers,
      get: remember((name) => providers.get(name)),
      list: remember(() => providers.list()),
      getState: remember((name) => providers.getState(name)),
    },
  }
}
