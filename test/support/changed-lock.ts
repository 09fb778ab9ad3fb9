import type {AccountLock, Store} from '../../src/store/store.js'

/** The store with parts of its account lock replaced. */
export function withChangedLock(store: Store, change: (lock: AccountLock) => Partial<AccountLock>): Store {
  return {
    ...store,
    accounts: {
      ...store.accounts,
      async lock(key, options) {
        const lock = await store.accounts.lock(key, options)
        const whole: AccountLock = {
          account: lock.account,
          reply: lock.reply,
          begin: () => lock.begin(),
          isHeld: () => lock.isHeld(),
          recordReply: (reply) => lock.recordReply(reply),
          retract: () => lock.retract(),
          commit: (apply) => lock.commit(apply),
          remove: () => lock.remove(),
          release: () => lock.release(),
        }
        return {...whole, ...change(lock)}
      },
    },
  }
}
