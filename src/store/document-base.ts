import {dirname} from 'node:path'

import {Low} from 'lowdb'

import {BehalfError} from '../model/behalf-error.js'
import type {Clock} from '../model/time.js'
import {DocumentDraft} from './document-draft.js'
import {DocumentFile} from './document-file.js'
import {createEmptyDocument, type StoreDocument} from './document.js'
import {ensurePrivateFolder} from './durable-file.js'
import {SharedGate} from './gate.js'
import {readLockNoteAt} from './file-lock.js'
import {isOldCopy, putAccountsInDoubt} from './old-copy.js'
import {toStorageError} from './storage-error.js'
import type {Keyring, StoreKeys, WrappedKeys} from './store-keys.js'
import {acquireWriteLock, writeLockPathOf, type WriteLock} from './write-lock.js'

/** A change to the document. It may be dropped and run again, and must not wait for anything. */
export type Mutation<T> = (draft: DocumentDraft, keys: StoreKeys) => T

export interface DocumentBaseOptions {
  /** Where symbolic links have been followed. */
  path: string
  keyring: Keyring
  clock: Clock
  /** How long to wait for the write lock. */
  writeWaitMs: number
}

interface Waiting {
  run: (draft: DocumentDraft, keys: StoreKeys) => void
  resolve: () => void
  reject: (error: unknown) => void
}

const isOnlyUnwritable = ({code}: BehalfError): boolean =>
  code === 'store-read-only' || code === 'store-full' || code === 'store-locked'

/** Reads and changes the document. Changes that are asked for together share one write. */
export class DocumentBase {
  readonly path: string
  readonly #file: DocumentFile
  readonly #options: DocumentBaseOptions
  #waiting: Waiting[] = []
  #writing: Promise<void> | undefined
  /** The last document that was seen not to be an old copy. */
  #trusted: StoreDocument | undefined
  readonly #soft: Mutation<void>[] = []
  readonly #gate: SharedGate

  constructor(options: DocumentBaseOptions) {
    this.path = options.path
    this.#options = options
    this.#file = new DocumentFile(options.path)
    this.#gate = new SharedGate(options.path, options.clock)
  }

  /** The document as it is now; an empty one when there is no file. */
  async read(): Promise<StoreDocument> {
    const known = this.#file.unchanged() ?? (await this.#readFile())
    if (known === this.#trusted || known.inode === undefined) return known
    // In this order: a write in between makes the document newer than the note, never older.
    const {sequence} = readLockNoteAt(writeLockPathOf(this.path))
    const document = await this.#readFile()
    if (isOldCopy(document, sequence)) return this.#readOldCopy(document)
    this.#trusted = document
    return document
  }

  /** The document as the last owner of a lock left it, for who has obtained the lock. */
  async readUnderLock(): Promise<StoreDocument> {
    this.#file.lookAgain()
    return this.read()
  }

  /** The document, where it is the one that was read last; nothing is read or waited for. */
  revision(): StoreDocument | undefined {
    const known = this.#file.unchanged()
    return known !== undefined && known === this.#trusted ? known : undefined
  }

  async openKeys(document: StoreDocument): Promise<StoreKeys> {
    if (document.keys !== undefined) return this.#options.keyring.open(document.keys)
    return this.change((draft, keys) => {
      draft.touch()
      return keys
    })
  }

  /** Resolves once the change is durable. A change that throws fails alone; one that changes nothing writes nothing. */
  change<T>(mutation: Mutation<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let result: {value: T} | undefined
      this.#waiting.push({
        run(draft, keys) {
          result = {value: draft.attempt((attempted) => mutation(attempted, keys))}
        },
        resolve() {
          if (result !== undefined) resolve(result.value)
        },
        reject,
      })
      this.#writing ??= this.#writeAll()
    })
  }

  /** Adds a change that is made whenever something is written. */
  rideAlong(mutation: Mutation<void>): void {
    this.#soft.push(mutation)
  }

  /**
   * Lets this process in among those that write, until it closes.
   * @param deadlineMs of `performance.now()`.
   * @throws BehalfError `store-locked` while somebody has the store alone; `interrupted`.
   */
  enterGate(deadlineMs: number, signal?: AbortSignal): Promise<void> {
    return this.#gate.enter(deadlineMs, signal)
  }

  async close(): Promise<void> {
    await this.#writing
    await this.#gate.leave()
    await this.#file.close()
  }

  async #readFile(): Promise<StoreDocument> {
    return (await this.#file.read()) ?? createEmptyDocument()
  }

  /** Notes the doubt in the store, so that it is noticed once; where nothing can be written, for this reading alone. */
  async #readOldCopy(document: StoreDocument): Promise<StoreDocument> {
    try {
      await this.change(() => undefined)
      return await this.#readFile()
    } catch (error) {
      if (!(error instanceof BehalfError) || !isOnlyUnwritable(error)) throw error
      const draft = new DocumentDraft(document)
      putAccountsInDoubt(draft, this.#options.clock.moment())
      return {...document, sections: draft.sections()}
    }
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
        const db = new Low<StoreDocument>(this.#file, createEmptyDocument())
        await db.read()
        const {wrapped, keys} = await this.#keysOf(db.data)
        batch = this.#waiting.splice(0)
        const draft = new DocumentDraft(db.data)
        if (isOldCopy(db.data, lock.notedSequence)) putAccountsInDoubt(draft, this.#options.clock.moment())
        batch = runEach(batch, draft, keys)
        for (const change of this.#soft) change(draft, keys)
        if (draft.hasChanged) await this.#save(db, draft, wrapped, lock)
      } finally {
        await lock.release()
      }
      for (const waiting of batch) waiting.resolve()
    } catch (error) {
      for (const waiting of batch ?? this.#waiting.splice(0)) waiting.reject(error)
    }
  }

  async #lock(): Promise<WriteLock> {
    try {
      await ensurePrivateFolder(dirname(this.path))
    } catch (error) {
      throw toStorageError(error, 'write', this.path)
    }
    const deadlineMs = performance.now() + this.#options.writeWaitMs
    await this.enterGate(deadlineMs)
    return acquireWriteLock(this.path, deadlineMs, this.#options.clock.now())
  }

  async #keysOf({keys: wrapped}: StoreDocument): Promise<{wrapped: WrappedKeys; keys: StoreKeys}> {
    if (wrapped === undefined) return this.#options.keyring.create()
    return {wrapped, keys: await this.#options.keyring.open(wrapped)}
  }

  async #save(db: Low<StoreDocument>, draft: DocumentDraft, keys: WrappedKeys, lock: WriteLock): Promise<void> {
    const sequence = Math.max(draft.base.sequence, lock.notedSequence ?? 0) + 1
    const writtenAt = this.#options.clock.now()
    const {flowsCollectedAt} = draft
    db.data = {...draft.base, keys, sequence, writtenAt, flowsCollectedAt, sections: draft.sections()}
    if (draft.withheldAccounts.size === 0) await db.write()
    else await this.#file.writeWithBackup(db.data, withoutAccounts(draft.base, draft.withheldAccounts))
    await lock.noteSequence(sequence)
  }
}

/** Rejects those that throw and returns the others. */
function runEach(batch: Waiting[], draft: DocumentDraft, keys: StoreKeys): Waiting[] {
  return batch.filter((waiting) => {
    try {
      waiting.run(draft, keys)
      return true
    } catch (error) {
      waiting.reject(error)
      return false
    }
  })
}

function withoutAccounts(document: StoreDocument, keys: ReadonlySet<string>): StoreDocument {
  const accounts = new Map(document.sections.accounts)
  for (const key of keys) accounts.delete(key)
  return {...document, sections: {...document.sections, accounts}}
}
