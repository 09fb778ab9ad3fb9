import type {Account, AccountKey, NewAccount} from '../model/account.js'
import {openAccount, sealAccount} from './account-record.js'
import type {DocumentDraft} from './document-draft.js'
import type {StoreKeys} from './store-keys.js'

/** The record as it is now, without what a journal knows. */
export function readAccount(draft: DocumentDraft, keys: StoreKeys, key: AccountKey): Account | undefined {
  const record = draft.get('accounts', key)
  return record === undefined ? undefined : openAccount(record, key, keys)
}

/** Stores the record whole and counts the write. */
export function saveAccount<A extends NewAccount>(
  draft: DocumentDraft,
  keys: StoreKeys,
  account: A,
): A & Pick<Account, 'version'> {
  const before = draft.get('accounts', account.key)
  const saved = {...account, version: versionOf(before) + 1}
  draft.set('accounts', account.key, sealAccount(saved, keys))
  return saved
}

/** A login may replace a damaged record, so nothing is asked of it. */
function versionOf(record: unknown): number {
  const isCounted = typeof record === 'object' && record !== null && 'version' in record
  return isCounted && Number.isSafeInteger(record.version) ? (record.version as number) : 0
}
