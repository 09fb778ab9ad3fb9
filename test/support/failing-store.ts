import {BehalfError} from '../../src/model/behalf-error.js'
import type {Store} from '../../src/store/store.js'

/** A store that a test cuts off, and lets be reached again. */
export interface FailingStore {
  readonly store: Store
  isAway: boolean
  /** What everything fails with meanwhile. */
  error: BehalfError
  /** How often it was asked for something while it was away. */
  readonly refused: number
}

type Asynchronous = (...args: never[]) => Promise<unknown>

/** Its methods are those of `actual`, but for `revision`, which says that nothing is known to be the same. */
export function makeFailingStore(actual: Store): FailingStore {
  let refused = 0

  function guard<T extends object>(section: T): T {
    const entries = Object.entries(section).map(([name, value]: [string, unknown]) => {
      if (typeof value === 'object' && value !== null) return [name, guard(value)]
      return [name, typeof value === 'function' ? guardCall(value as Asynchronous) : value]
    })
    return Object.fromEntries(entries) as T
  }

  const guardCall =
    (call: Asynchronous): Asynchronous =>
    async (...args) => {
      if (!failing.isAway) return call(...args)
      refused += 1
      return Promise.reject(failing.error)
    }

  const failing = {
    store: {...guard(actual), revision: () => undefined, close: () => actual.close()},
    isAway: false,
    error: new BehalfError('store-unavailable', 'Redis cannot be reached: made up.'),
    get refused() {
      return refused
    },
  }
  return failing
}
