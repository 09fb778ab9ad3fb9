import {closeSync, fstatSync, openSync, readFileSync, statSync, type BigIntStats} from 'node:fs'
import {chmod, link, readFile, rename, stat} from 'node:fs/promises'
import {dirname} from 'node:path'

import type {Adapter} from 'lowdb'

import {backupPathOf, foreignStore, goneStore} from './document-errors.js'
import {parseDocument, serializeDocument, type StoreDocument} from './document.js'
import {
  createTemporary,
  ensurePrivateFolder,
  removeFile,
  removeTemporaries,
  replaceFile,
  temporaryPathFor,
} from './durable-file.js'
import {isErrno, NO_LINK_ERRORS, toStorageError} from './storage-error.js'

/** A document and the open file it came from: an inode number cannot be used again while the file is open. */
interface Snapshot {
  document: StoreDocument
  handle: OpenFile
  stats: BigIntStats
}

interface OpenFile {
  close(): Promise<void> | void
}

const MAX_STORE_BYTES = 256 * 1024 * 1024

/**
 * lowdb's adapter for the store's file: durable, private, replaced whole. Writing is for who holds the write lock.
 * Reading is synchronous: a look at a local file takes 2 µs, a turn through the thread pool fifty times that.
 */
export class DocumentFile implements Adapter<StoreDocument> {
  readonly #path: string
  #snapshot: Snapshot | undefined
  #loading: Promise<StoreDocument | null> | undefined
  /** The path was looked at in this turn of the event loop, and led to what was read before. */
  #isSeen = false
  #cleaned = false

  constructor(path: string) {
    this.#path = path
  }

  /**
   * What was read before, while the path still leads to it: most reads end here. Undefined: read again.
   *
   * One look holds for the rest of a turn of the event loop. Whoever waits for a write of another process learns of its
   * end by a message, and no message comes in before the next turn. Locks are no messages: see {@link lookAgain}.
   */
  unchanged(): StoreDocument | undefined {
    if (this.#snapshot === undefined) return undefined
    if (this.#isSeen) return this.#snapshot.document
    try {
      const stats = statIfThere(this.#path)
      if (stats === undefined || !isUnchanged(this.#snapshot.stats, stats)) return undefined
      this.#isSeen = true
      atEndOfTurn(() => {
        this.#isSeen = false
      })
      return this.#snapshot.document
    } catch (error) {
      throw toStorageError(error, 'read', this.#path)
    }
  }

  /** For who has just obtained a lock: what its last owner wrote must be seen, in this turn too. */
  lookAgain(): void {
    this.#isSeen = false
  }

  /** What the path holds now, or null when there never was a file. Parsed again only when it is another file. */
  async read(): Promise<StoreDocument | null> {
    try {
      // A load that began before this call may have missed a write that ended before it.
      if (this.#loading !== undefined) await this.#loading.catch(() => null)
      const stats = statIfThere(this.#path)
      if (stats === undefined) return this.#readNothing()
      // Opening a pipe would wait for someone to write into it.
      if (!stats.isFile()) throw foreignStore(this.#path)
      if (this.#snapshot !== undefined && isUnchanged(this.#snapshot.stats, stats)) return this.#snapshot.document
      return await (this.#loading ??= this.#load().finally(() => {
        this.#loading = undefined
      }))
    } catch (error) {
      throw toStorageError(error, 'read', this.#path)
    }
  }

  async write(document: StoreDocument): Promise<void> {
    await this.writeWithBackup(document, undefined)
  }

  /** @param backup what the backup shall hold instead of the previous file. */
  async writeWithBackup(document: StoreDocument, backup: StoreDocument | undefined): Promise<void> {
    try {
      await ensurePrivateFolder(dirname(this.#path))
      if (!this.#cleaned) await removeTemporaries(this.#path)
      this.#cleaned = true
      const keepsInodes = document.inode !== null
      const inode = await this.#place(document, backup, keepsInodes)
      // Some FUSE and overlay file systems make numbers up as they go: there a copy is told by its sequence alone.
      if (keepsInodes && inode !== statIfThere(this.#path)?.ino) await this.#place(document, backup, false)
    } catch (error) {
      throw toStorageError(error, 'write', this.#path)
    }
  }

  async close(): Promise<void> {
    await this.#keep(undefined)
  }

  /** A file that was there and is gone is no new store: it may come back, and nothing is to stand in its place then. */
  #readNothing(): null {
    if (this.#snapshot === undefined) return null
    throw goneStore(this.#path)
  }

  async #load(): Promise<StoreDocument | null> {
    const handle = openIfThere(this.#path)
    if (handle === undefined) return this.#readNothing()
    try {
      const stats = fstatSync(handle.fd, {bigint: true})
      if (stats.size > MAX_STORE_BYTES) throw foreignStore(this.#path)
      const document = await parseDocument(readFileSync(handle.fd), this.#path, String(stats.ino))
      await this.#keep({document, handle, stats})
      return document
    } catch (error) {
      handle.close()
      throw error
    }
  }

  /** @returns the inode number of the new file while it was open. */
  async #place(document: StoreDocument, backup: StoreDocument | undefined, keepsInodes: boolean): Promise<bigint> {
    let written = document
    const temporary = await createTemporary(this.#path, async (handle) => {
      const inode = String((await handle.stat({bigint: true})).ino)
      written = {...document, inode: keepsInodes ? inode : null, foundInode: inode}
      await handle.writeFile(serializeDocument(written))
    })
    try {
      if (backup === undefined) await this.#linkBackup()
      else await replaceFile(backupPathOf(this.#path), serializeDocument(backup))
      await temporary.placeAt(this.#path)
      const stats = await temporary.handle.stat({bigint: true})
      await this.#keep({document: written, handle: temporary.handle, stats})
      return stats.ino
    } catch (error) {
      await temporary.discard()
      throw error
    }
  }

  /** The backup becomes another name of the file about to be replaced; there is a backup at every moment. */
  async #linkBackup(): Promise<void> {
    const backup = backupPathOf(this.#path)
    const temporary = temporaryPathFor(backup)
    try {
      await tightenMode(this.#path)
      await link(this.#path, temporary)
      await rename(temporary, backup)
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return
      if (!isErrno(error, ...NO_LINK_ERRORS)) throw error
      await replaceFile(backup, await readFile(this.#path))
    } finally {
      // `rename` does nothing when both names lead to one file already, as after a crash between backup and rename.
      await removeFile(temporary)
    }
  }

  async #keep(snapshot: Snapshot | undefined): Promise<void> {
    const previous = this.#snapshot
    this.#snapshot = snapshot
    this.#isSeen = false
    await previous?.handle.close()
  }
}

/** The backup must not keep a mode that someone widened. A file of another user cannot be changed, only replaced. */
async function tightenMode(path: string): Promise<void> {
  const {mode} = await stat(path)
  if ((mode & 0o077) === 0) return
  await chmod(path, 0o600).catch((error: unknown) => {
    if (!isErrno(error, 'EPERM', 'EACCES')) throw error
  })
}

/** Runs after every promise that this turn settles, and before anything new comes in from outside. */
function atEndOfTurn(run: () => void): void {
  queueMicrotask(() => {
    process.nextTick(run)
  })
}

const statIfThere = (path: string): BigIntStats | undefined => statSync(path, {bigint: true, throwIfNoEntry: false})

function openIfThere(path: string): {fd: number; close(): void} | undefined {
  try {
    const fd = openSync(path, 'r')
    return {
      fd,
      close() {
        closeSync(fd)
      },
    }
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Size and time are there for a copy written over the file in place (`cp backup store.json`), which keeps the inode. */
const isUnchanged = (a: BigIntStats, b: BigIntStats): boolean =>
  a.dev === b.dev && a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs
