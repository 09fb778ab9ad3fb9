const LF = 0x0a
const CR = 0x0d
/** Of a line that comes in crumbs no more are kept apart: each costs more than its bytes. */
const MAX_PIECES = 16

/** Cuts a stream of bytes into lines; the bytes of a line are left as they are. */
export class LineSplitter {
  readonly #maxBytes: number
  #pieces: Buffer[] = []
  #bytes = 0

  /** @param maxBytes of a line, its end not counted. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /**
   * The lines that have become whole, without the CRLF or LF at their end; empty ones are left out.
   * @returns undefined when a line is too long: then nothing can be made of what follows either.
   */
  split(piece: Buffer): Buffer[] | undefined {
    const lines: Buffer[] = []
    let start = 0
    for (let end = piece.indexOf(LF); end >= 0; end = piece.indexOf(LF, start)) {
      const line = withoutEnd(this.#complete(piece.subarray(start, end)))
      if (line.length > this.#maxBytes) return undefined
      if (line.length > 0) lines.push(line)
      start = end + 1
    }
    return this.#keep(piece.subarray(start)) ? lines : undefined
  }

  #complete(last: Buffer): Buffer {
    if (this.#bytes === 0) return last
    const line = Buffer.concat([...this.#pieces, last])
    this.#pieces = []
    this.#bytes = 0
    return line
  }

  #keep(piece: Buffer): boolean {
    if (piece.length === 0) return true
    this.#bytes += piece.length
    // A CR may be the first half of its end.
    if (this.#bytes > this.#maxBytes + 1) return false
    // A copy: a crumb would hold on to all that it came with.
    this.#pieces.push(Buffer.from(piece))
    if (this.#pieces.length > MAX_PIECES) this.#pieces = [Buffer.concat(this.#pieces)]
    return true
  }
}

const withoutEnd = (line: Buffer): Buffer => (line.at(-1) === CR ? line.subarray(0, -1) : line)

const CRLF = Buffer.from('\r\n')

/** Lines as they are sent, in one piece. */
export const joinLines = (lines: readonly Buffer[]): Buffer => Buffer.concat(lines.flatMap((line) => [line, CRLF]))
