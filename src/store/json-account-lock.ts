import {
  isOAuth2Account,
  type Account,
  type AccountKey,
  type Doubt,
  type NewOAuth2Account,
  type OAuth2Account,
} from '../model/account.js'
import {BehalfError} from '../model/behalf-error.js'
import type {RawReply} from '../model/refresh.js'
import type {Clock} from '../model/time.js'
import {findDoubt} from './account-doubts.js'
import type {HeldAccountLock} from './account-lock-file.js'
import {areSameGrant, openAccount, withoutDoubt} from './account-record.js'
import type {DocumentBase} from './document-base.js'
import type {Intent, JournalEntry, JournalFolder, OpenJournal} from './journal.js'
import {sealReply} from './reply-record.js'
import type {SoftNotes} from './soft-notes.js'
import type {StoreKeys} from './store-keys.js'
import {readAccount, saveAccount} from './stored-account.js'
import type {AccountLock, CommitResult} from './store.js'

export interface AccountLockParts {
  base: DocumentBase
  clock: Clock
  journals: JournalFolder
  notes: SoftNotes<'lastValidatedAt'>
  key: AccountKey
  held: HeldAccountLock
}

/** Reads the account and what its journal says, now that the lock is held; a journal that says nothing is removed. */
export async function openJsonAccountLock(parts: AccountLockParts): Promise<AccountLock> {
  const {base, journals, key} = parts
  const document = await base.readUnderLock()
  const record = document.sections.accounts.get(key)
  const entry = await journals.read(key)
  if (record === undefined) {
    if (entry !== undefined) await journals.remove(key, {durably: false})
    return new JsonAccountLock(parts, undefined, undefined, undefined)
  }
  const keys = await base.openKeys(document)
  const stored = parts.notes.layOver(key, openAccount(record, key, keys))
  const found = entry && findDoubt(entry, stored, keys)
  if (found === undefined) {
    if (entry !== undefined) await journals.remove(key, {durably: false})
    return new JsonAccountLock(parts, stored, undefined, undefined)
  }
  return new JsonAccountLock(parts, {...stored, doubt: found.doubt}, entry, found.reply)
}

/** What `begin` found, for `retract` to go back to. */
interface Before {
  doubt: Doubt | undefined
  journal: JournalEntry | undefined
}

class JsonAccountLock implements AccountLock {
  readonly account: Account | undefined
  readonly reply: RawReply | undefined
  readonly #parts: AccountLockParts
  #before: Before
  /** What has been begun and neither taken back nor committed. */
  #begun: {intent: Intent; journal: OpenJournal} | undefined

  constructor(
    parts: AccountLockParts,
    account: Account | undefined,
    journal: JournalEntry | undefined,
    reply: RawReply | undefined,
  ) {
    this.#parts = parts
    this.account = account
    this.reply = reply
    this.#before = {doubt: account?.doubt, journal}
  }

  async begin(): Promise<void> {
    const {clock, journals, key} = this.#parts
    const {account} = this
    const refreshToken = account && isOAuth2Account(account) ? account.credential.refreshToken : undefined
    if (account === undefined || refreshToken === undefined) {
      throw new BehalfError('internal', `A refresh of ${key} was begun without a refresh token`)
    }
    const keys = await this.#openKeys()
    if (this.#begun !== undefined) {
      this.#before = {doubt: this.#begun.intent, journal: await journals.read(key)}
      await this.#closeJournal()
    }
    const now = clock.moment()
    const doubt: Doubt = this.#before.doubt ?? {cause: 'lost-reply', since: now, lastSentAt: now, sends: 0}
    const intent: Intent = {
      account: key,
      grantId: account.grantId,
      fingerprint: keys.fingerprint(refreshToken.reveal()),
      cause: doubt.cause,
      since: doubt.since,
      lastSentAt: now,
      sends: doubt.sends + 1,
      pid: process.pid,
    }
    this.#begun = {intent, journal: await journals.write(key, intent)}
  }

  isHeld(): Promise<boolean> {
    return this.#parts.held.isHeld()
  }

  async recordReply(reply: RawReply): Promise<void> {
    if (this.#begun === undefined) {
      throw new BehalfError('internal', `A reply for ${this.#parts.key} came without a begin`)
    }
    const {intent, journal} = this.#begun
    const {sealer} = await this.#openKeys()
    await journal.recordReply(sealReply(reply, intent, sealer))
  }

  async retract(): Promise<void> {
    if (this.#begun === undefined) return
    const {journals, key} = this.#parts
    if (this.#before.journal === undefined) await this.#removeJournal()
    else await journals.restore(key, this.#before.journal)
    await this.#closeJournal()
  }

  async commit(change: (current: OAuth2Account) => NewOAuth2Account): Promise<CommitResult> {
    const {base, notes, key} = this.#parts
    const result = await base.change((draft, keys): CommitResult => {
      const current = readAccount(draft, keys, key)
      if (current === undefined || !isOAuth2Account(current)) return {kind: 'gone'}
      if (this.account === undefined || !areSameGrant(this.account, current))
        return {kind: 'superseded', account: current}
      const changed = change(withoutDoubt(notes.layOver(key, current)))
      return {kind: 'saved', account: saveAccount(draft, keys, withoutDoubt(changed))}
    })
    await this.#removeJournal()
    await this.#closeJournal()
    return result
  }

  async remove(): Promise<void> {
    const {base, journals, notes, key, held} = this.#parts
    notes.forget(key)
    await base.change((draft) => {
      if (draft.delete('accounts', key)) draft.withholdFromBackup(key)
    })
    await journals.remove(key, {durably: true})
    await this.#closeJournal()
    held.deleteOnRelease()
  }

  async release(): Promise<void> {
    await this.#closeJournal()
    await this.#parts.held.release()
  }

  /** Not made durable: one that comes back after a power cut is about a token that is stored no more, or costs a retry. */
  async #removeJournal(): Promise<void> {
    const {journals, key} = this.#parts
    // Should the lock have been lost, the journal may be another holder's by now.
    const isOurs =
      this.#begun === undefined ? this.#before.journal !== undefined : await this.#begun.journal.isInPlace()
    if (isOurs) await journals.remove(key, {durably: false})
  }

  async #closeJournal(): Promise<void> {
    const begun = this.#begun
    this.#begun = undefined
    await begun?.journal.close()
  }

  async #openKeys(): Promise<StoreKeys> {
    const {base} = this.#parts
    return base.openKeys(await base.read())
  }
}
