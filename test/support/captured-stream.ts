import {Writable} from 'node:stream'

/** A stream that keeps what is written to it, and tells when something was. */
export class CapturedStream extends Writable {
  text = ''
  isTTY = false
  readonly #waiting = new Set<() => void>()

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    for (const look of this.#waiting) look()
    done()
  }

  /** Resolves with the match as soon as what was written matches. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve) => {
      const look = (): void => {
        const match = pattern.exec(this.text)
        if (!match) return
        this.#waiting.delete(look)
        resolve(match)
      }
      this.#waiting.add(look)
      look()
    })
  }
}
