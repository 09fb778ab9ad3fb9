import {createHash, randomBytes} from 'node:crypto'
import {statSync} from 'node:fs'
import {open, readdir, stat, type FileHandle} from 'node:fs/promises'
import {join} from 'node:path'

import type {AccountKey} from '../model/account.js'
import type {EpochMs} from '../model/time.js'
import {createTemporary, ensurePrivateFolder, removeFile, removeTemporaries, syncFolder} from './durable-file.js'
import {momentShape} from './record-parts.js'
import * as shape from './shape.js'
import {fit, type Shaped} from './shape.js'
import {isErrno, toStorageError} from './storage-error.js'

/** The note, durable before a refresh is sent, that it is being sent. */
export const intentShape = shape.object({
  account: shape.text,
  grantId: shape.text,
  /** Of the refresh token that is sent. */
  fingerprint: shape.text,
  cause: shape.oneOf(['lost-reply', 'old-copy']),
  since: momentShape,
  lastSentAt: momentShape,
  sends: shape.integer({min: 1}),
  pid: shape.integer(),
})
export type Intent = Shaped<typeof intentShape>

export interface JournalEntry {
  /** Undefined when it cannot be read: something was sent, and it is not known what. */
  intent: Intent | undefined
  modifiedAt: EpochMs
  /** Sealed, as it was recorded; possibly torn. */
  sealedReply: string | undefined
  /** The whole file, to put it back as it was. */
  bytes: Buffer
}

/** An intent that has been made durable, with its file open for the reply. */
export interface OpenJournal {
  /** Overwrites what was reserved for it and makes it durable. */
  recordReply(sealedReply: string): Promise<void>
  /** Whether the account's path still leads to this file. */
  isInPlace(): Promise<boolean>
  close(): Promise<void>
}

/** The intent comes first, the reply at the next multiple of this. */
const BLOCK_BYTES = 4096
/** Reserved with random bytes, not zeros, which some file systems do not really store. */
const JOURNAL_BYTES = 64 * 1024

/** The folder of journals: a file for each account whose refresh has begun and not ended. */
export class JournalFolder {
  readonly #folder: string
  /** Each read of an account asks for its journal; a hash a time would be the dearest part of it. */
  readonly #paths = new Map<AccountKey, string>()

  constructor(storePath: string) {
    this.#folder = `${storePath}.journals`
  }

  /** File names of the journals there are. */
  async listNames(): Promise<ReadonlySet<string>> {
    try {
      return new Set(await readdir(this.#folder))
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return new Set()
      throw toStorageError(error, 'read', this.#folder)
    }
  }

  /** The accounts that have a journal which can be read. */
  async listAccounts(): Promise<AccountKey[]> {
    const names = Array.from(await this.listNames()).filter((name) => /^[0-9a-f]{64}$/.test(name))
    const entries = await Promise.all(names.map((name) => this.#readAt(join(this.#folder, name))))
    return entries.flatMap((entry) => entry?.intent?.account ?? [])
  }

  async read(key: AccountKey): Promise<JournalEntry | undefined> {
    return this.#readAt(this.#pathOf(key))
  }

  async #readAt(path: string): Promise<JournalEntry | undefined> {
    try {
      // Usually there is none, and every read of an account asks.
      if (statSync(path, {throwIfNoEntry: false}) === undefined) return undefined
      const handle = await open(path, 'r')
      try {
        return parseJournal(await handle.readFile(), (await handle.stat()).mtimeMs)
      } finally {
        await handle.close()
      }
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return undefined
      throw toStorageError(error, 'read', path)
    }
  }

  /** Makes an intent durable, in place of any earlier one, and reserves space for the reply. */
  write(key: AccountKey, intent: Intent): Promise<OpenJournal> {
    const {bytes, replyAt} = formatJournal(intent)
    return this.#place(key, bytes, replyAt)
  }

  /** The same with the reply, in one step: what was recorded before is there until it is replaced. */
  async put(key: AccountKey, intent: Intent, sealedReply: string | undefined): Promise<void> {
    const {bytes, replyAt} = formatJournal(intent, sealedReply)
    const journal = await this.#place(key, bytes, replyAt)
    await journal.close()
  }

  /** Puts an earlier journal back as it was. */
  async restore(key: AccountKey, {bytes}: JournalEntry): Promise<void> {
    const journal = await this.#place(key, bytes, bytes.length)
    await journal.close()
  }

  /** `durably`: the deletion itself survives a power cut. */
  async remove(key: AccountKey, {durably}: {durably: boolean}): Promise<void> {
    const path = this.#pathOf(key)
    try {
      if ((await removeFile(path)) && durably) await syncFolder(this.#folder)
    } catch (error) {
      throw toStorageError(error, 'write', path)
    }
  }

  async #place(key: AccountKey, bytes: Buffer, replyAt: number): Promise<OpenJournal> {
    const path = this.#pathOf(key)
    try {
      await ensurePrivateFolder(this.#folder)
      // Nobody but the holder of the account's lock writes its journal.
      await removeTemporaries(path)
      const temporary = await createTemporary(path, (handle) => handle.writeFile(bytes))
      try {
        await temporary.placeAt(path)
      } catch (error) {
        await temporary.discard()
        throw error
      }
      return toOpenJournal(path, temporary.handle, replyAt)
    } catch (error) {
      throw toStorageError(error, 'write', path)
    }
  }

  #pathOf(key: AccountKey): string {
    const known = this.#paths.get(key)
    if (known !== undefined) return known
    const path = join(this.#folder, journalNameOf(key))
    this.#paths.set(key, path)
    return path
  }
}

export const journalNameOf = (key: AccountKey): string => createHash('sha256').update(key, 'utf8').digest('hex')

function toOpenJournal(path: string, handle: FileHandle, replyAt: number): OpenJournal {
  return {
    async recordReply(sealedReply) {
      const line = Buffer.from(`${sealedReply}\n`, 'utf8')
      try {
        let written = 0
        while (written < line.length) {
          written += (await handle.write(line, written, line.length - written, replyAt + written)).bytesWritten
        }
        await handle.sync()
      } catch (error) {
        throw toStorageError(error, 'write', path)
      }
    },
    async isInPlace() {
      const [held, named] = await Promise.all([
        handle.stat({bigint: true}),
        stat(path, {bigint: true}).catch(() => undefined),
      ])
      return held.ino === named?.ino && held.dev === named.dev
    },
    close: () => handle.close(),
  }
}

function formatJournal(intent: Intent, sealedReply = ''): {bytes: Buffer; replyAt: number} {
  const head = Buffer.from(`${JSON.stringify(intent)}\n`, 'utf8')
  const reply = Buffer.from(sealedReply === '' ? '' : `${sealedReply}\n`, 'utf8')
  const replyAt = replyOffset(head.length)
  const bytes = randomBytes(Math.max(JOURNAL_BYTES, replyAt + BLOCK_BYTES, replyAt + reply.length))
  bytes.fill(' ', 0, replyAt)
  head.copy(bytes)
  reply.copy(bytes, replyAt)
  return {bytes, replyAt}
}

function parseJournal(bytes: Buffer, modifiedAtMs: number): JournalEntry {
  const entry = {intent: undefined, modifiedAt: Math.floor(modifiedAtMs), sealedReply: undefined, bytes}
  const headLength = bytes.indexOf('\n') + 1
  const intent = fit(intentShape, parseJson(bytes.toString('utf8', 0, headLength)))
  if ('misfit' in intent) return entry
  const replyAt = replyOffset(headLength)
  const reply = bytes.subarray(replyAt, bytes.indexOf('\n', replyAt)).toString('latin1')
  return {...entry, intent: intent.value, sealedReply: reply.startsWith('v1.') ? reply : undefined}
}

const replyOffset = (headLength: number): number => Math.ceil(headLength / BLOCK_BYTES) * BLOCK_BYTES

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
