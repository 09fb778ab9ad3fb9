import type {AccountLock, Store} from '../../src/store/store.js'
import {Crash} from './crashing-store.js'

/** Every step at which something about accounts is written, and which one a process died at. */
export interface DyingStore extends Store {
  /** `before put`, `after put`, `before begin`… in the order in which they came. */
  readonly steps: readonly string[]
}

/**
 * The store as a process sees it that dies at its `step`th step, counted from 0: from then on nothing works, and its
 * locks are freed, as the kernel does.
 */
export function dieAtStep(store: Store, step: number): DyingStore {
  const steps: string[] = []
  const pass = (name: string): void => {
    if (steps.length > step) throw new Crash()
    steps.push(name)
    if (steps.length > step) throw new Crash()
  }
  const around =
    <A extends unknown[], T>(name: string, work: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      pass(`before ${name}`)
      const result = await work(...args)
      pass(`after ${name}`)
      return result
    }
  const wrap = (lock: AccountLock): AccountLock => ({
    account: lock.account,
    reply: lock.reply,
    begin: around('begin', () => lock.begin()),
    isHeld: () => lock.isHeld(),
    recordReply: around('recordReply', (reply) => lock.recordReply(reply)),
    retract: around('retract', () => lock.retract()),
    commit: around('commit', (change) => lock.commit(change)),
    remove: around('remove', () => lock.remove()),
    release: () => lock.release(),
  })
  return {
    ...store,
    steps,
    accounts: {
      ...store.accounts,
      put: around('put', (account) => store.accounts.put(account)),
      update: around('update', (key, change) => store.accounts.update(key, change)),
      async lock(key, options) {
        if (steps.length > step) throw new Crash()
        return wrap(await store.accounts.lock(key, options))
      },
    },
  }
}
