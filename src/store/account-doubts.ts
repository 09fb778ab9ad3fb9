import {isOAuth2Account, type Account, type Doubt} from '../model/account.js'
import type {RawReply} from '../model/refresh.js'
import {journalNameOf, type JournalEntry, type JournalFolder} from './journal.js'
import {openReply} from './reply-record.js'
import type {StoreKeys} from './store-keys.js'

export interface FoundDoubt {
  doubt: Doubt
  /** What the provider answered, if it was recorded. */
  reply: RawReply | undefined
}

/** What the journals say about accounts. */
export class AccountDoubts {
  readonly #journals: JournalFolder

  constructor(journals: JournalFolder) {
    this.#journals = journals
  }

  async layOver(account: Account, keys: StoreKeys): Promise<Account> {
    const entry = await this.#journals.read(account.key)
    const found = entry && findDoubt(entry, account, keys)
    return found === undefined ? account : {...account, doubt: found.doubt}
  }

  /** Asks once which journals there are: usually none. */
  async layOverAll(accounts: Account[], keys: StoreKeys): Promise<Account[]> {
    const names = await this.#journals.listNames()
    if (names.size === 0) return accounts
    return Promise.all(
      accounts.map(async (account) => (names.has(journalNameOf(account.key)) ? this.layOver(account, keys) : account)),
    )
  }
}

/**
 * The doubt that a journal casts on an account: only if it is about the refresh token that is stored.
 * A journal is renamed into place whole, so one that cannot be read was damaged later. That something was sent
 * is all that is known then, and it counts as about the stored token.
 */
export function findDoubt(
  entry: Pick<JournalEntry, 'intent' | 'modifiedAt' | 'sealedReply'>,
  account: Account,
  keys: StoreKeys,
): FoundDoubt | undefined {
  const refreshToken = isOAuth2Account(account) ? account.credential.refreshToken : undefined
  if (refreshToken === undefined) return undefined
  const {intent, sealedReply} = entry
  if (intent === undefined) {
    const sentAt = {wallMs: entry.modifiedAt, monotonicMs: 0, bootId: 'unknown'}
    return {doubt: {cause: 'lost-reply', since: sentAt, lastSentAt: sentAt, sends: 1}, reply: undefined}
  }
  const isAboutIt = intent.grantId === account.grantId && intent.fingerprint === keys.fingerprint(refreshToken.reveal())
  if (!isAboutIt) return undefined
  const {cause, since, lastSentAt, sends} = intent
  const reply = sealedReply === undefined ? undefined : openReply(sealedReply, intent, keys.sealer)
  return {doubt: {cause, since, lastSentAt, sends, ...(reply && {hasReply: true})}, reply}
}
