import {constants} from 'node:fs'
import {access, stat} from 'node:fs/promises'
import {dirname} from 'node:path'

import type {SealingSecretSource} from '../../config/settings.js'
import type {StoreFinding} from '../../model/store-report.js'
import {quoteWord} from '../../model/shell-words.js'
import {backupPathOf} from '../document-errors.js'
import {isErrno} from '../storage-error.js'

/** Group and others: anything at all, and changing things. */
const ANY_OF_OTHERS = 0o077
const WRITE_OF_OTHERS = 0o022
/** In such a folder (`/tmp`) nobody replaces what belongs to someone else. */
const STICKY = 0o1000

/** What other users of this machine could do to the store and its key. */
export async function checkFileModes(path: string, secret: SealingSecretSource): Promise<StoreFinding[]> {
  const keyPath = secret.kind === 'inline' ? undefined : secret.path
  const isBeside = keyPath !== undefined && dirname(keyPath) === dirname(path) && (await modeOf(keyPath)) !== undefined
  return [
    ...(await checkFile(path)),
    ...(await checkFile(backupPathOf(path))),
    ...(await checkFolder(dirname(path))),
    ...(await checkWritable(dirname(path))),
    ...(keyPath === undefined ? [] : await checkFile(keyPath)),
    ...(isBeside ? [keyBesideStore(keyPath)] : []),
  ]
}

export async function checkFile(path: string): Promise<StoreFinding[]> {
  const mode = await modeOf(path)
  if (mode === undefined || (mode & ANY_OF_OTHERS) === 0) return []
  return [openToOthers(`Other users may use ${path}`, `chmod 600 -- ${quoteWord(path)}`)]
}

/** Names in a folder are no secret; whoever may write there can put another store in place. */
async function checkFolder(path: string): Promise<StoreFinding[]> {
  const mode = await modeOf(path)
  if (mode === undefined || (mode & WRITE_OF_OTHERS) === 0 || (mode & STICKY) !== 0) return []
  return [openToOthers(`Other users may replace what is in ${path}`, `chmod go-w -- ${quoteWord(path)}`)]
}

/** A folder that is not there yet is made, if its nearest parent allows it. */
async function checkWritable(path: string): Promise<StoreFinding[]> {
  const folder = await findNearest(path)
  try {
    await access(folder, constants.W_OK | constants.X_OK)
    return []
  } catch (error) {
    const isMode = isErrno(error, 'EACCES', 'EPERM')
    const hint = isMode ? `chmod u+wx -- ${quoteWord(folder)}` : NAME_ANOTHER
    return [
      {
        severity: 'error',
        code: 'store-read-only',
        message: `Nothing can be written in ${folder}: no token could be saved.`,
        hint,
      },
    ]
  }
}

const NAME_ANOTHER = 'Name a file on a disk that can be written to with --store or BEHALF_STORE.'

async function findNearest(path: string): Promise<string> {
  const isThere = (await modeOf(path)) !== undefined
  return isThere || dirname(path) === path ? path : findNearest(dirname(path))
}

const openToOthers = (what: string, hint: string): StoreFinding => ({
  severity: 'warning',
  code: 'open-to-others',
  message: `${what}.`,
  hint,
})

const keyBesideStore = (keyPath: string): StoreFinding => ({
  severity: 'warning',
  code: 'key-beside-store',
  message: `The key ${keyPath} lies beside the store that it seals: whoever copies the folder has both.`,
  hint: 'Move it to another folder, and name it with BEHALF_SECRET_FILE.',
})

async function modeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode
  } catch {
    return undefined
  }
}
