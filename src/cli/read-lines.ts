import type {Readable} from 'node:stream'

/** A line of the input, counted from 1, without its end (`\n` or `\r\n`); or why it cannot be read. */
export type InputLine = {line: number; text: string} | {line: number; problem: 'too-long' | 'not-utf8'}

const LINE_BREAK = 0x0a
const BYTE_ORDER_MARK = '\ufeff'

/** Reads lines one by one, holding no more than one of them; of one that is too long the rest is passed over. */
export async function* readLines(stream: Readable, limitBytes: number): AsyncGenerator<InputLine, void, undefined> {
  const decoder = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true})
  let pieces: Buffer[] = []
  let size = 0
  let line = 0

  function finish(): InputLine {
    line += 1
    const bytes = Buffer.concat(pieces)
    const isTooLong = size > limitBytes
    pieces = []
    size = 0
    if (isTooLong) return {line, problem: 'too-long'}
    try {
      const text = decoder.decode(bytes).replace(/\r$/, '')
      return {line, text: line === 1 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text}
    } catch {
      return {line, problem: 'not-utf8'}
    }
  }
  function add(piece: Buffer): void {
    size += piece.length
    if (size <= limitBytes) pieces.push(piece)
    else pieces = []
  }

  for await (const chunk of stream as AsyncIterable<Buffer | string>) {
    let rest = Buffer.from(chunk)
    for (let at = rest.indexOf(LINE_BREAK); at >= 0; at = rest.indexOf(LINE_BREAK)) {
      add(rest.subarray(0, at))
      rest = rest.subarray(at + 1)
      yield finish()
    }
    if (rest.length > 0) add(rest)
  }
  if (size > 0) yield finish()
}
