import {crc32} from 'node:zlib'

/** The line of a ledger's file that comes next. */
export interface LinePlace {
  /** In bytes. */
  offset: number
  /** Counted from 1. */
  number: number
  /** The check of the line before it; 0 at the beginning. */
  check: number
}

export const FIRST_LINE: LinePlace = {offset: 0, number: 1, check: 0}

/** `,"check":"0a1b2c3d"}` */
const CHECK_CHARACTERS = 20
/** `0a1b2c3d"}` and the end of the line. */
const CHECK_TAIL_BYTES = 11
const NEWLINE = 10

/**
 * A line is one JSON object. Its last field is a CRC-32 of all lines up to it, so that none can be changed, left out or
 * put in another place unseen.
 */
export function encodeLine(value: object, place: LinePlace): {text: string; next: LinePlace} {
  const body = JSON.stringify(value).slice(0, -1)
  const check = crc32(body, place.check)
  const text = `${body}${checkText(check)}\n`
  return {text, next: {offset: place.offset + Buffer.byteLength(text), number: place.number + 1, check}}
}

export interface DecodedLine {
  /** Undefined: it is damaged. */
  value: unknown
  place: LinePlace
  next: LinePlace
}

/** The whole lines in `bytes`, which begin at `from`; what follows the last end of a line was torn off, and is no line. */
export function* decodeLines(bytes: Buffer, from: LinePlace): Generator<DecodedLine> {
  let place = from
  for (;;) {
    const start = place.offset - from.offset
    const end = bytes.indexOf(NEWLINE, start)
    if (end < 0) return
    const {value, check} = decodeLine(bytes.subarray(start, end), place.check)
    const next = {offset: from.offset + end + 1, number: place.number + 1, check}
    yield {value, place, next}
    place = next
  }
}

/** @param line without its end. */
function decodeLine(line: Buffer, checkBefore: number): {value: unknown; check: number} {
  const body = line.subarray(0, Math.max(line.length - CHECK_CHARACTERS, 0))
  const check = crc32(body, checkBefore)
  if (line.toString('latin1', body.length) !== checkText(check)) return {value: undefined, check}
  return {value: parseJson(`${body.toString('utf8')}}`), check}
}

/** What stands before a line that is looked up by its offset: the check of its predecessor. */
export const BYTES_BEFORE = CHECK_TAIL_BYTES

/** @param bytes from {@link BYTES_BEFORE} before the line on. Undefined when the line does not end in them. */
export function decodeLineAfter(bytes: Buffer): {value: unknown} | undefined {
  const end = bytes.indexOf(NEWLINE, BYTES_BEFORE)
  if (end < 0) return undefined
  const checkBefore = Number.parseInt(bytes.toString('latin1', 0, 8), 16)
  if (!Number.isInteger(checkBefore)) return {value: undefined}
  return {value: decodeLine(bytes.subarray(BYTES_BEFORE, end), checkBefore).value}
}

const checkText = (check: number): string => `,"check":"${check.toString(16).padStart(8, '0')}"}`

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
