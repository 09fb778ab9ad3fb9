import {constants} from 'node:fs'
import {access, stat, statfs} from 'node:fs/promises'
import {dirname} from 'node:path'

import {isErrno, toStorageError} from './storage-error.js'

/**
 * Whether the file of a store could be replaced, without writing anything: a folder that may be written, and room for
 * it once more. A folder that is not there yet is made by the first write.
 * @throws BehalfError `store-read-only`, `store-full`.
 */
export async function checkWritable(path: string): Promise<void> {
  const folder = dirname(path)
  try {
    await access(folder, constants.W_OK)
    const [{bavail, bsize}, size] = await Promise.all([statfs(folder), sizeOf(path)])
    if (bavail * bsize < size) throw Object.assign(new Error('no space'), {code: 'ENOSPC'})
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw toStorageError(error, 'write', path)
  }
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({size}) => size,
    () => 0,
  )
