import {readdirSync} from 'node:fs'
import {join} from 'node:path'

import {BehalfError} from '../model/behalf-error.js'
import {quoteWord} from '../model/shell-words.js'
import {foreignStore, newerStore} from './document-errors.js'
import {decodeLines, FIRST_LINE, type LinePlace} from './points-line.js'
import {
  balanceShape,
  changeShape,
  headShape,
  POINTS_FORMAT,
  POINTS_VERSION,
  recordShape,
  type BalanceLine,
  type ChangeLine,
  type SegmentHead,
} from './points-record.js'
import {fit, isObject, type Shape} from './shape.js'
import {isErrno, toStorageError} from './storage-error.js'
import type {PointsRecord} from '../model/points.js'

/** One of the files that a ledger consists of. The last is appended to; those before it are history. */
export const segmentPathOf = (folder: string, segment: number): string =>
  join(folder, `${String(segment).padStart(6, '0')}.ndjson`)

export const pointsFolderOf = (storePath: string): string => `${storePath}.points`

/** In order; empty where there is no folder. */
export function listSegments(folder: string): number[] {
  try {
    return readdirSync(folder)
      .flatMap((name) => /^(\d{6,15})\.ndjson$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return []
    throw toStorageError(error, 'read', folder)
  }
}

/** What a line of a segment says. */
export type SegmentEntry = {place: LinePlace; next: LinePlace} & (
  | {kind: 'head'; head: SegmentHead}
  | {kind: 'balance'; balance: BalanceLine}
  /** A change of an earlier segment, whose idempotency key is recognised. */
  | {kind: 'kept'; kept: PointsRecord}
  | {kind: 'change'; change: ChangeLine}
)

/**
 * All whole lines of a segment, in order.
 * @throws BehalfError `store-damaged` naming the line, `store-foreign`, `store-newer`.
 */
export function* decodeSegment(bytes: Buffer, path: string): Generator<SegmentEntry> {
  let head: SegmentHead | undefined
  for (const {value, place, next} of decodeLines(bytes, FIRST_LINE)) {
    if (head === undefined) {
      head = checkHead(value, path)
      yield {kind: 'head', head, place, next}
      continue
    }
    const behindHead = place.number - 2
    if (behindHead < head.balances) {
      yield {kind: 'balance', balance: checkLine(balanceShape, value, path, place), place, next}
    } else if (behindHead < head.balances + head.kept) {
      yield {kind: 'kept', kept: checkLine(recordShape, value, path, place), place, next}
    } else yield {kind: 'change', change: checkLine(changeShape, value, path, place), place, next}
  }
  // It was put in its place with all that comes before the first change.
  if (head === undefined) throw damagedLedger(path, FIRST_LINE)
}

/** The changes that were appended behind `from`. @throws BehalfError `store-damaged` naming the line. */
export function* decodeChanges(
  bytes: Buffer,
  from: LinePlace,
  path: string,
): Generator<{change: ChangeLine; place: LinePlace; next: LinePlace}> {
  for (const {value, place, next} of decodeLines(bytes, from)) {
    yield {change: checkLine(changeShape, value, path, place), place, next}
  }
}

/** @param place of the line, or its offset alone where it is not known how many stand before it. */
export function damagedLedger(path: string, place: Pick<LinePlace, 'offset'> & {number?: number}): BehalfError {
  const {number, offset} = place
  const where = number === undefined ? `the line at byte ${String(offset)}` : `line ${String(number)}`
  const quoted = quoteWord(path)
  return new BehalfError(
    'store-damaged',
    `The points ledger ${path} is damaged: ${where} is not what was written. It has been left as it is.`,
    {
      hint:
        offset === 0
          ? 'Put the file back from a backup of yours.'
          : `Put the file back from a backup of yours, or keep what stands before: cp -- ${quoted} ${quoteWord(`${path}.damaged`)} && truncate -s ${String(offset)} -- ${quoted}`,
    },
  )
}

function checkHead(value: unknown, path: string): SegmentHead {
  if (value === undefined) throw damagedLedger(path, FIRST_LINE)
  if (!isObject(value) || value.format !== POINTS_FORMAT) throw foreignStore(path)
  if (typeof value.version === 'number' && value.version > POINTS_VERSION) throw newerStore(path, value.version)
  return checkLine(headShape, value, path, FIRST_LINE)
}

function checkLine<T>(shape: Shape<T>, value: unknown, path: string, place: LinePlace): T {
  const result = fit(shape, value)
  if ('value' in result) return result.value
  throw damagedLedger(path, place)
}
