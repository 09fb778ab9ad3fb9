import type {RawStore} from '../../src/store/raw-store.js'
import {Crash} from './crashing-store.js'

/**
 * A store as a process sees it that dies at its `moment`th step, counted from 0: before or after one of these calls.
 * What the wrapped ones share dies with them.
 */
export function dieInRawStore(moment: number, names: readonly (keyof RawStore)[]): (raw: RawStore) => RawStore {
  let passed = 0
  const pass = (): void => {
    if (passed > moment) throw new Crash()
    passed += 1
    if (passed > moment) throw new Crash()
  }
  return (raw) =>
    new Proxy(raw, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        const call = (...args: unknown[]): unknown => (member as (...given: unknown[]) => unknown).apply(target, args)
        if (!names.includes(name as keyof RawStore)) return call
        return async (...args: unknown[]) => {
          pass()
          const result = await call(...args)
          pass()
          return result
        }
      },
    })
}

/** Whether the work came to its end; otherwise its process died. */
export async function survives(work: Promise<unknown>): Promise<boolean> {
  try {
    await work
    return true
  } catch (error) {
    if (error instanceof Crash) return false
    throw error
  }
}
