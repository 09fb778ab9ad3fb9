import type {ServerResponse} from 'node:http'

/** Whether the caller still waits for the answer. What goes on for it is ended when it leaves. */
export class Presence {
  #isGone = false
  #end: (() => void) | undefined

  constructor(response: ServerResponse) {
    response.once('close', () => {
      if (response.writableFinished) return
      this.#isGone = true
      this.#end?.()
    })
  }

  get isGone(): boolean {
    return this.#isGone
  }

  /** What is to be done when the caller leaves, in place of what was set before; at once if it has left. */
  whenGone(end: (() => void) | undefined): void {
    this.#end = end
    if (this.#isGone) end?.()
  }
}
