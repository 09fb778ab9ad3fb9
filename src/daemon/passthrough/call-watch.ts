import {SECOND_MS} from '../../model/time.js'

/** A call under way, whose caller must still be let in. */
export interface WatchedCall {
  /** Asks again who the caller is and what it may do. Rejects when it may not make this call any more. */
  check(): Promise<unknown>
  end(error: unknown): void
  /** Where it stands among the others; set by the watch, and undefined when it is not watched. */
  place: number | undefined
}

/** Design 8: streams re-check every 10 s. */
export const CHECK_EVERY_MS = 10 * SECOND_MS

/**
 * Long downloads and uploads: every 10 s it is asked whether each call that goes on would still be let in, and one that
 * would not is ended. So it is for calls that the store can no longer tell of.
 */
export class CallWatch {
  readonly #everyMs: number
  /**
   * Not a set: V8 chains the tables that a set has outgrown, as it does every few calls here. Once one of them is old, all
   * later ones with the calls in them live until the next full collection: 300 MB, and 15 % of a call's time.
   */
  readonly #calls: WatchedCall[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(everyMs = CHECK_EVERY_MS) {
    this.#everyMs = everyMs
  }

  add(call: WatchedCall): void {
    call.place = this.#calls.push(call) - 1
    // One timer for all: a call that takes a millisecond is not to pay for one of its own.
    this.#timer ??= setInterval(() => this.#checkAll(), this.#everyMs).unref()
  }

  /** @returns whether it was watched. */
  delete(call: WatchedCall): boolean {
    if (call.place === undefined) return false
    // The last one takes its place.
    const last = this.#calls.pop()
    if (last && last !== call) {
      last.place = call.place
      this.#calls[call.place] = last
    }
    call.place = undefined
    return true
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #checkAll(): void {
    if (this.#calls.length === 0) {
      clearInterval(this.#timer)
      this.#timer = undefined
    }
    for (const call of this.#calls) {
      call.check().catch((error: unknown) => {
        if (this.delete(call)) call.end(error)
      })
    }
  }
}
