import type {Account, AccountKey} from '../model/account.js'
import {MINUTE_MS, type EpochMs} from '../model/time.js'
import type {DocumentBase} from './document-base.js'
import type {DocumentDraft} from './document-draft.js'

/** When accounts were last validated: too frequent and too unimportant for a write of its own. */
export class ValidationNotes {
  readonly #base: DocumentBase
  readonly #notes = new Map<AccountKey, EpochMs>()
  #timer: NodeJS.Timeout | undefined

  constructor(base: DocumentBase) {
    this.#base = base
    base.rideAlong((draft) => {
      this.#save(draft)
    })
  }

  add(key: AccountKey, at: EpochMs): void {
    if (at > (this.#notes.get(key) ?? -Infinity)) this.#notes.set(key, at)
    this.#timer ??= setTimeout(() => {
      // Nobody waits for this; what could not be saved rides along with the next write.
      this.flush().catch(() => undefined)
    }, MINUTE_MS).unref()
  }

  /** A new login has been validated when it was made. */
  forget(key: AccountKey): void {
    this.#notes.delete(key)
  }

  layOver(account: Account): Account {
    const at = this.#notes.get(account.key)
    return at !== undefined && at > (account.lastValidatedAt ?? -Infinity) ? {...account, lastValidatedAt: at} : account
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#notes.size === 0) return
    const {accounts} = (await this.#base.read()).sections
    if (this.#newsFor((key) => accounts.get(key)).length > 0) await this.#base.change(() => undefined)
  }

  /** Records are patched, not opened: a damaged one must not keep others from being written. */
  #save(draft: DocumentDraft): void {
    for (const {key, record, at} of this.#newsFor((name) => draft.get('accounts', name))) {
      draft.set('accounts', key, {...record, lastValidatedAt: at})
    }
  }

  /** What is not yet in the records. */
  #newsFor(find: (key: AccountKey) => unknown): {key: AccountKey; record: object; at: EpochMs}[] {
    return Array.from(this.#notes).flatMap(([key, at]) => {
      const record = find(key)
      if (typeof record !== 'object' || record === null) return []
      const known = 'lastValidatedAt' in record ? Number(record.lastValidatedAt) : -Infinity
      return at > known ? [{key, record, at}] : []
    })
  }
}
