import {createHash} from 'node:crypto'
import {link, readFile, rename} from 'node:fs/promises'
import {dirname} from 'node:path'

import {replaceFile, syncFolder} from '../durable-file.js'
import {nextKeyPathOf} from '../sealing-secret.js'
import {isErrno, NO_LINK_ERRORS, toStorageError} from '../storage-error.js'

/**
 * Puts the new default key in the place of the one before, which is kept under a name of its own: other stores of the
 * same user, and older copies of this one, open with it alone.
 * @returns where it is kept; undefined when there was none.
 */
export async function replaceKeyFile(path: string): Promise<string | undefined> {
  try {
    const kept = await keepOldKey(path)
    await rename(nextKeyPathOf(path), path)
    await syncFolder(dirname(path))
    return kept
  } catch (error) {
    throw toStorageError(error, 'write', path)
  }
}

/** The name comes from the key, so that a second run finds what the first has done. */
async function keepOldKey(path: string): Promise<string | undefined> {
  const key = await readFile(path).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  })
  if (key === undefined) return undefined
  const kept = `${path}.old-${createHash('sha256').update(key).digest('hex').slice(0, 8)}`
  try {
    await link(path, kept)
  } catch (error) {
    if (isErrno(error, ...NO_LINK_ERRORS)) await replaceFile(kept, key)
    else if (!isErrno(error, 'EEXIST')) throw error
  }
  return kept
}
