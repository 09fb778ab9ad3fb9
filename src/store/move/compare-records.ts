import {createHash} from 'node:crypto'

import {BehalfError} from '../../model/behalf-error.js'
import {isObject} from '../shape.js'
import {movedRecords} from './moved-records.js'
import type {RawRecord, RawSection, RawStore} from '../raw-store.js'

/** How many of each kind there are; kinds of which there are none are left out. */
export type RecordCounts = Partial<Record<RawSection, number>>

export async function countRecords(store: RawStore): Promise<RecordCounts> {
  return (await digestAll(store)).counts
}

/**
 * Reads both stores through.
 * @throws BehalfError `internal` naming a record that is not the same in both.
 */
export async function compareRecords(from: RawStore, to: RawStore): Promise<RecordCounts> {
  const [expected, found] = [await digestAll(from), await digestAll(to)]
  const differing = [...new Set([...expected.digests.keys(), ...found.digests.keys()])].filter(
    (name) => expected.digests.get(name) !== found.digests.get(name),
  )
  const [first] = differing
  if (first === undefined) return expected.counts
  const others = differing.length === 1 ? '' : `, and ${String(differing.length - 1)} more`
  throw new BehalfError(
    'internal',
    `What was copied to ${to.location} is not what is in ${from.location}: ${first}${others}. The source is in use as before.`,
  )
}

async function digestAll(store: RawStore): Promise<{digests: Map<string, string>; counts: RecordCounts}> {
  const digests = new Map<string, string>()
  const counts: RecordCounts = {}
  for await (const record of movedRecords(store)) {
    digests.set(`${record.section} ${record.key}`, digest(record))
    counts[record.section] = (counts[record.section] ?? 0) + 1
  }
  return {digests, counts}
}

const digest = ({value}: RawRecord): string =>
  createHash('sha256').update(JSON.stringify(value, sortFields), 'utf8').digest('base64url')

/** The order of fields says nothing. */
const sortFields = (_: string, value: unknown): unknown =>
  isObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value
