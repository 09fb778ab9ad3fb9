/** Lines have at most 8191 bytes of tags and 512 of the rest; what is longer than this is no chat. */
const MAX_LINE_BYTES = 16_384

/**
 * Cuts a stream of bytes into lines, without their ends; a line may come in pieces, and empty ones are skipped.
 * @param onTooLong called, once, when a line has no end in sight; nothing is read after that
 */
export function createLineSplitter(onLine: (line: string) => void, onTooLong: () => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  let isOver = false
  return (chunk) => {
    if (isOver) return
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const line = rest.toString('utf8', 0, end).replace(/\r$/, '')
      rest = rest.subarray(end + 1)
      if (line !== '') onLine(line)
    }
    if (rest.length <= MAX_LINE_BYTES) return
    isOver = true
    onTooLong()
  }
}
