import {isSessionRecord} from '../part-sessions.js'
import type {RawRecord, RawStore} from '../raw-store.js'

/** What goes along when a store is moved: all but sessions of the admin page. Its browsers sign in again. */
export async function* movedRecords(store: Pick<RawStore, 'records'>): AsyncGenerator<RawRecord> {
  for await (const record of store.records()) {
    if (record.section !== 'apiTokens' || !isSessionRecord(record.value)) yield record
  }
}
