import type {SealingSecretSource} from '../../config/settings.js'
import {BehalfError} from '../../model/behalf-error.js'
import {quoteWord} from '../../model/shell-words.js'
import type {StoreFinding, StoreReport} from '../../model/store-report.js'
import {backupPathOf} from '../document-errors.js'
import {DocumentFile} from '../document-file.js'
import type {StoreDocument} from '../document.js'
import {readLockNoteAt} from '../file-lock.js'
import {isOldCopy} from '../old-copy.js'
import {Keyring, type StoreKeys} from '../store-keys.js'
import {resolveStorePath} from '../store-path.js'
import {writeLockPathOf} from '../write-lock.js'
import {checkConsistency} from './check-consistency.js'
import {checkFileModes} from './check-file-modes.js'
import {checkFileSystem} from './check-file-system.js'
import {checkJournals} from './check-journals.js'
import {checkLocks} from './check-locks.js'
import {checkJsonPoints} from './check-points.js'
import {openRecords} from './open-records.js'

export interface StoreCheckOptions {
  path: string
  secret: SealingSecretSource
  /** Providers that the environment gives. */
  givenProviders: readonly string[]
}

/**
 * Looks at everything that a JSON store consists of, and changes nothing: no lock is waited for, no file is made,
 * no doubt is noted. What cannot be read is a finding, and hides nothing that can.
 * @throws BehalfError `configuration` when the path cannot be that of a store.
 */
export async function checkJsonStore(options: StoreCheckOptions): Promise<StoreReport> {
  const path = await resolveStorePath(options.path)
  const findings: StoreFinding[] = []
  const document = await attempt(findings, () => readDocument(path))
  const backup = await checkBackup(path)
  const around = [
    ...(await checkFileSystem(path)),
    ...(await checkFileModes(path, options.secret)),
    ...(await checkJsonPoints(path)),
  ]
  if (document === undefined || document === null) {
    const exists = document === undefined
    const missing = exists || backup.document === undefined ? [] : [missingStore(path)]
    const locks = exists ? await checkLocks(path) : []
    return {location: path, exists, accounts: 0, findings: [...findings, ...missing, ...around, ...locks]}
  }
  const {sequence} = readLockNoteAt(writeLockPathOf(path))
  if (isOldCopy(document, sequence)) findings.push(OLD_COPY)
  const keys = await attempt(findings, () => openKeys(options.secret, document))
  if (keys !== undefined) {
    const records = openRecords(document, keys)
    findings.push(...records.damaged, ...checkConsistency(records, options.givenProviders))
    findings.push(...(await checkJournals(path, records, keys)))
  }
  findings.push(...backup.findings, ...around, ...(await checkLocks(path)))
  return {
    location: path,
    exists: true,
    accounts: document.sections.accounts.size,
    ...(document.writtenAt !== undefined && {lastWrittenAt: document.writtenAt}),
    findings,
  }
}

/** Null when there is no such file. */
async function readDocument(path: string): Promise<StoreDocument | null> {
  const file = new DocumentFile(path)
  try {
    return await file.read()
  } finally {
    await file.close()
  }
}

async function openKeys(secret: SealingSecretSource, document: StoreDocument): Promise<StoreKeys | undefined> {
  return document.keys && new Keyring(secret).open(document.keys)
}

/** What fails becomes a finding. */
async function attempt<T>(findings: StoreFinding[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof BehalfError)) throw error
    const {code, message, hint} = error
    findings.push({severity: 'error', code, message, ...(hint !== undefined && {hint})})
    return undefined
  }
}

async function checkBackup(path: string): Promise<{document?: StoreDocument; findings: StoreFinding[]}> {
  const backup = backupPathOf(path)
  try {
    const document = await readDocument(backup)
    return document === null ? {findings: []} : {document, findings: []}
  } catch (error) {
    if (!(error instanceof BehalfError)) throw error
    const message = `The backup ${backup} cannot be used. The next write replaces it.`
    return {findings: [{severity: 'warning', code: 'backup-unusable', message}]}
  }
}

const missingStore = (path: string): StoreFinding => ({
  severity: 'error',
  code: 'store-missing',
  message: `The store ${path} is gone, and its backup is still there.`,
  hint: `cp -- ${quoteWord(backupPathOf(path))} ${quoteWord(path)}`,
})

const OLD_COPY: StoreFinding = {
  severity: 'warning',
  code: 'old-copy',
  message:
    'The file was restored from a copy: which refresh tokens have been used since is not known. Each account is in doubt until it has been refreshed.',
  hint: 'behalf refresh',
}
