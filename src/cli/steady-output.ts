import type {OutputStream} from './surroundings.js'

/** Data for stdout, written no faster than it is read, so that memory stays flat however much there is. */
export class SteadyOutput {
  readonly #stream: OutputStream
  #isClosed = false

  constructor(stream: OutputStream) {
    this.#stream = stream
  }

  /** Whether whoever read has gone, as `head` does when it has enough. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Resolves once the text has left this process, or will never; then the output is closed. */
  async write(text: string): Promise<void> {
    if (this.#isClosed || text === '') return
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(text, (error?: NodeJS.ErrnoException | null) => {
        if (!error) resolve()
        else if (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED') {
          this.#isClosed = true
          resolve()
        } else reject(error)
      })
    })
  }
}
