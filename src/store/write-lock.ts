import type {EpochMs} from '../model/time.js'
import {acquireFileLock, readLockNote, readLockNoteAt, writeLockNote, type FileLock} from './file-lock.js'
import {lockedStore} from './gate.js'

export const writeLockPathOf = (path: string): string => `${path}.lock`

/** Held for re-read, write, fsync and rename; never over the network. */
export interface WriteLock {
  /** The sequence of the last document written by anyone, if it is known. */
  readonly notedSequence: number | undefined
  /** Called once the document is durable: a note that is behind raises no false alarm, one that is ahead would. */
  noteSequence(sequence: number): Promise<void>
  release(): Promise<void>
}

/**
 * Who asks has been let in at the gate.
 * @param deadlineMs of `performance.now()`.
 * @throws BehalfError `store-locked` after it, naming the holder.
 */
export async function acquireWriteLock(path: string, deadlineMs: number, now: EpochMs): Promise<WriteLock> {
  const lockPath = writeLockPathOf(path)
  const lock = await acquireFileLock(lockPath, {mode: 'exclusive', deadlineMs})
  if (lock !== undefined) return toWriteLock(lock, now)
  throw lockedStore(path, [readLockNoteAt(lockPath)])
}

async function toWriteLock(lock: FileLock, now: EpochMs): Promise<WriteLock> {
  try {
    const {sequence} = await readLockNote(lock.handle)
    const holder = {pid: process.pid, since: new Date(now).toISOString()}
    await writeLockNote(lock.handle, {...holder, ...(sequence !== undefined && {sequence})})
    return {
      notedSequence: sequence,
      noteSequence: (written) => writeLockNote(lock.handle, {...holder, sequence: written}),
      release: () => lock.release(),
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}
