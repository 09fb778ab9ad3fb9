import {SECOND_MS} from '../../model/time.js'

/** A call under way, whose caller must still be let in. */
export interface WatchedCall {
  /** Asks again who the caller is and what it may do. Rejects when it may not make this call any more. */
  check(): Promise<unknown>
  end(error: unknown): void
}

/** Design 8: streams re-check every 10 s. */
export const CHECK_EVERY_MS = 10 * SECOND_MS

/**
 * Long downloads and uploads: every 10 s it is asked whether each call that goes on would still be let in, and one that
 * would not is ended. So it is for calls that the store can no longer tell of.
 */
export class CallWatch {
  readonly #everyMs: number
  readonly #calls = new Set<WatchedCall>()
  #timer: NodeJS.Timeout | undefined

  constructor(everyMs = CHECK_EVERY_MS) {
    this.#everyMs = everyMs
  }

  add(call: WatchedCall): void {
    this.#calls.add(call)
    // One timer for all: a call that takes a millisecond is not to pay for one of its own.
    this.#timer ??= setInterval(() => this.#checkAll(), this.#everyMs).unref()
  }

  delete(call: WatchedCall): void {
    this.#calls.delete(call)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #checkAll(): void {
    if (this.#calls.size === 0) {
      clearInterval(this.#timer)
      this.#timer = undefined
    }
    for (const call of this.#calls) {
      call.check().catch((error: unknown) => {
        if (this.#calls.delete(call)) call.end(error)
      })
    }
  }
}
