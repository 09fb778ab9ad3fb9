import type {Doubt} from '../../model/account.js'
import type {Moment} from '../../model/time.js'
import {IMPORT_ID, incomingStore} from '../document-errors.js'
import type {RawRecord, RawStore} from '../raw-store.js'
import {isObject} from '../shape.js'
import {toStoreKeys, type Keyring} from '../store-keys.js'
import type {RecordCounts} from './compare-records.js'
import type {ParsedExport} from './export-format.js'
import {notEmpty} from './move-errors.js'

export interface Import {
  store: RawStore
  /** Wraps the keys of the store anew. */
  keyring: Keyring
  parsed: ParsedExport
  /** Whether what is there may be replaced. */
  replace: boolean
  now: Moment
  waitMs: number
}

/**
 * Puts an export in place of what a store holds, which is nothing unless it may be replaced. The keys come along, so API
 * tokens go on working; each account is in doubt, for its tokens may have been used since (design 7, rule 12).
 * @throws BehalfError `store-not-empty`, `store-locked`, `store-moved`; nothing was changed then.
 */
export async function importStore({store, keyring, parsed, replace, now, waitMs}: Import): Promise<RecordCounts> {
  const {keys, records, writtenAt, flowsCollectedAt} = parsed
  await store.claim(waitMs)
  const state = await store.readState()
  if (state.kind === 'incoming' && state.id !== IMPORT_ID) throw incomingStore(store.location, state)
  if (state.kind === 'live' && !replace)
    throw notEmpty(store, 'To put the export in its place: behalf store import --replace …')
  const counts: RecordCounts = {}
  function* putInDoubt(): Generator<RawRecord> {
    for (const record of records) {
      counts[record.section] = (counts[record.section] ?? 0) + 1
      yield record.section === 'accounts' ? {...record, value: withDoubt(record.value, now)} : record
    }
  }
  const head = {keys: await keyring.wrap(keys), writtenAt, flowsCollectedAt}
  await store.replace({head, keys: toStoreKeys(keys), records: putInDoubt()})
  return counts
}

function withDoubt(account: unknown, now: Moment): unknown {
  const doubt: Doubt = {cause: 'old-copy', since: now, lastSentAt: now, sends: 0}
  return isObject(account) ? {...account, doubt} : account
}
