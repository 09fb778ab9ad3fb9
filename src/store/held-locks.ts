import {BehalfError} from '../model/behalf-error.js'
import type {AccountLock, AccountStore} from './store.js'

/** An account store that knows which account locks its process holds. */
export interface HeldLocks {
  accounts: AccountStore
  /** Whether a refresh is under way. */
  isHeld(): boolean
  /**
   * Lets no further lock be taken, and resolves once those that are held have been released:
   * a refresh that has begun belongs to the account and not to its caller (design 7, rule 1).
   */
  drain(): Promise<void>
}

export function watchLocks(accounts: AccountStore): HeldLocks {
  const held = new Map<AccountLock, Promise<void>>()
  let draining = false

  return {
    accounts: {
      ...accounts,
      async lock(key, options) {
        const lock = await accounts.lock(key, options)
        if (draining) {
          await lock.release()
          throw new BehalfError('interrupted', 'The command was interrupted before its refresh began.')
        }
        let markReleased = (): void => undefined
        held.set(lock, new Promise((resolve) => (markReleased = resolve)))
        const release = lock.release.bind(lock)
        lock.release = async () => {
          await release()
          held.delete(lock)
          markReleased()
        }
        return lock
      },
    },
    isHeld: () => held.size > 0,
    async drain() {
      draining = true
      await Promise.all(held.values())
    },
  }
}
