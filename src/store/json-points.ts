import {join} from 'node:path'

import {BehalfError} from '../model/behalf-error.js'
import type {PointsRecord} from '../model/points.js'
import {ensurePrivateFolder} from './durable-file.js'
import {acquireAtDoor, readLockNote, readLockNoteAt, writeLockNote, type FileLock} from './file-lock.js'
import {lockedStore} from './gate.js'
import {groupItems} from './group-items.js'
import {PointsDraft} from './points-draft.js'
import {readAll, readHistory, readUserHistory} from './points-history.js'
import {PointsLedger} from './points-ledger.js'
import {unfitChange} from './points-record.js'
import {pointsFolderOf} from './points-segment.js'
import {toStorageError} from './storage-error.js'
import type {PointsStore} from './store.js'

export interface JsonPointsOptions {
  storePath: string
  /** How long a change waits for those of other processes. */
  writeWaitMs: number
  /** Lets this process in among those that write. @param deadlineMs of `performance.now()`. */
  enterGate: (deadlineMs: number) => Promise<void>
  /** Throws where the store cannot be used. */
  checkStore: () => Promise<unknown>
  /** The same, and makes the store where there is none: its first write may be one of points. */
  makeStore: () => Promise<unknown>
  /** How much is appended before a new segment is begun. */
  segmentBytes?: number
}

interface Waiting {
  run: (draft: PointsDraft) => void
  resolve: () => void
  reject: (error: unknown) => void
}

const SEGMENT_BYTES = 1024 * 1024
/** How many changes of another ledger are taken over in one write. */
const TAKEN_TOGETHER = 1000

export const pointsLockPathOf = (storePath: string): string => join(pointsFolderOf(storePath), 'lock')

/** The ledger of points beside a JSON store (docs/decisions/0040-the-points-ledger.md). */
export function createJsonPoints(options: JsonPointsOptions): PointsStore {
  const {storePath, checkStore} = options
  const folder = pointsFolderOf(storePath)
  const ledger = new PointsLedger(folder)
  const commits = new LedgerCommits(ledger, options)
  return {
    change: (request) => commits.add((draft) => draft.change(request)),
    async balance(user) {
      await checkStore()
      return ledger.read().standing(user)?.points
    },
    async top(limit) {
      await checkStore()
      return ledger.read().top(limit)
    },
    async history({user, ...page}) {
      await checkStore()
      if (user === undefined) return readHistory(folder, page)
      const last = ledger.read().standing(user)?.last
      return last === undefined ? [] : readUserHistory(folder, last, page)
    },
    async *all() {
      await checkStore()
      yield* readAll(folder)
    },
    async take(records) {
      for await (const some of groupItems(records, TAKEN_TOGETHER)) await commits.add((draft) => takeOver(draft, some))
    },
    async close() {
      await commits.finish()
      ledger.close()
    },
  }
}

/** Changes that are asked for together share one write. */
class LedgerCommits {
  readonly #ledger: PointsLedger
  readonly #options: JsonPointsOptions
  #waiting: Waiting[] = []
  #writing: Promise<void> | undefined

  constructor(ledger: PointsLedger, options: JsonPointsOptions) {
    this.#ledger = ledger
    this.#options = options
  }

  /** Resolves once what `make` added is durable. When `make` throws, it fails alone. */
  add<T>(make: (draft: PointsDraft) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let result: {value: T} | undefined
      this.#waiting.push({
        run(draft) {
          result = {value: make(draft)}
        },
        resolve() {
          if (result !== undefined) resolve(result.value)
        },
        reject,
      })
      this.#writing ??= this.#writeAll()
    })
  }

  async finish(): Promise<void> {
    await this.#writing
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) await this.#writeTogether()
    this.#writing = undefined
  }

  /** Never rejects: whoever waits is told. */
  async #writeTogether(): Promise<void> {
    let batch: Waiting[] | undefined
    try {
      const lock = await this.#lock()
      try {
        await this.#makeRoom()
        batch = this.#waiting.splice(0)
        batch = await this.#write(batch, lock)
      } finally {
        await lock.release()
      }
      for (const waiting of batch) waiting.resolve()
    } catch (error) {
      for (const waiting of batch ?? this.#waiting.splice(0)) waiting.reject(error)
    }
  }

  /** Returns those that were made. */
  async #write(batch: Waiting[], lock: FileLock): Promise<Waiting[]> {
    const {sequence = 0} = await readLockNote(lock.handle)
    const holder = {pid: process.pid, since: new Date().toISOString()}
    await writeLockNote(lock.handle, {...holder, sequence})
    const end = this.#ledger.end()
    if (end === undefined) throw new BehalfError('internal', 'A ledger without a segment was about to be written')
    const draft = new PointsDraft(this.#ledger.read(), end, sequence)
    const made = runEach(batch, draft)
    if (draft.text !== '') {
      await this.#ledger.append(draft.text)
      await writeLockNote(lock.handle, {...holder, sequence: draft.sequence})
    }
    return made
  }

  /** The first segment, or the next when there is more to read in this one than in its beginning. */
  async #makeRoom(): Promise<void> {
    const {segmentBytes = SEGMENT_BYTES} = this.#options
    const end = this.#ledger.end()
    if (end === undefined) return this.#ledger.beginSegment()
    if (end.changeBytes < Math.max(segmentBytes, 2 * end.headBytes)) return
    // What there is can be appended to for as long as need be.
    await this.#ledger.beginSegment().catch(() => undefined)
  }

  async #lock(): Promise<FileLock> {
    const {storePath, writeWaitMs, enterGate, makeStore} = this.#options
    const deadlineMs = performance.now() + writeWaitMs
    const path = pointsLockPathOf(storePath)
    try {
      await ensurePrivateFolder(pointsFolderOf(storePath))
    } catch (error) {
      throw toStorageError(error, 'write', path)
    }
    await enterGate(deadlineMs)
    await makeStore()
    const lock = await acquireAtDoor(path, {mode: 'exclusive', deadlineMs})
    if (lock === undefined) throw lockedStore(storePath, [readLockNoteAt(path)])
    return lock
  }
}

/** Rejects those that throw and returns the others. */
function runEach(batch: Waiting[], draft: PointsDraft): Waiting[] {
  return batch.filter((waiting) => {
    try {
      waiting.run(draft)
      return true
    } catch (error) {
      waiting.reject(error)
      return false
    }
  })
}

function takeOver(draft: PointsDraft, records: readonly PointsRecord[]): void {
  for (const record of records) {
    if (record.sequence <= draft.sequence) continue
    if (draft.balanceOf(record.user) + record.change !== record.points) throw unfitChange(record.sequence)
    draft.add(record)
  }
}
