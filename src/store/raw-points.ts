import type {PointsRecord} from '../model/points.js'
import {recordShape} from './points-record.js'
import type {RawRecord} from './raw-store.js'
import type {PointsStore} from './store.js'

/** The changes of a ledger as records, in their order. */
export async function* readRawPoints(ledger: Pick<PointsStore, 'all'>): AsyncGenerator<RawRecord> {
  for await (const record of ledger.all()) yield {section: 'points', key: String(record.sequence), value: record}
}

/** Those among records that are of a ledger. */
export async function* toPointsRecords(
  records: AsyncIterable<RawRecord> | Iterable<RawRecord>,
): AsyncGenerator<PointsRecord> {
  for await (const {section, value} of records) if (section === 'points') yield recordShape(value)
}
