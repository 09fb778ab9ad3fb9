import {closeSync, openSync, readFileSync, readSync} from 'node:fs'

import {BehalfError} from '../model/behalf-error.js'
import type {PointsRecord} from '../model/points.js'
import {BYTES_BEFORE, decodeLineAfter} from './points-line.js'
import {changeShape, toRecord, type ChangeLine, type PointsPosition} from './points-record.js'
import {damagedLedger, decodeSegment, listSegments, segmentPathOf} from './points-segment.js'
import {fit} from './shape.js'
import {isErrno, toStorageError} from './storage-error.js'

interface Page {
  limit: number
  /** A sequence that all are below. */
  before?: number
}

/** Most lines are shorter; the longest have some 8,000 bytes. */
const LINE_BYTES = 1024
const MAX_LINE_BYTES = 64 * 1024

/**
 * One user's changes, the newest first: each names the place of the one before, so that as much is read as is shown.
 * It ends where a segment has been taken away.
 */
export function readUserHistory(
  folder: string,
  last: PointsPosition,
  {limit, before = Infinity}: Page,
): PointsRecord[] {
  const files = new Map<number, number | undefined>()
  const found: PointsRecord[] = []
  try {
    for (let at: PointsPosition | undefined = last; at !== undefined && found.length < limit;) {
      const path = segmentPathOf(folder, at.segment)
      if (!files.has(at.segment)) files.set(at.segment, openIfThere(path))
      const fd = files.get(at.segment)
      if (fd === undefined) break
      const change: ChangeLine = readChangeAt(fd, at.offset, path)
      if (change.sequence < before) found.push(toRecord(change))
      at = change.previous
    }
    return found
  } catch (error) {
    throw toStorageError(error, 'read', folder)
  } finally {
    for (const fd of files.values()) if (fd !== undefined) closeSync(fd)
  }
}

/** Changes of all users, the newest first: whole segments are read, from the end. */
export function readHistory(folder: string, {limit, before = Infinity}: Page): PointsRecord[] {
  const found: PointsRecord[] = []
  for (const segment of listSegments(folder).reverse()) {
    const changes = readSegmentChanges(folder, segment).filter(({sequence}) => sequence < before)
    found.push(...changes.reverse().slice(0, limit - found.length))
    if (found.length >= limit) break
  }
  return found
}

/**
 * Every change, the oldest first.
 * @throws BehalfError `store-damaged` where a segment has been taken away.
 */
export function* readAll(folder: string): Generator<PointsRecord> {
  for (const [index, segment] of listSegments(folder).entries()) {
    if (segment !== index + 1) throw missingSegment(segmentPathOf(folder, index + 1))
    yield* readSegmentChanges(folder, segment)
  }
}

function readSegmentChanges(folder: string, segment: number): PointsRecord[] {
  const path = segmentPathOf(folder, segment)
  try {
    const records: PointsRecord[] = []
    for (const entry of decodeSegment(readFileSync(path), path)) {
      if (entry.kind === 'change') records.push(toRecord(entry.change))
    }
    return records
  } catch (error) {
    throw toStorageError(error, 'read', path)
  }
}

function readChangeAt(fd: number, offset: number, path: string): ChangeLine {
  for (let length = LINE_BYTES; length <= MAX_LINE_BYTES; length *= 4) {
    const bytes = Buffer.alloc(length)
    const read = readSync(fd, bytes, 0, length, Math.max(offset - BYTES_BEFORE, 0))
    const line = decodeLineAfter(bytes.subarray(0, read))
    if (line === undefined) continue
    const change = fit(changeShape, line.value)
    if ('value' in change) return change.value
    break
  }
  throw damagedLedger(path, {offset})
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

const missingSegment = (path: string): BehalfError =>
  new BehalfError('store-damaged', `The points ledger is not whole: ${path} is gone.`, {
    hint: 'Put the file back from a backup of yours.',
  })
