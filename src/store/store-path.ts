import {readlink, realpath, stat} from 'node:fs/promises'
import {dirname, resolve} from 'node:path'

import {BehalfError} from '../model/behalf-error.js'
import {isErrno, toStorageError} from './storage-error.js'

/**
 * Follows symbolic links to the file itself, so that it is replaced and not the link, and so that everyone
 * finds the same locks beside it. The file need not exist.
 * @throws BehalfError `configuration` when something else than a file is there.
 */
export async function resolveStorePath(path: string): Promise<string> {
  const target = await followLinks(resolve(path))
  try {
    if (!(await stat(target)).isFile()) {
      throw new BehalfError('configuration', `The store ${target} is not a file`, {
        hint: `Name a file with --store or BEHALF_STORE, such as ${resolve(target, 'store.json')}`,
      })
    }
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw toStorageError(error, 'read', target)
  }
  return target
}

async function followLinks(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw toStorageError(error, 'read', path)
  }
  try {
    // A link to a file that is yet to be made. Loops do not come here: `realpath` has refused them.
    return await followLinks(resolve(dirname(path), await readlink(path)))
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'EINVAL')) return path
    throw error
  }
}
