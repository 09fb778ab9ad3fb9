import {isUtf8} from 'node:buffer'
import {randomBytes} from 'node:crypto'
import {readFileSync, statSync} from 'node:fs'
import {link, open, readFile, writeFile} from 'node:fs/promises'
import {dirname} from 'node:path'

import type {SealingSecretSource} from '../config/settings.js'
import {BehalfError} from '../model/behalf-error.js'
import {createTemporary, ensurePrivateFolder, syncFolder} from './durable-file.js'
import {isErrno, NO_LINK_ERRORS, toStorageError} from './storage-error.js'

/** A key is used as it is; a passphrase is stretched first. */
export type SealingSecret = {kind: 'key'; key: Buffer} | {kind: 'passphrase'; passphrase: string}

const KEY_BYTES = 32
const MAX_SECRET_BYTES = 64 * 1024

/** What to call the source in messages. */
export function describeSecretSource(source: SealingSecretSource): string {
  return source.kind === 'inline'
    ? 'BEHALF_SECRET'
    : source.kind === 'file'
      ? `BEHALF_SECRET_FILE (${source.path})`
      : source.path
}

/**
 * Reads the secret; `undefined` when the default key file does not exist.
 * @throws BehalfError `configuration` when it is empty, huge or cannot be read.
 */
export async function readSealingSecret(source: SealingSecretSource): Promise<SealingSecret | undefined> {
  if (source.kind === 'inline') return parseSealingSecret(source.value.reveal(), source)
  let bytes: Buffer
  try {
    bytes = await readFileUpTo(source.path, MAX_SECRET_BYTES + 1)
  } catch (error) {
    if (source.kind === 'default-key-file' && isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) {
      throw new BehalfError('configuration', `BEHALF_SECRET_FILE names ${source.path}, which does not exist`, {
        cause: error,
        hint: 'Let BEHALF_SECRET_FILE name the file that holds the sealing secret.',
      })
    }
    throw new BehalfError('configuration', toStorageError(error, 'read', source.path).message, {cause: error})
  }
  if (bytes.length > MAX_SECRET_BYTES) {
    throw new BehalfError('configuration', `The sealing secret in ${source.path} is longer than 64 KiB`, {
      hint: 'Name a file that holds the sealing secret alone.',
    })
  }
  if (!isUtf8(bytes)) {
    throw new BehalfError('configuration', `The sealing secret in ${source.path} is not text`, {
      hint: 'Give 32 random bytes in base64url, such as: head -c 32 /dev/urandom | basenc --base64url',
    })
  }
  return parseSealingSecret(bytes.toString('utf8').replace(/\r?\n$/, ''), source)
}

const NEXT_SUFFIX = '.next'

/** Where a new default key waits until all is sealed with it, and takes the place of the one before. */
export const nextKeyPathOf = (path: string): string => `${path}${NEXT_SUFFIX}`
export const isNextKeyPath = (path: string): boolean => path.endsWith(NEXT_SUFFIX)

export const hasKeyFile = (path: string): boolean => statSync(path, {throwIfNoEntry: false}) !== undefined

/** Makes the default key file, or reads the one that another process made first: all agree on one. */
export async function createDefaultKeyFile(path: string): Promise<SealingSecret> {
  try {
    await ensurePrivateFolder(dirname(path))
    await placeOnce(path, `${randomBytes(KEY_BYTES).toString('base64url')}\n`)
  } catch (error) {
    throw toStorageError(error, 'write', path)
  }
  const secret = await readSealingSecret({kind: 'default-key-file', path})
  if (secret === undefined) throw new BehalfError('configuration', `${path} was deleted while it was made`)
  return secret
}

/** A hard link either makes the whole file appear or fails because one is there; a rename would replace it. */
async function placeOnce(path: string, content: string): Promise<void> {
  const temporary = await createTemporary(path, (handle) => handle.writeFile(content))
  try {
    await link(temporary.path, path)
    await syncFolder(dirname(path))
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return
    if (!isErrno(error, ...NO_LINK_ERRORS)) throw error
    await writeFile(path, content, {flag: 'wx', mode: 0o600, flush: true}).catch((failure: unknown) => {
      if (!isErrno(failure, 'EEXIST')) throw failure
    })
  } finally {
    await temporary.discard()
  }
}

function parseSealingSecret(text: string, source: SealingSecretSource): SealingSecret {
  if (text === '') {
    throw new BehalfError('configuration', `The sealing secret in ${describeSecretSource(source)} is empty`, {
      hint: 'Give 32 random bytes in base64url or a passphrase, or unset it to have a key made for you.',
    })
  }
  if (/^[A-Za-z0-9_-]{43}=?$/.test(text)) return {kind: 'key', key: Buffer.from(text, 'base64url')}
  return {kind: 'passphrase', passphrase: text}
}

/** Reads at most `limit` bytes: the path may be a pipe, for which is waited, or `/dev/zero`. */
async function readFileUpTo(path: string, limit: number): Promise<Buffer> {
  const stats = statSync(path)
  if (stats.isFile() && stats.size <= limit) return readFileSync(path)
  const handle = await open(path, 'r')
  try {
    if ((await handle.stat()).isDirectory()) return await readFile(path)
    const buffer = Buffer.alloc(limit)
    let length = 0
    while (length < limit) {
      const {bytesRead} = await handle.read(buffer, length, limit - length, null)
      if (bytesRead === 0) break
      length += bytesRead
    }
    return buffer.subarray(0, length)
  } finally {
    await handle.close()
  }
}
