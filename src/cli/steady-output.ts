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

  /** Resolves once the data has left this process, or will never; then the output is closed. */
  async write(data: string | Uint8Array): Promise<void> {
    if (this.#isClosed || data.length === 0) return
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(data, (error?: NodeJS.ErrnoException | null) => {
        if (!error) resolve()
        else if (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED') {
          this.#isClosed = true
          resolve()
        } else reject(error)
      })
    })
  }
}
