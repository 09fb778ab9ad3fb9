import {stat} from 'node:fs/promises'
import {dirname} from 'node:path'

import type {SealingSecretSource} from '../../config/settings.js'
import type {StoreFinding} from '../../model/store-report.js'
import {backupPathOf} from '../document-errors.js'
import {quoteForShell} from '../storage-error.js'

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
    ...(keyPath === undefined ? [] : await checkFile(keyPath)),
    ...(isBeside ? [keyBesideStore(keyPath)] : []),
  ]
}

async function checkFile(path: string): Promise<StoreFinding[]> {
  const mode = await modeOf(path)
  if (mode === undefined || (mode & ANY_OF_OTHERS) === 0) return []
  return [openToOthers(`Other users may use ${path}`, `chmod 600 -- ${quoteForShell(path)}`)]
}

/** Names in a folder are no secret; whoever may write there can put another store in place. */
async function checkFolder(path: string): Promise<StoreFinding[]> {
  const mode = await modeOf(path)
  if (mode === undefined || (mode & WRITE_OF_OTHERS) === 0 || (mode & STICKY) !== 0) return []
  return [openToOthers(`Other users may replace what is in ${path}`, `chmod go-w -- ${quoteForShell(path)}`)]
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
