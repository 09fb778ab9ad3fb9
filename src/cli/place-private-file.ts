import {randomBytes} from 'node:crypto'
import {link, lstat, open, rename, rm} from 'node:fs/promises'

import {BehalfError} from '../model/behalf-error.js'

/** @throws BehalfError `invalid-input` when something is there, and may not be replaced. */
export async function checkFree(path: string, force: boolean): Promise<void> {
  if (!force && (await isThere(path))) throw taken(path)
}

/**
 * Writes a file that only this user reads, whole or not at all.
 * @param force Replace what is there.
 * @throws BehalfError `invalid-input`, `store-full`.
 */
export async function placePrivateFile(path: string, content: Buffer, {force}: {force: boolean}): Promise<void> {
  const temporary = `${path}.${String(process.pid)}-${randomBytes(6).toString('hex')}.tmp`
  try {
    const handle = await open(temporary, 'wx', 0o600)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    // A link fails where something is; a rename would replace it.
    await (force ? rename(temporary, path) : link(temporary, path))
  } catch (error) {
    throw explain(error, path)
  } finally {
    await rm(temporary, {force: true})
  }
}

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )

const taken = (path: string): BehalfError =>
  new BehalfError('invalid-input', `${path} is there already.`, {
    hint: 'Name another file, or replace it with --force.',
  })

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'its path leads through a file',
  EACCES: 'it may not be written to',
  EPERM: 'it may not be written to',
  EROFS: 'its disk is mounted read-only',
  EISDIR: 'it is a folder',
}

function explain(error: unknown, path: string): unknown {
  if (!(error instanceof Error && 'code' in error)) return error
  const code = String(error.code)
  if (code === 'EEXIST') return taken(path)
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    return new BehalfError('store-full', `Cannot write ${path}: there is no space left for it (${code})`, {
      cause: error,
    })
  }
  return new BehalfError('invalid-input', `Cannot write ${path}: ${REASONS[code] ?? 'the system refused'} (${code})`, {
    cause: error,
    hint: 'Name another file.',
  })
}
