import {createHash} from 'node:crypto'
import {join} from 'node:path'

import type {AccountKey} from '../model/account.js'
import {BehalfError} from '../model/behalf-error.js'
import type {Clock} from '../model/time.js'
import type {DocumentBase} from './document-base.js'
import {ensurePrivateFolder} from './durable-file.js'
import {acquireFileLock, describeHolder, readLockNoteAt, writeLockNote} from './file-lock.js'
import {toStorageError} from './storage-error.js'
import type {TurnQueue} from './turn-queue.js'

/** An account's lock among all processes. */
export interface HeldAccountLock {
  isHeld(): Promise<boolean>
  /** The lock file of an account that is gone is deleted when the lock is released. */
  deleteOnRelease(): void
  /** Idempotent. */
  release(): Promise<void>
}

/**
 * First in line in this process, then the gate, then the lock file.
 * @throws BehalfError `lock-timeout` naming the holder; `interrupted` when the signal fires first.
 */
export async function acquireAccountLock(
  base: Pick<DocumentBase, 'path' | 'enterGate'>,
  key: AccountKey,
  turns: TurnQueue,
  clock: Clock,
  {waitMs, signal}: {waitMs: number; signal?: AbortSignal},
): Promise<HeldAccountLock> {
  const deadlineMs = performance.now() + waitMs
  const folder = `${base.path}.locks`
  const path = join(folder, createHash('sha256').update(key, 'utf8').digest('hex'))
  if (signal?.aborted) throw explainTimeout(path, key, signal)
  const endTurn = await turns.take(key, deadlineMs, signal)
  if (endTurn === undefined) throw explainTimeout(path, key, signal)
  const releases: (() => unknown)[] = [endTurn]
  const release = async (): Promise<void> => {
    for (const undo of releases.splice(0).reverse()) await undo()
  }
  try {
    await ensurePrivateFolder(folder).catch((error: unknown) => {
      throw toStorageError(error, 'lock', folder)
    })
    await base.enterGate(deadlineMs, signal)
    const lock = await acquireFileLock(path, {mode: 'exclusive', deadlineMs, signal})
    if (lock === undefined) throw explainTimeout(path, key, signal)
    releases.push(() => lock.release())
    await writeLockNote(lock.handle, {pid: process.pid, since: new Date(clock.now()).toISOString()})
    return {
      isHeld: () => lock.isHeld(),
      // A lock file that stays is in nobody's way.
      deleteOnRelease: () => releases.push(() => lock.unlink().catch(() => undefined)),
      release,
    }
  } catch (error) {
    await release()
    throw error
  }
}

function explainTimeout(path: string, key: AccountKey, signal: AbortSignal | undefined): BehalfError {
  if (signal?.aborted) return new BehalfError('interrupted', `Interrupted while waiting for the lock of ${key}`)
  const note = readLockNoteAt(path)
  const holder = describeHolder(note)
  return new BehalfError('lock-timeout', `The account ${key} is in use by ${holder}, which did not finish in time`, {
    hint: note.pid === undefined ? 'Try again when it has ended.' : `ps -p ${String(note.pid)}`,
  })
}
