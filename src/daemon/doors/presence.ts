import type {ServerResponse} from 'node:http'

/** Whether the caller still waits for the answer. What goes on for it is ended when it leaves. */
export class Presence {
  readonly response: ServerResponse
  #isGone = false
  #end: (() => void) | undefined

  constructor(response: ServerResponse) {
    this.response = response
  }

  get isGone(): boolean {
    return this.#isGone
  }

  /** What is to be done when the caller leaves, in place of what was set before; at once if it has left. */
  whenGone(end: (() => void) | undefined): void {
    this.#end = end
    if (this.#isGone) end?.()
  }

  leave(): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#end?.()
  }
}
