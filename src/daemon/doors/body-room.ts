/**
 * How much of all bodies together is held in memory before it is known who sends them: without an end, many who are
 * nobody could fill it with bodies that are each small enough.
 */
export class BodyRoom {
  #bytesLeft: number

  constructor(bytes: number) {
    this.#bytesLeft = bytes
  }

  /** @returns what gives the bytes back, once; undefined when there is no room for so many. */
  take(bytes: number): (() => void) | undefined {
    if (bytes > this.#bytesLeft) return undefined
    this.#bytesLeft -= bytes
    let isHeld = true
    return () => {
      if (isHeld) this.#bytesLeft += bytes
      isHeld = false
    }
  }
}
