import {randomBytes} from 'node:crypto'
import {mkdir, open, readdir, rename, rm, unlink, type FileHandle} from 'node:fs/promises'
import {basename, dirname, join} from 'node:path'

import {isErrno} from './storage-error.js'

/** A filled, fsynced 0600 file that does not stand in its place yet. */
export interface TemporaryFile {
  readonly path: string
  /** Open for reading and writing; whoever places or discards the file closes it. */
  readonly handle: FileHandle
  /** Renames the file into place and makes the folder durable. */
  placeAt(target: string): Promise<void>
  /** Closes and deletes it. */
  discard(): Promise<void>
}

const TEMPORARY_SUFFIX = '.tmp'

/** Names are unique, so that two processes never share one; `removeTemporaries` knows them by their form. */
export const temporaryPathFor = (target: string): string =>
  `${target}.${String(process.pid)}-${randomBytes(6).toString('hex')}${TEMPORARY_SUFFIX}`

/** Makes a file beside `target` on the same file system. Nothing is left behind when `fill` fails. */
export async function createTemporary(
  target: string,
  fill: (handle: FileHandle) => Promise<void>,
): Promise<TemporaryFile> {
  const path = temporaryPathFor(target)
  const handle = await open(path, 'wx+', 0o600)
  const discard = async (): Promise<void> => {
    await handle.close()
    await rm(path, {force: true})
  }
  try {
    await fill(handle)
    await handle.sync()
  } catch (error) {
    await discard()
    throw error
  }
  return {
    path,
    handle,
    discard,
    async placeAt(place) {
      await rename(path, place)
      await syncFolder(dirname(place))
    },
  }
}

/** Replaces `target` whole, durably and at once; readers see the old content or the new. */
export async function replaceFile(target: string, content: string | Buffer): Promise<void> {
  const temporary = await createTemporary(target, (handle) => handle.writeFile(content))
  try {
    await temporary.placeAt(target)
  } catch (error) {
    await temporary.discard()
    throw error
  }
  await temporary.handle.close()
}

/** Deletes what killed processes left behind beside `target`. Call it while nobody else can be writing there. */
export async function removeTemporaries(target: string): Promise<void> {
  const folder = dirname(target)
  const prefix = `${basename(target)}.`
  for (const name of await readdir(folder)) {
    const middle = name.slice(prefix.length, -TEMPORARY_SUFFIX.length)
    if (name.startsWith(prefix) && name.endsWith(TEMPORARY_SUFFIX) && /^(bak\.)?\d+-[0-9a-f]{12}$/.test(middle)) {
      await rm(join(folder, name), {force: true})
    }
  }
}

/** Makes renames and deletions in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } catch (error) {
    // Some network and FUSE file systems cannot fsync a folder; there the rename is as durable as it gets.
    if (!isErrno(error, 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP')) throw error
  } finally {
    await handle.close()
  }
}

/** Makes a folder and its missing parents, 0700. One that exists is left as it is: it may be someone's home. */
export async function ensurePrivateFolder(path: string): Promise<void> {
  const firstMade = await mkdir(path, {recursive: true, mode: 0o700})
  if (firstMade !== undefined) await syncFolder(dirname(firstMade))
}

/** Deletes a file if it is there. True when it was. */
export async function removeFile(path: string): Promise<boolean> {
  try {
    await unlink(path)
    return true
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return false
    throw error
  }
}
