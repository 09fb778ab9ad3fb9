import type {Account, Doubt, NewOAuth2Account, OAuth2Account} from '../../model/account.js'
import {BehalfError} from '../../model/behalf-error.js'
import type {RawReply} from '../../model/refresh.js'
import {elapsedMs} from '../../model/time.js'
import type {Intent, JournalEntry, JournalFolder, OpenJournal} from '../journal.js'
import {sealReply} from '../reply-record.js'
import type {StoreKeys} from '../store-keys.js'
import type {AccountLock, CommitResult} from '../store.js'
import {markOf, type GrantMark} from './account-hash.js'
import type {AccountHints} from './account-hints.js'
import {findStoredDoubt} from './account-reader.js'
import {describeHolder} from './acquire-account-lock.js'
import {commitTokens, type CommitParts} from './commit-tokens.js'
import {insist} from './insist.js'
import {forgetUnsent, type UnsentSends} from './unsent-sends.js'

export interface RedisAccountLockParts extends CommitParts {
  hints: AccountHints
  journals: JournalFolder
  openKeys(): Promise<StoreKeys>
  leaseMs: number
  unsent: UnsentSends
}

/** Reads what was found with the lock; a journal of this machine that says nothing any more is removed. */
export async function openRedisAccountLock(parts: RedisAccountLockParts): Promise<AccountLock> {
  const {journals, key, reader} = parts
  const read = await forgetUnsent(parts)
  const entry = await journals.read(key)
  const opened = read.record === undefined ? undefined : await reader.openStored({key, hash: read})
  const {hash = read, keys, account: stored} = opened ?? {}
  const found = keys && stored && findStoredDoubt(hash, entry, stored, keys)
  // A Redis that came back empty may be repaired: until then this may be the only copy of what was answered.
  const saysNothing = found === undefined && (stored !== undefined || entry?.sealedReply === undefined)
  if (saysNothing && entry !== undefined) await journals.remove(key, {durably: false})
  return new RedisAccountLock(parts, {
    account: found === undefined ? stored : stored && {...stored, doubt: found.doubt},
    mark: keys === undefined ? {grant: '', fingerprint: ''} : markOf(stored, keys),
    reply: found?.reply,
    before: {doubt: found?.doubt ?? stored?.doubt, text: hash.intent ?? '', journal: found && entry},
  })
}

/** What `begin` found, for `retract` to go back to. */
interface Before {
  doubt: Doubt | undefined
  /** The intent that was stored. */
  text: string
  journal: JournalEntry | undefined
}

interface Found {
  account: Account | undefined
  mark: GrantMark
  reply: RawReply | undefined
  before: Before
}

class RedisAccountLock implements AccountLock {
  readonly account: Account | undefined
  readonly reply: RawReply | undefined
  readonly #parts: RedisAccountLockParts
  /** What was read, and what a commit replaces (rule 3). */
  readonly #mark: GrantMark
  #before: Before
  /** What has been begun and neither taken back nor committed. */
  #begun: {intent: Intent; text: string; journal: OpenJournal} | undefined

  constructor(parts: RedisAccountLockParts, {account, mark, reply, before}: Found) {
    this.#parts = parts
    this.account = account
    this.reply = reply
    this.#mark = mark
    this.#before = before
  }

  async begin(): Promise<void> {
    const {clock, journals, key, steps, taken} = this.#parts
    const {account} = this
    if (account === undefined || this.#mark.fingerprint === '') {
      throw new BehalfError('internal', `A refresh of ${key} was begun without a refresh token`)
    }
    if (this.#begun !== undefined) {
      this.#before = {doubt: this.#begun.intent, text: this.#begun.text, journal: await journals.read(key)}
      await this.#closeJournal()
    }
    const now = clock.moment()
    const doubt: Doubt = this.#before.doubt ?? {cause: 'lost-reply', since: now, lastSentAt: now, sends: 0}
    const intent: Intent = {
      account: key,
      grantId: this.#mark.grant,
      fingerprint: this.#mark.fingerprint,
      cause: doubt.cause,
      since: doubt.since,
      lastSentAt: now,
      sends: doubt.sends + 1,
      pid: process.pid,
    }
    const text = JSON.stringify(intent)
    // The disk first: where there is no room for a reply nothing is to be said of a send.
    this.#begun = {intent, text, journal: await journals.write(key, intent)}
    try {
      const [word, holder] = await insist(() => steps.run('begin', key, [key, taken.owner, text], account.provider))
      if (word !== 'begun') throw tookTooLong(key, 'sent', String(holder))
    } catch (error) {
      // It may have been stored all the same.
      await this.retract().catch(() => undefined)
      throw error
    }
  }

  isHeld(): Promise<boolean> {
    return this.#hold(this.#begun?.text ?? '')
  }

  async recordReply(reply: RawReply): Promise<void> {
    const {key} = this.#parts
    if (this.#begun === undefined) throw new BehalfError('internal', `A reply for ${key} came without a begin`)
    const {intent, journal} = this.#begun
    const {sealer} = await this.#parts.openKeys()
    await journal.recordReply(sealReply(reply, intent, sealer))
  }

  async retract(): Promise<void> {
    const begun = this.#begun
    if (begun === undefined) return
    const {journals, key, steps} = this.#parts
    const {text, journal} = this.#before
    const provider = this.account?.provider
    try {
      if (journal === undefined) await this.#removeJournal()
      else await journals.restore(key, journal)
      await insist(() => steps.run('retract', key, [key, begun.text, text], provider))
    } catch (error) {
      this.#parts.unsent.set(key, {intent: begun.text, before: text})
      throw error
    } finally {
      await this.#closeJournal()
    }
  }

  async commit(change: (current: OAuth2Account) => NewOAuth2Account): Promise<CommitResult> {
    const begun = this.#begun
    const {result, isLate} = await commitTokens(this.#parts, {
      account: this.account,
      mark: this.#mark,
      sentAt: begun?.intent.lastSentAt ?? this.#before.doubt?.lastSentAt,
      // What was there before says something still when nothing is saved.
      intents: {saved: begun?.text ?? this.#before.text, other: begun?.text ?? ''},
      change,
    })
    // A failover would bring back the token that was sent, and only this machine has the answer: the next holder looks.
    if (!isLate) await this.#removeJournal()
    await this.#closeJournal()
    return result
  }

  async remove(): Promise<void> {
    const {hints, journals, key, reader, steps, taken} = this.#parts
    const {account} = this
    // The lock goes with the account: after that, the journal may be another holder's.
    if (await this.#hold('')) await journals.remove(key, {durably: true})
    if (account !== undefined) {
      const {word} = await insist(() => steps.write('remove', key, [key, this.#mark.grant, taken.owner], account))
      if (word === 'lost') throw tookTooLong(key, 'removed')
      await hints.drop(account, () => reader.findName(key))
    }
    await this.#closeJournal()
  }

  async release(): Promise<void> {
    await this.#closeJournal()
    await this.#parts.taken.release()
  }

  /**
   * No where this process stood still while it was asked, until half of the lease was over: the rest may be too short.
   * @param intent what must be noted still; empty where that does not matter.
   */
  async #hold(intent: string): Promise<boolean> {
    const {clock, steps, key, taken, leaseMs} = this.#parts
    let askedAt = clock.moment()
    const [word] = await insist(() => {
      askedAt = clock.moment()
      return steps.run('hold', key, [taken.owner, leaseMs, intent])
    })
    return word === 'held' && elapsedMs(askedAt, clock.moment()) < leaseMs / 2
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
}

const tookTooLong = (key: string, what: 'sent' | 'removed', holder = ''): BehalfError =>
  new BehalfError(
    'lock-timeout',
    `The lock of ${key} ended while this process stood still` +
      (holder === '' ? '' : `, and ${describeHolder(holder)} has it now`) +
      `; nothing was ${what}`,
  )
