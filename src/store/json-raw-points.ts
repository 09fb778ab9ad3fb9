import {rename, rm} from 'node:fs/promises'
import {dirname} from 'node:path'

import {SECOND_MS} from '../model/time.js'
import {syncFolder} from './durable-file.js'
import {createJsonPoints} from './json-points.js'
import {listSegments, pointsFolderOf} from './points-segment.js'
import {readRawPoints, toPointsRecords} from './raw-points.js'
import type {RawRecord} from './raw-store.js'
import {isErrno, toStorageError} from './storage-error.js'
import type {PointsStore} from './store.js'

const WRITE_WAIT_MS = 5 * SECOND_MS

/** The ledger of a JSON store, as records. */
export class JsonRawPoints {
  readonly #storePath: string
  readonly #folder: string

  constructor(storePath: string) {
    this.#storePath = storePath
    this.#folder = pointsFolderOf(storePath)
  }

  /** Another ledger, which belongs to nothing yet. */
  beside(name: string): JsonRawPoints {
    return new JsonRawPoints(`${this.#storePath}.${name}`)
  }

  isThere(): boolean {
    return listSegments(this.#folder).length > 0
  }

  async *list(): AsyncGenerator<RawRecord> {
    if (!this.isThere()) return
    const ledger = this.#open()
    try {
      yield* readRawPoints(ledger)
    } finally {
      await ledger.close()
    }
  }

  /** None of them makes no ledger. */
  async take(records: AsyncIterable<RawRecord>): Promise<void> {
    const ledger = this.#open()
    try {
      await ledger.take(toPointsRecords(records))
    } finally {
      await ledger.close()
    }
  }

  async clear(): Promise<void> {
    try {
      await rm(this.#folder, {recursive: true, force: true})
    } catch (error) {
      throw toStorageError(error, 'write', this.#folder)
    }
  }

  /** The other ledger takes the place of this one, which is kept beside it. Can be repeated. */
  async replaceBy(other: JsonRawPoints): Promise<void> {
    const kept = `${this.#folder}.bak`
    try {
      if (this.isThere()) {
        await rm(kept, {recursive: true, force: true})
        await rename(this.#folder, kept)
      }
      await rename(other.#folder, this.#folder).catch((error: unknown) => {
        if (!isErrno(error, 'ENOENT')) throw error
      })
      await syncFolder(dirname(this.#folder))
    } catch (error) {
      throw toStorageError(error, 'write', this.#folder)
    }
  }

  /** The gate is held by who has the store. */
  #open(): PointsStore {
    return createJsonPoints({
      storePath: this.#storePath,
      writeWaitMs: WRITE_WAIT_MS,
      enterGate: () => Promise.resolve(),
      checkStore: () => Promise.resolve(),
      makeStore: () => Promise.resolve(),
    })
  }
}
