import type {EpochMs} from '../../model/time.js'
import {movedStore} from '../document-errors.js'
import type {RawStore} from '../raw-store.js'
import type {Keyring} from '../store-keys.js'
import {BehalfError} from '../../model/behalf-error.js'
import {EXPORT_FORMAT, EXPORT_VERSION} from './export-format.js'
import type {RecordCounts} from './compare-records.js'
import {movedRecords} from './moved-records.js'

export interface ExportedStore {
  /** To be sealed: the keys of the store are in it. */
  text: string
  records: RecordCounts
}

/**
 * All that a store holds, to be put elsewhere. Refreshes that have begun stay behind: they end where they began, and
 * the accounts are in doubt when this comes back (design 7, rule 12). Nobody is kept from working meanwhile.
 * @throws BehalfError `store-moved`, `wrong-secret`, `invalid-input` for an empty store.
 */
export async function exportStore(store: RawStore, keyring: Keyring, now: EpochMs): Promise<ExportedStore> {
  const state = await store.readState()
  if (state.kind === 'empty') {
    throw new BehalfError('invalid-input', `There is nothing to export: the store ${store.location} is empty.`)
  }
  if (state.kind !== 'live') throw movedStore(store.location, state.other)
  const {keys, ...head} = await store.readHead()
  const {data, token, previous} = await keyring.unwrap(keys)
  const lines: unknown[] = [
    {
      format: EXPORT_FORMAT,
      version: EXPORT_VERSION,
      exportedAt: now,
      ...head,
      keys: {data: toText(data), token: toText(token), ...(previous && {previous: toText(previous)})},
    },
  ]
  const records: RecordCounts = {}
  for await (const record of movedRecords(store)) {
    if (record.section === 'refreshes') continue
    lines.push(record)
    records[record.section] = (records[record.section] ?? 0) + 1
  }
  return {text: `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`, records}
}

const toText = (key: Buffer): string => key.toString('base64url')
