import type {Doubt} from '../model/account.js'
import type {Moment} from '../model/time.js'
import type {DocumentDraft} from './document-draft.js'
import type {StoreDocument} from './document.js'

/**
 * Whether the file was restored from its backup, a snapshot or another machine (design 7, rule 12):
 * it is not the file that it was written to, or something newer has been written here before.
 */
export function isOldCopy(document: StoreDocument, notedSequence: number | undefined): boolean {
  if (document.inode === undefined) return false
  const wasCopied = document.inode !== null && document.inode !== document.foundInode
  return wasCopied || (notedSequence !== undefined && document.sequence < notedSequence)
}

/** Which of the tokens in an old copy have been used since is not known, so all accounts are in doubt. */
export function putAccountsInDoubt(draft: DocumentDraft, now: Moment): void {
  const doubt: Doubt = {cause: 'old-copy', since: now, lastSentAt: now, sends: 0}
  for (const [key, record] of draft.entries('accounts')) {
    // A record that is no object is damaged, and is reported as such when it is used.
    if (typeof record === 'object' && record !== null) draft.set('accounts', key, {...record, doubt})
  }
}
