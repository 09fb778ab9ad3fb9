import {closeSync, fstatSync, openSync, readFileSync, readSync, statSync, type BigIntStats} from 'node:fs'
import {open, type FileHandle} from 'node:fs/promises'

import {BehalfError} from '../model/behalf-error.js'
import {createTemporary, ensurePrivateFolder, removeTemporaries} from './durable-file.js'
import {PointsIndex} from './points-index.js'
import {encodeLine, FIRST_LINE, type LinePlace} from './points-line.js'
import {POINTS_FORMAT, POINTS_VERSION, toRecord, type ChangeLine, type SegmentHead} from './points-record.js'
import {damagedLedger, decodeChanges, decodeSegment, listSegments, segmentPathOf} from './points-segment.js'
import {toStorageError} from './storage-error.js'

/** The segment that is appended to, as far as it has been read. It is kept open: its inode number is not used again. */
interface LastSegment {
  readonly number: number
  readonly path: string
  readonly fd: number
  readonly stats: BigIntStats
  readonly index: PointsIndex
  /** Where its changes begin. */
  readonly head: LinePlace
  /** What comes next. */
  end: LinePlace
  /** The bytes of the line before that. */
  lastLine: Buffer
}

/** The JSON store's ledger of points: the files, and what they come to. Writing is for who holds its lock. */
export class PointsLedger {
  readonly #folder: string
  #last: LastSegment | undefined

  constructor(folder: string) {
    this.#folder = folder
  }

  /** What the ledger comes to now. Most of it is known, and only what was appended is read. */
  read(): PointsIndex {
    return this.#read()?.index ?? new PointsIndex()
  }

  /** Where the next change goes. Undefined: there is no segment yet. */
  end(): {segment: number; place: LinePlace; changeBytes: number; headBytes: number} | undefined {
    const last = this.#read()
    if (last === undefined) return undefined
    const {number, head, end} = last
    return {segment: number, place: end, changeBytes: end.offset - head.offset, headBytes: head.offset}
  }

  /** Durable when it resolves. When it rejects, nothing of it counts. */
  async append(text: string): Promise<void> {
    const last = this.#read()
    if (last === undefined) throw new BehalfError('internal', 'There is no segment to append to')
    try {
      const handle = await open(last.path, 'r+')
      try {
        // What a writer that was killed left of a line.
        await handle.truncate(last.end.offset)
        await writeOrTakeBack(handle, Buffer.from(text), last.end.offset)
      } finally {
        await handle.close()
      }
    } catch (error) {
      throw toStorageError(error, 'write', last.path)
    }
  }

  /** Begins a new segment with what the ledger comes to, so that nobody has to read those before it. */
  async beginSegment(): Promise<void> {
    const last = this.#read()
    const path = segmentPathOf(this.#folder, (last?.number ?? 0) + 1)
    try {
      await ensurePrivateFolder(this.#folder)
      await removeTemporaries(path)
      const temporary = await createTemporary(path, (handle) => handle.writeFile(encodeHead(last?.index)))
      try {
        await temporary.placeAt(path)
      } catch (error) {
        await temporary.discard()
        throw error
      }
      await temporary.handle.close()
    } catch (error) {
      throw toStorageError(error, 'write', path)
    }
  }

  close(): void {
    this.#keep(undefined)
  }

  #read(): LastSegment | undefined {
    try {
      if (this.#last !== undefined && this.#isLast(this.#last) && catchUp(this.#last)) return this.#last
      return this.#load()
    } catch (error) {
      throw toStorageError(error, 'read', this.#last?.path ?? this.#folder)
    }
  }

  #isLast({number}: LastSegment): boolean {
    return statSync(segmentPathOf(this.#folder, number + 1), {throwIfNoEntry: false}) === undefined
  }

  #load(): LastSegment | undefined {
    const number = listSegments(this.#folder).at(-1)
    if (number === undefined) {
      if (this.#last !== undefined) throw goneLedger(this.#folder)
      return undefined
    }
    const path = segmentPathOf(this.#folder, number)
    const fd = openSync(path, 'r')
    try {
      this.#keep(loadSegment(fd, number, path))
      return this.#last
    } catch (error) {
      closeSync(fd)
      throw error
    }
  }

  #keep(last: LastSegment | undefined): void {
    if (this.#last !== undefined) closeSync(this.#last.fd)
    this.#last = last
  }
}

function loadSegment(fd: number, number: number, path: string): LastSegment {
  const stats = fstatSync(fd, {bigint: true})
  const bytes = readFileSync(fd)
  const index = new PointsIndex()
  let [head, before, end] = [FIRST_LINE, FIRST_LINE, FIRST_LINE]
  for (const entry of decodeSegment(bytes, path)) {
    before = entry.place
    end = entry.next
    if (entry.kind === 'change') {
      addChange(index, entry.change, {segment: number, place: entry.place, path})
      continue
    }
    head = entry.next
    if (entry.kind === 'head') index.startAt(entry.head.sequence)
    else if (entry.kind === 'balance') index.setStanding(entry.balance.user, entry.balance)
    else index.keep(entry.kept)
  }
  return {number, path, fd, stats, index, head, end, lastLine: Buffer.from(bytes.subarray(before.offset, end.offset))}
}

/**
 * Reads what was appended. False: it is not the file that was read, or not its continuation (what was read of a write that
 * failed has been taken back), and all must be read again.
 */
function catchUp(last: LastSegment): boolean {
  const named = statSync(last.path, {bigint: true, throwIfNoEntry: false})
  if (named?.ino !== last.stats.ino || named.dev !== last.stats.dev) return false
  const {lastLine, end} = last
  const bytes = Buffer.alloc(Math.max(Number(named.size) - end.offset, 0) + lastLine.length)
  const read = readSync(last.fd, bytes, 0, bytes.length, end.offset - lastLine.length)
  if (read < lastLine.length || !bytes.subarray(0, lastLine.length).equals(lastLine)) return false
  const tail = bytes.subarray(lastLine.length, read)
  for (const {change, place, next} of decodeChanges(tail, end, last.path)) {
    addChange(last.index, change, {segment: last.number, place, path: last.path})
    last.lastLine = Buffer.from(tail.subarray(place.offset - end.offset, next.offset - end.offset))
    last.end = next
  }
  return true
}

function addChange(
  index: PointsIndex,
  change: ChangeLine,
  {segment, place, path}: {segment: number; place: LinePlace; path: string},
): void {
  const record = toRecord(change)
  if (!index.canFollow(record)) throw damagedLedger(path, place)
  index.add(record, {segment, offset: place.offset})
}

function encodeHead(index: PointsIndex = new PointsIndex()): string {
  const {kept, standings, sequence} = index
  const head: SegmentHead = {
    format: POINTS_FORMAT,
    version: POINTS_VERSION,
    sequence,
    balances: standings.size,
    kept: kept.length,
  }
  const lines: string[] = []
  let place = FIRST_LINE
  const push = (value: object): void => {
    const {text, next} = encodeLine(value, place)
    lines.push(text)
    place = next
  }
  push(head)
  for (const [user, {points, last}] of standings) push({user, points, last})
  kept.forEach(push)
  return lines.join('')
}

async function writeOrTakeBack(handle: FileHandle, bytes: Buffer, offset: number): Promise<void> {
  try {
    let written = 0
    while (written < bytes.length) {
      written += (await handle.write(bytes, written, bytes.length - written, offset + written)).bytesWritten
    }
    await handle.sync()
  } catch (error) {
    await handle.truncate(offset)
    throw error
  }
}

const goneLedger = (folder: string): BehalfError =>
  new BehalfError(
    'store-damaged',
    `The points ledger ${folder} is gone. It was there a moment ago, and none is made anew.`,
    {hint: 'Put the files back. To begin with an empty ledger, stop what runs first.'},
  )
