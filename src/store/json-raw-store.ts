import {readFile, stat} from 'node:fs/promises'
import {dirname} from 'node:path'

import {BehalfError} from '../model/behalf-error.js'
import {quoteWord} from '../model/shell-words.js'
import {SECOND_MS, type Clock} from '../model/time.js'
import {backupPathOf, IMPORT_ID} from './document-errors.js'
import {DocumentDraft} from './document-draft.js'
import {DocumentFile} from './document-file.js'
import {
  createEmptyDocument,
  mapSections,
  parseAnyDocument,
  SECTION_NAMES,
  type Sections,
  type StoreDocument,
} from './document.js'
import {ensurePrivateFolder} from './durable-file.js'
import {readLockNoteAt, type FileLock} from './file-lock.js'
import {isOldCopy, putAccountsInDoubt} from './old-copy.js'
import {JsonRawPoints} from './json-raw-points.js'
import {JsonRawRefreshes} from './json-raw-refreshes.js'
import type {RawContent, RawHead, RawMove, RawRecord, RawRecords, RawState, RawStore} from './raw-store.js'
import {acquireSoleGate} from './sole-gate.js'
import {isErrno, toStorageError} from './storage-error.js'
import {resolveStorePath} from './store-path.js'
import {acquireWriteLock, writeLockPathOf} from './write-lock.js'

/** Who reads on while somebody has the gate takes no write lock, but for the moment of noting a doubt. */
const WRITE_WAIT_MS = 5 * SECOND_MS
/** A backup is never the file that it says it was written to. */
const NO_INODE = '0'

/** @throws BehalfError `configuration` when the path cannot be that of a file. */
export async function openJsonRawStore(path: string, clock: Clock): Promise<RawStore> {
  return new JsonRawStore(await resolveStorePath(path), clock)
}

class JsonRawStore implements RawStore {
  readonly location: string
  readonly #clock: Clock
  readonly #file: DocumentFile
  readonly #refreshes: JsonRawRefreshes
  readonly #points: JsonRawPoints
  #gate: FileLock | undefined

  constructor(path: string, clock: Clock) {
    this.location = path
    this.#clock = clock
    this.#file = new DocumentFile(path)
    this.#refreshes = new JsonRawRefreshes(path)
    this.#points = new JsonRawPoints(path)
  }

  async claim(waitMs: number): Promise<void> {
    try {
      await ensurePrivateFolder(dirname(this.location))
    } catch (error) {
      throw toStorageError(error, 'write', this.location)
    }
    this.#gate = await acquireSoleGate(this.location, waitMs, this.#clock.now())
  }

  async readState(): Promise<RawState> {
    const document = await this.#read()
    if (document === undefined) return {kind: 'empty'}
    const {move} = document
    return move ?? {kind: isEmpty(document) && !this.#points.isThere() ? 'empty' : 'live'}
  }

  async readHead(): Promise<RawHead> {
    const {keys, writtenAt, flowsCollectedAt} = await this.#readRecords()
    if (keys === undefined || writtenAt === undefined)
      throw new BehalfError('internal', 'A store without keys was read')
    return {keys, writtenAt, flowsCollectedAt}
  }

  async *records(): AsyncIterable<RawRecord> {
    const {sections} = await this.#readRecords()
    for (const section of SECTION_NAMES) {
      for (const [key, value] of sections[section]) yield {section, key, value}
    }
    yield* this.#refreshes.list(sections.accounts.keys())
    yield* this.#points.list()
  }

  async stage({id, other}: RawMove, content: RawContent): Promise<void> {
    await this.#refreshes.clear()
    await this.#points.clear()
    const sections = await this.#take(content, this.#points)
    const {head} = content
    await this.#write({...createEmptyDocument(), ...head, sections, move: {kind: 'incoming', id, other}}, 'previous')
  }

  async activate(): Promise<void> {
    const {move: _, ...document} = await this.#readRecords()
    await this.#write(document, 'same')
  }

  async retire({id, other}: RawMove): Promise<void> {
    if ((await this.readState()).kind === 'moved') return
    const document = await this.#readRecords()
    // Its backup too: put back, it would be a second store with the same tokens.
    await this.#write({...document, move: {kind: 'moved', id, other}}, 'same')
  }

  async replace(content: RawContent): Promise<void> {
    const incoming = this.#points.beside('incoming')
    await incoming.clear()
    const document = {...createEmptyDocument(), ...content.head, sections: await this.#take(content, incoming)}
    if (!incoming.isThere() && !this.#points.isThere()) {
      await this.#write(document, 'previous')
      return
    }
    // Two things cannot be replaced at one moment: in between nobody uses them.
    await this.#write({...document, move: {kind: 'incoming', id: IMPORT_ID, other: 'an export'}}, 'previous')
    await this.#points.replaceBy(incoming)
    await this.activate()
  }

  async rewrite(head: RawHead, change: (record: RawRecord) => unknown): Promise<number> {
    const document = await this.#readRecords()
    const {sections} = document
    const changed = mapSections(
      (section) =>
        new Map(Array.from(sections[section], ([key, value]) => [key, change({section, key, value})] as const)),
    )
    await this.#write({...document, ...head, sections: changed}, 'same')
    for await (const record of this.#refreshes.list(sections.accounts.keys())) {
      await this.#refreshes.put({...record, value: change(record)})
    }
    return 0
  }

  async writeHead(head: RawHead): Promise<void> {
    await this.#write({...(await this.#readRecords()), ...head}, 'same')
  }

  async close(): Promise<void> {
    await this.#file.close()
    await this.#gate?.release()
  }

  /** Sections of a document; all else goes where it belongs. */
  async #take({records}: RawContent, points: JsonRawPoints): Promise<Sections> {
    const sections = mapSections(() => new Map<string, unknown>())
    await points.take(this.#sort(records, sections))
    return sections
  }

  /** What is left is of the ledger. */
  async *#sort(records: RawRecords, sections: Sections): AsyncGenerator<RawRecord> {
    for await (const record of records) {
      if (record.section === 'refreshes') await this.#refreshes.put(record)
      else if (record.section === 'points') yield record
      else (sections[record.section] as Map<string, unknown>).set(record.key, record.value)
    }
  }

  /** The document, whatever has become of it; undefined when there is none. */
  async #read(): Promise<StoreDocument | undefined> {
    const path = this.location
    try {
      const {ino} = await stat(path, {bigint: true})
      return await parseAnyDocument(await readFile(path), path, String(ino))
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw toStorageError(error, 'read', path)
      await this.#refuseLostStore()
      return undefined
    }
  }

  /** Its backup may be all that is left of it. */
  async #refuseLostStore(): Promise<void> {
    const backup = backupPathOf(this.location)
    if (
      !(await stat(backup).then(
        () => true,
        () => false,
      ))
    )
      return
    throw new BehalfError('store-damaged', `The store ${this.location} is gone, and its backup is still there`, {
      hint: `cp -- ${quoteWord(backup)} ${quoteWord(this.location)}`,
    })
  }

  async #readRecords(): Promise<StoreDocument> {
    const document = (await this.#read()) ?? createEmptyDocument()
    if (document.move?.kind === 'moved') throw new BehalfError('internal', 'A store that was moved away was read')
    const {sequence} = readLockNoteAt(writeLockPathOf(this.location))
    if (document.move !== undefined || !isOldCopy(document, sequence)) return document
    const draft = new DocumentDraft(document)
    putAccountsInDoubt(draft, this.#clock.moment())
    return {...document, sections: draft.sections()}
  }

  /** @param backup What the backup becomes: what was there before, or the same again. */
  async #write(document: StoreDocument, backup: 'previous' | 'same'): Promise<void> {
    const lock = await acquireWriteLock(this.location, performance.now() + WRITE_WAIT_MS, this.#clock.now())
    try {
      const sequence = Math.max(document.sequence, lock.notedSequence ?? 0) + 1
      const written = {...document, sequence}
      await this.#file.writeWithBackup(written, backup === 'same' ? {...written, inode: NO_INODE} : undefined)
      await lock.noteSequence(sequence)
    } finally {
      await lock.release()
    }
  }
}

const isEmpty = ({sections}: StoreDocument): boolean => SECTION_NAMES.every((name) => sections[name].size === 0)
