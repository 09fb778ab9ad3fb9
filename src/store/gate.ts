import {BehalfError} from '../model/behalf-error.js'
import type {Clock} from '../model/time.js'
import {acquireFileLock, describeHolder, readLockNoteAt, type FileLock, type LockNote} from './file-lock.js'

export const gatePathOf = (path: string): string => `${path}.gate`

/**
 * A process at the gate of a JSON store (design 10). It is let in at its first write or account lock and stays until it
 * closes, so that who needs the store alone has it alone: between two writes of a daemon there is a refresh to be saved.
 */
export class SharedGate {
  readonly #storePath: string
  readonly #clock: Clock
  #held: FileLock | undefined

  constructor(storePath: string, clock: Clock) {
    this.#storePath = storePath
    this.#clock = clock
  }

  /**
   * Waits while somebody has the store alone. Who is inside already passes at once.
   * @param deadlineMs of `performance.now()`.
   * @throws BehalfError `store-locked` after the deadline, naming who has it; `interrupted`.
   */
  async enter(deadlineMs: number, signal?: AbortSignal): Promise<void> {
    // Somebody may have deleted the file, and others stand at a new one by now.
    if (await this.#held?.isHeld()) return
    const path = gatePathOf(this.#storePath)
    const lock = await acquireFileLock(path, {mode: 'shared', deadlineMs, signal})
    if (lock === undefined) throw lockedStore(this.#storePath, [readLockNoteAt(path)])
    const before = this.#held
    this.#held = lock
    // Loaded now: who only reads does not pass here.
    const {noteGuest} = await import('./gate-guests.js')
    await noteGuest(lock.handle, {pid: process.pid, since: new Date(this.#clock.now()).toISOString()})
    await before?.release()
  }

  /** Idempotent. */
  async leave(): Promise<void> {
    const held = this.#held
    this.#held = undefined
    if (held === undefined) return
    const {removeGuest} = await import('./gate-guests.js')
    await removeGuest(held.handle, process.pid)
    await held.release()
  }
}

/** @param holders those who are known. */
export function lockedStore(path: string, holders: readonly LockNote[]): BehalfError {
  const pids = holders.flatMap(({pid}) => (pid === undefined ? [] : [String(pid)]))
  return new BehalfError('store-locked', `The store ${path} is locked by ${holders.map(describeHolder).join(', ')}`, {
    hint: pids.length === 0 ? 'Try again when it has ended.' : `ps -p ${pids.join(',')}`,
  })
}
