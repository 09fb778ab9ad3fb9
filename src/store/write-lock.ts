import {BehalfError} from '../model/behalf-error.js'
import type {EpochMs} from '../model/time.js'
import {
  acquireFileLock,
  describeHolder,
  readLockNote,
  readLockNoteAt,
  writeLockNote,
  type FileLock,
} from './file-lock.js'
import type {LockMode} from './kernel-lock.js'

export const writeLockPathOf = (path: string): string => `${path}.lock`
export const gatePathOf = (path: string): string => `${path}.gate`

/** Held for re-read, write, fsync and rename; never over the network. */
export interface WriteLock {
  /** The sequence of the last document written by anyone, if it is known. */
  readonly notedSequence: number | undefined
  /** Called once the document is durable: a note that is behind raises no false alarm, one that is ahead would. */
  noteSequence(sequence: number): Promise<void>
  release(): Promise<void>
}

/** @throws BehalfError `store-locked` after `waitMs`, naming the holder. */
export async function acquireWriteLock(path: string, waitMs: number, now: EpochMs): Promise<WriteLock> {
  const deadlineMs = performance.now() + waitMs
  const gate = await acquireGate(path, deadlineMs)
  try {
    const lock = await acquireOrExplain(writeLockPathOf(path), 'exclusive', deadlineMs, path)
    return await toWriteLock(lock, gate, now)
  } catch (error) {
    await gate.release()
    throw error
  }
}

/**
 * Every process that writes holds the gate shared; whoever needs the store alone takes it exclusively.
 * @throws BehalfError `store-locked` after the deadline, naming the holder.
 */
export const acquireGate = (path: string, deadlineMs: number, signal?: AbortSignal): Promise<FileLock> =>
  acquireOrExplain(gatePathOf(path), 'shared', deadlineMs, path, signal)

async function acquireOrExplain(
  lockPath: string,
  mode: LockMode,
  deadlineMs: number,
  path: string,
  signal?: AbortSignal,
): Promise<FileLock> {
  const lock = await acquireFileLock(lockPath, {mode, deadlineMs, signal})
  if (lock !== undefined) return lock
  const note = readLockNoteAt(lockPath)
  throw new BehalfError('store-locked', `The store ${path} is locked by ${describeHolder(note)}`, {
    hint: note.pid === undefined ? 'Try again when it has ended.' : `ps -p ${String(note.pid)}`,
  })
}

async function toWriteLock(lock: FileLock, gate: FileLock, now: EpochMs): Promise<WriteLock> {
  const release = async (): Promise<void> => {
    await lock.release()
    await gate.release()
  }
  try {
    const {sequence} = await readLockNote(lock.handle)
    const holder = {pid: process.pid, since: new Date(now).toISOString()}
    await writeLockNote(lock.handle, {...holder, ...(sequence !== undefined && {sequence})})
    return {
      notedSequence: sequence,
      noteSequence: (written) => writeLockNote(lock.handle, {...holder, sequence: written}),
      release,
    }
  } catch (error) {
    await release()
    throw error
  }
}
