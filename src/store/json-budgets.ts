import {createHash} from 'node:crypto'
import {closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, statSync, writeSync} from 'node:fs'
import {join} from 'node:path'

import {SECOND_MS} from '../model/time.js'
import type {BudgetChange, BudgetRecord, BudgetStore} from './budget-store.js'
import {ensurePrivateFolder} from './durable-file.js'
import {acquireFileLock} from './file-lock.js'
import {loadKernelLock} from './kernel-lock.js'
import {isErrno} from './storage-error.js'
import {TurnQueue} from './turn-queue.js'

/** A budget is held for less than a millisecond, unless its holder has been suspended. */
const LOCK_WAIT_MS = SECOND_MS
/** Enough for ten thousand requests under way, or for an account that writes to a hundred channels a second. */
const MAX_BYTES = 256 * 1024
const MAX_SPARE_BYTES = 16 * 1024
/** Where a budget could not be shared, it is tried again then: a daemon lives for months. */
const UNSHARED_MS = SECOND_MS

/** A file that is open, and ours. */
interface Held {
  fd: number
  release: () => Promise<void> | void
}

/**
 * A file for each budget, in a folder beside the store: `store.json.rates/<sha256 of the key>`. It is written in place
 * while it is locked, for nobody reads it without the lock, and not fsynced: a power cut takes longer than a refill.
 * Each step of a `FileHandle` goes through another thread, which takes ten times as long as what is done there; so a file
 * that is in memory and that nobody else holds is changed at once.
 */
export function createJsonBudgets<B>(storePath: string, record: BudgetRecord<B>): BudgetStore<B> {
  const folder = `${storePath}.rates`
  const turns = new TurnQueue()
  /** What this process knows of budgets that could not be shared, and until when it does not try again. */
  const unshared = new Map<string, {budget: B | undefined; untilMs: number}>()
  const keepHere = (key: string, budget: B): void => {
    unshared.set(key, {budget, untilMs: performance.now() + UNSHARED_MS})
  }

  return {
    async update(key, change) {
      // Two descriptors of one process exclude each other too, and would wait for one another in steps.
      const endTurn = await turns.take(key, performance.now() + LOCK_WAIT_MS)
      try {
        const path = join(folder, createHash('sha256').update(key, 'utf8').digest('hex'))
        const known = unshared.get(key)
        const isTried = known === undefined || known.untilMs <= performance.now()
        const held = isTried ? ((await tryAtOnce(path)) ?? (await acquire(folder, path))) : undefined
        if (held !== undefined) {
          unshared.delete(key)
          return await updateFile(held, record, change, (budget) => keepHere(key, budget))
        }
        const {budget, result} = change(known?.budget)
        if (isTried) keepHere(key, budget)
        else unshared.set(key, {...known, budget})
        return result
      } finally {
        endTurn?.()
      }
    },
  }
}

/** Undefined where somebody else holds it, and where it is not to be had. */
async function tryAtOnce(path: string): Promise<Held | undefined> {
  try {
    const kernel = await loadKernelLock()
    const fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600)
    const release = (): void => closeSync(fd)
    const isOurs = await kernel.tryLock(fd, 'exclusive').catch(() => false)
    if (isOurs && isAt(fd, path)) return {fd, release}
    release()
  } catch {
    // What is in the way is found out by who waits for it.
  }
  return undefined
}

function isAt(fd: number, path: string): boolean {
  const held = fstatSync(fd, {bigint: true})
  const named = statSync(path, {bigint: true, throwIfNoEntry: false})
  return held.dev === named?.dev && held.ino === named.ino
}

/** Undefined where it cannot be had. */
async function acquire(folder: string, path: string): Promise<Held | undefined> {
  const request = {mode: 'exclusive', deadlineMs: performance.now() + LOCK_WAIT_MS} as const
  try {
    const lock = await acquireFileLock(path, request).catch(async (error: unknown) => {
      if (!(error instanceof Error && isErrno(error.cause, 'ENOENT'))) throw error
      await ensurePrivateFolder(folder)
      return acquireFileLock(path, request)
    })
    return lock && {fd: lock.handle.fd, release: () => lock.release()}
  } catch {
    return undefined
  }
}

async function updateFile<B, T>(
  held: Held,
  record: BudgetRecord<B>,
  change: BudgetChange<B, T>,
  keepHere: (budget: B) => unknown,
): Promise<T> {
  try {
    const kept = read(held.fd)
    const {budget, result} = change(record.parse(kept.text))
    try {
      write(held.fd, record.format(budget), kept.bytes)
    } catch {
      keepHere(budget)
    }
    return result
  } finally {
    // What cannot be closed is not to end who asked for a budget.
    await Promise.resolve()
      .then(() => held.release())
      .catch(() => undefined)
  }
}

function read(fd: number): {text: string; bytes: number} {
  try {
    const {size} = fstatSync(fd)
    if (size > MAX_BYTES) return {text: '', bytes: size}
    const buffer = Buffer.allocUnsafe(size)
    return {text: buffer.toString('utf8', 0, readSync(fd, buffer, 0, size, 0)), bytes: size}
  } catch {
    return {text: '', bytes: 0}
  }
}

/** One write. @param bytes how long the file is: what is a little shorter is filled up with spaces, which JSON allows. */
function write(fd: number, text: string, bytes: number): void {
  const needed = Buffer.byteLength(text)
  const spare = bytes - needed
  if (needed <= MAX_BYTES) writeSync(fd, spare > 0 && spare <= MAX_SPARE_BYTES ? text + ' '.repeat(spare) : text, 0)
  if (needed > MAX_BYTES || spare > MAX_SPARE_BYTES) ftruncateSync(fd, needed > MAX_BYTES ? 0 : needed)
}
