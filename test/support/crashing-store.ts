import type {AccountLock, Store} from '../../src/store/store.js'

/** Thrown where the caller's process would have died. */
export class Crash extends Error {
  override readonly name = 'Crash'
}

/** The steps of design 7, rule 2, before and after which a process can die. */
export const CRASH_POINTS = [
  'before begin',
  'after begin',
  'before isHeld',
  'after isHeld',
  'before recordReply',
  'after recordReply',
  'before commit',
  'after commit',
  'before retract',
  'after retract',
] as const
export type CrashPoint = (typeof CRASH_POINTS)[number]

/**
 * The store as a process sees it that dies at `point`, the `nth` time it comes there: from then on nothing works,
 * and its lock is freed, as the kernel does. Without a point it lives.
 */
export function withCrash(store: Store, point: CrashPoint | undefined, nth = 1): Store & {readonly crashed: boolean} {
  let crashed = false
  let times = 0
  const pass = (here: CrashPoint): void => {
    if (crashed) throw new Crash()
    if (here !== point) return
    times += 1
    if (times < nth) return
    crashed = true
    throw new Crash()
  }
  const around = async <T>(name: 'begin' | 'isHeld' | 'recordReply' | 'commit' | 'retract', work: () => Promise<T>) => {
    pass(`before ${name}`)
    const result = await work()
    pass(`after ${name}`)
    return result
  }
  const wrap = (lock: AccountLock): AccountLock => ({
    account: lock.account,
    reply: lock.reply,
    begin: () => around('begin', () => lock.begin()),
    isHeld: () => around('isHeld', () => lock.isHeld()),
    recordReply: (reply) => around('recordReply', () => lock.recordReply(reply)),
    commit: (change) => around('commit', () => lock.commit(change)),
    retract: () => around('retract', () => lock.retract()),
    remove: () => lock.remove(),
    release: () => lock.release(),
  })
  const whileAlive = <T>(work: () => Promise<T>): Promise<T> => (crashed ? Promise.reject(new Crash()) : work())
  return {
    ...store,
    accounts: {
      ...store.accounts,
      update: (key, change) => whileAlive(() => store.accounts.update(key, change)),
      async lock(key, options) {
        return wrap(await whileAlive(() => store.accounts.lock(key, options)))
      },
    },
    providers: {
      ...store.providers,
      updateState: (name, change) => whileAlive(() => store.providers.updateState(name, change)),
    },
    get crashed() {
      return crashed
    },
  }
}
