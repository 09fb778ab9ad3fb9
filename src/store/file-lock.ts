import {closeSync, constants, openSync, readSync} from 'node:fs'
import {open, stat, unlink, type FileHandle} from 'node:fs/promises'
import {setTimeout as wait} from 'node:timers/promises'

import {BehalfError} from '../model/behalf-error.js'
import {loadKernelLock, type KernelLock, type LockMode} from './kernel-lock.js'
import {isErrno, toStorageError} from './storage-error.js'

/** What a lock file says, for messages alone: the kernel knows who holds it. */
export interface LockNote {
  pid?: number
  /** ISO 8601. */
  since?: string
  /** In the write lock: the sequence of the last document written. */
  sequence?: number
}

export interface FileLock {
  readonly path: string
  readonly handle: FileHandle
  /** Whether the path still leads to the locked file: someone may have deleted it by hand. */
  isHeld(): Promise<boolean>
  /** Deletes the lock file while it is still held. */
  unlink(): Promise<void>
  /** Idempotent. */
  release(): Promise<void>
}

const MIN_RETRY_MS = 5
const MAX_RETRY_MS = 50
const NOTE_BYTES = 256

export interface LockRequest {
  mode: LockMode
  /**
   * On `performance.now()`'s scale: locks are waited for in real time, for those who hold them
   * are other processes, whom no handed-in clock reaches.
   */
  deadlineMs: number
  signal?: AbortSignal | undefined
  /** The longest pause between two attempts. */
  maxRetryMs?: number
}

/** Undefined when someone else held it until the deadline. It is tried once even after the deadline. */
export async function acquireFileLock(
  path: string,
  request: LockRequest,
  kernelLock?: KernelLock,
): Promise<FileLock | undefined> {
  try {
    const kernel = kernelLock ?? (await loadKernelLock())
    for (;;) {
      const handle = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600)
      const outcome = await waitForLock(handle, path, request, kernel).catch(async (error: unknown) => {
        await handle.close()
        throw error
      })
      if (outcome === 'held') return toFileLock(path, handle)
      await handle.close()
      if (outcome === 'timed-out') return undefined
    }
  } catch (error) {
    throw toStorageError(error, 'lock', path)
  }
}

/**
 * As {@link acquireFileLock}, for a lock that many want all the time: one waits at the door, in a file of its own, and is
 * next. Without that, who lets go of the lock and wants it again would have it before any of those who sleep between two
 * attempts.
 */
export async function acquireAtDoor(path: string, request: LockRequest): Promise<FileLock | undefined> {
  const door = await acquireFileLock(`${path}.next`, request)
  if (door === undefined) return undefined
  try {
    return await acquireFileLock(path, {...request, maxRetryMs: MIN_RETRY_MS})
  } finally {
    await door.release()
  }
}

/**
 * Waits for its turn among all who ask with this path.
 * @returns what ends the turn, and takes the file away.
 * @throws BehalfError `store-locked` when it does not come in time.
 */
export async function takeTurn(path: string, waitMs: number): Promise<() => Promise<void>> {
  const lock = await acquireFileLock(path, {mode: 'exclusive', deadlineMs: performance.now() + waitMs})
  if (lock === undefined) throw new BehalfError('store-locked', `${path} is locked by another process`)
  return async () => {
    await lock.unlink()
    await lock.release()
  }
}

/** `replaced`: the lock was obtained on a file that the path does not name any more. */
async function waitForLock(
  handle: FileHandle,
  path: string,
  {mode, deadlineMs, signal, maxRetryMs = MAX_RETRY_MS}: LockRequest,
  kernelLock: KernelLock,
): Promise<'held' | 'replaced' | 'timed-out'> {
  for (;;) {
    if (await kernelLock.tryLock(handle.fd, mode)) return (await isSameFile(handle, path)) ? 'held' : 'replaced'
    if (signal?.aborted) throw new BehalfError('interrupted', `Interrupted while waiting for ${path}`)
    if (performance.now() >= deadlineMs) return 'timed-out'
    await wait(MIN_RETRY_MS + Math.random() * (maxRetryMs - MIN_RETRY_MS))
  }
}

function toFileLock(path: string, handle: FileHandle): FileLock {
  let released = false
  return {
    path,
    handle,
    isHeld: async () => !released && (await isSameFile(handle, path)),
    async unlink() {
      if (!released && (await isSameFile(handle, path))) await unlink(path)
    },
    async release() {
      if (released) return
      released = true
      await handle.close()
    },
  }
}

async function isSameFile(handle: FileHandle, path: string): Promise<boolean> {
  const held = await handle.stat({bigint: true})
  try {
    const named = await stat(path, {bigint: true})
    return held.dev === named.dev && held.ino === named.ino
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false
    throw error
  }
}

/** A note that cannot be read says nothing. */
export async function readLockNote(handle: FileHandle): Promise<LockNote> {
  const {buffer, bytesRead} = await handle.read(Buffer.alloc(NOTE_BYTES), 0, NOTE_BYTES, 0)
  return parseNote(buffer.toString('utf8', 0, bytesRead))
}

/** The note of a lock that someone else holds, or of one that nobody has made yet. Synchronous, as it precedes reads. */
export function readLockNoteAt(path: string): LockNote {
  try {
    const fd = openSync(path, 'r')
    try {
      const buffer = Buffer.alloc(NOTE_BYTES)
      return parseNote(buffer.toString('utf8', 0, readSync(fd, buffer, 0, NOTE_BYTES, 0)))
    } finally {
      closeSync(fd)
    }
  } catch {
    return {}
  }
}

function parseNote(text: string): LockNote {
  try {
    const note: unknown = JSON.parse(text)
    return typeof note === 'object' && note !== null ? pickNote(note) : {}
  } catch {
    return {}
  }
}

/** One write of fixed length. A note that cannot be written is lost, and the lock works all the same. */
export async function writeLockNote(handle: FileHandle, note: LockNote): Promise<void> {
  const line = `${JSON.stringify(note).padEnd(NOTE_BYTES - 1)}\n`
  await handle.write(line, 0).catch(() => undefined)
}

function pickNote(note: object): LockNote {
  const {pid, since, sequence} = note as Record<string, unknown>
  return {
    ...(typeof pid === 'number' && {pid}),
    ...(typeof since === 'string' && {since}),
    ...(typeof sequence === 'number' && {sequence}),
  }
}

/** `process 4711 since 2027-01-15T08:00:00.000Z`, as far as it is known. */
export function describeHolder({pid, since}: LockNote): string {
  if (pid === undefined) return 'another process'
  return `process ${String(pid)}${since === undefined ? '' : ` since ${since}`}`
}
