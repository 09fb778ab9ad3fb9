import {setImmediate as letOthersRun} from 'node:timers/promises'

import type {AccountOutline} from '../model/account-outline.js'
import type {AccountKey, Doubt} from '../model/account.js'
import type {StrandedAccount, UpcomingRefresh, UpcomingValidation} from '../model/scheduled-account.js'
import type {Clock, EpochMs} from '../model/time.js'
import {nextAttemptAt} from '../model/token-life.js'
import {isUnfinishedImport} from '../model/unfinished-import.js'
import {readSealedAccount, type SealedAccount} from './account-record.js'
import {compareText} from './compare-text.js'
import {findSealedPart} from './credential-record.js'
import type {DocumentBase} from './document-base.js'
import type {StoreDocument} from './document.js'
import {journalNameOf, type JournalFolder} from './journal.js'

export interface AccountIndexParts {
  base: DocumentBase
  journals: JournalFolder
  clock: Clock
  /** Lays over what was noted and is not in the records yet. */
  withNotes(account: SealedAccount): SealedAccount
  /** What the journal of an account says, if it still says anything. */
  findDoubt(key: AccountKey): Promise<Doubt | undefined>
}

/** What there is to do as of one document. */
interface Plan {
  document: StoreDocument
  madeAt: EpochMs
  read: ReadonlyMap<AccountKey, ReadRecord>
  /** By provider. */
  accounts: ReadonlyMap<string, readonly SealedAccount[]>
  refreshes: ReadonlyMap<string, readonly UpcomingRefresh[]>
  stranded: readonly StrandedAccount[]
}

interface ReadRecord {
  record: object
  account: SealedAccount
}

/** So many accounts are looked at before others have their turn: a few milliseconds. */
const SLICE = 250

/** What the accounts need and when, without opening a secret. Made anew when the document has changed. */
export class AccountIndex {
  readonly #parts: AccountIndexParts
  /** The account of each journal that there could be. */
  readonly #accountOfJournal = new Map<string, AccountKey>()
  #plan: Plan | undefined
  #planning: Promise<Plan> | undefined

  constructor(parts: AccountIndexParts) {
    this.#parts = parts
  }

  async upcomingRefreshes(provider: string, limit: number, dueBy = Infinity): Promise<readonly UpcomingRefresh[]> {
    const plan = await this.#current()
    const upcoming = plan.refreshes.get(provider) ?? []
    const unanswered = await this.#findUnanswered(plan, provider)
    if (unanswered.length === 0) return cut(upcoming, limit, dueBy)
    const keys = new Set(unanswered.map(({key}) => key))
    return cut([...unanswered, ...upcoming.filter(({key}) => !keys.has(key))].sort(byDueTime), limit, dueBy)
  }

  async upcomingValidations(provider: string, limit: number): Promise<readonly UpcomingValidation[]> {
    const {accounts} = await this.#current()
    const upcoming: UpcomingValidation[] = []
    for await (const account of inSlices(accounts.get(provider) ?? [])) {
      const {key, lastValidatedAt} = this.#parts.withNotes(account)
      const validated = lastValidatedAt === undefined ? {} : {lastValidatedAt}
      if (isValidated(account)) upcoming.push({key, ...validated})
    }
    return upcoming
      .sort((a, b) => (a.lastValidatedAt ?? 0) - (b.lastValidatedAt ?? 0) || compareText(a.key, b.key))
      .slice(0, limit)
  }

  async stranded(): Promise<readonly StrandedAccount[]> {
    return (await this.#current()).stranded
  }

  async outlines(): Promise<readonly AccountOutline[]> {
    const plan = await this.#current()
    const doubts = new Map<AccountKey, Doubt | undefined>()
    for (const {key} of await this.#findBegun(plan)) doubts.set(key, await this.#parts.findDoubt(key))
    return Array.from(plan.read.values(), ({account}): AccountOutline => {
      const doubt = doubts.get(account.key)
      return {...this.#parts.withNotes(account), ...(doubt && {doubt})}
    }).sort((a, b) => compareText(a.key, b.key))
  }

  async #current(): Promise<Plan> {
    const document = await this.#parts.base.read()
    const now = this.#parts.clock.now()
    // A clock that was set back may release what a failure in the future held.
    if (this.#plan?.document === document && this.#plan.madeAt <= now) return this.#plan
    this.#planning ??= this.#make(document, now).finally(() => (this.#planning = undefined))
    return this.#planning
  }

  async #make(document: StoreDocument, now: EpochMs): Promise<Plan> {
    const read = new Map<AccountKey, ReadRecord>()
    const accounts = new Map<string, SealedAccount[]>()
    const refreshes = new Map<string, UpcomingRefresh[]>()
    const stranded: StrandedAccount[] = []
    for await (const [key, record] of inSlices(document.sections.accounts)) {
      const one = readOnce(record, key, this.#plan?.read.get(key))
      if (one === undefined) continue
      const {account} = one
      read.set(key, one)
      append(accounts, account.provider, account)
      const upcoming = toUpcoming(account, nextAttemptAt(account, now))
      if (upcoming) append(refreshes, account.provider, upcoming)
      if (account.state.kind === 'login-needed') stranded.push(toStranded(account, account.state))
    }
    for (const upcoming of refreshes.values()) {
      await letOthersRun()
      upcoming.sort(byDueTime)
    }
    this.#plan = {document, madeAt: now, read, accounts, refreshes, stranded}
    return this.#plan
  }

  async #findUnanswered(plan: Plan, provider: string): Promise<UpcomingRefresh[]> {
    const now = this.#parts.clock.now()
    const begun = (await this.#findBegun(plan)).filter((account) => account.provider === provider)
    return begun.flatMap((account) => toUpcoming(account, nextAttemptAt(account, now, true)) ?? [])
  }

  /** Those that have a journal. Whether it still says anything is known only under the account's lock. */
  async #findBegun({read}: Plan): Promise<SealedAccount[]> {
    const names = await this.#parts.journals.listNames()
    if (names.size === 0) return []
    if (Array.from(names).some((name) => !this.#accountOfJournal.has(name))) {
      for await (const key of inSlices(read.keys())) this.#accountOfJournal.set(journalNameOf(key), key)
    }
    return Array.from(names).flatMap((name) => read.get(this.#accountOfJournal.get(name) ?? '')?.account ?? [])
  }
}

/** Lets others have their turn between slices. */
async function* inSlices<T>(items: Iterable<T>): AsyncGenerator<T, void, undefined> {
  let count = 0
  for (const item of items) {
    count += 1
    if (count % SLICE === 0) await letOthersRun()
    yield item
  }
}

/** Undefined for a record that is damaged. One that is as it was is not checked again: that would take most of the time. */
function readOnce(record: unknown, key: AccountKey, before: ReadRecord | undefined): ReadRecord | undefined {
  if (typeof record !== 'object' || record === null) return undefined
  if (before?.record === record || (before && isSameWrite(before.account, record))) return {...before, record}
  const account = readSealedAccount(record, key)
  return account && {record, account}
}

/** Every write counts, and seals the secrets anew; only the time of the last validation is patched in. */
function isSameWrite(before: SealedAccount, record: object): boolean {
  const now = record as Partial<SealedAccount>
  return (
    before.version === now.version &&
    before.lastValidatedAt === now.lastValidatedAt &&
    findSealedPart(before.credential) === findSealedPart(now.credential)
  )
}

const isValidated = (account: SealedAccount): boolean =>
  account.credential.kind === 'oauth2' && account.state.kind === 'ok' && !isUnfinishedImport(account)

const byDueTime = (a: UpcomingRefresh, b: UpcomingRefresh): number => a.dueAt - b.dueAt || compareText(a.key, b.key)

/** Those that are due by then, and the next one. */
function cut(upcoming: readonly UpcomingRefresh[], limit: number, dueBy: EpochMs): readonly UpcomingRefresh[] {
  const later = dueBy === Infinity ? -1 : upcoming.findIndex(({dueAt}) => dueAt > dueBy)
  return upcoming.slice(0, later < 0 ? limit : Math.min(limit, later + 1))
}

function append<T>(map: Map<string, T[]>, name: string, item: T): void {
  const list = map.get(name)
  if (list === undefined) map.set(name, [item])
  else list.push(item)
}

/** Undefined where it is never due by itself. */
export function toUpcoming(
  {key, credential, version}: SealedAccount,
  dueAt: EpochMs | undefined,
): UpcomingRefresh | undefined {
  if (dueAt === undefined) return undefined
  const expiresAt = credential.kind === 'oauth2' ? credential.expiresAt : undefined
  return {key, dueAt, version, ...(expiresAt !== undefined && {expiresAt})}
}

export function toStranded(
  {key, provider, login, userId, role, subject, grantId}: SealedAccount,
  {reason, since, toldAt}: Extract<SealedAccount['state'], {kind: 'login-needed'}>,
): StrandedAccount {
  const named = {key, provider, login, userId, role, ...(subject !== undefined && {subject})}
  return {...named, grantId, reason, since, ...(toldAt !== undefined && {toldAt})}
}
