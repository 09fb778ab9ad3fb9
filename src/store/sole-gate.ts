import type {EpochMs} from '../model/time.js'
import {acquireFileLock, readLockNoteAt, writeLockNote, type FileLock} from './file-lock.js'
import {listGuests} from './gate-guests.js'
import {gatePathOf, lockedStore} from './gate.js'

/**
 * Has a JSON store alone: no process that writes is at it, and none comes in. The folder is there.
 * @throws BehalfError `store-locked` after `waitMs`, naming those who are.
 */
export async function acquireSoleGate(storePath: string, waitMs: number, now: EpochMs): Promise<FileLock> {
  const path = gatePathOf(storePath)
  const lock = await acquireFileLock(path, {mode: 'exclusive', deadlineMs: performance.now() + waitMs})
  if (lock === undefined) {
    const guests = await listGuests(path)
    throw lockedStore(storePath, guests.length > 0 ? guests : [readLockNoteAt(path)])
  }
  // What killed processes left behind: the kernel says that none of them is there.
  await lock.handle.truncate(0)
  await writeLockNote(lock.handle, {pid: process.pid, since: new Date(now).toISOString()})
  return lock
}
