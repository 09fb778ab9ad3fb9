import type {Account} from '../../model/account.js'
import type {Intent, JournalEntry} from '../journal.js'

/**
 * Whether a journal of this machine belongs to what is stored: to the intent there, or to one that the store has
 * forgotten, as after a failover, and that was sent after the tokens it has were issued. Where a provider gives the same
 * refresh token back, a journal that stayed behind would be taken for one about the present tokens otherwise.
 * That it is about the stored refresh token is left to `findDoubt`.
 */
export function isReplyAbout(
  journal: JournalEntry,
  intent: Intent | 'unreadable' | undefined,
  {credential}: Account,
): boolean {
  const own = journal.intent
  if (own === undefined) return false
  const isSameDoubt =
    typeof intent === 'object' &&
    intent.since.wallMs === own.since.wallMs &&
    intent.since.monotonicMs === own.since.monotonicMs &&
    intent.since.bootId === own.since.bootId
  return isSameDoubt || own.lastSentAt.wallMs > credential.issuedAt
}
