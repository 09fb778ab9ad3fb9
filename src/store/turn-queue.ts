/** Lets one caller in this process through at a time, per key, in the order they came. */
export class TurnQueue {
  readonly #waiting = new Map<string, (() => void)[]>()

  /**
   * Waits for the turn until `deadlineMs` (of `performance.now()`) or the signal.
   * @returns what ends the turn, or undefined when it did not come.
   */
  async take(key: string, deadlineMs: number, signal?: AbortSignal): Promise<(() => void) | undefined> {
    const queue = this.#waiting.get(key)
    if (queue === undefined) this.#waiting.set(key, [])
    else if (!(await waitInQueue(queue, deadlineMs, signal))) return undefined
    let ended = false
    return () => {
      if (ended) return
      ended = true
      this.#passOn(key)
    }
  }

  #passOn(key: string): void {
    const next = this.#waiting.get(key)?.shift()
    if (next === undefined) this.#waiting.delete(key)
    else next()
  }
}

/** True when the turn came. */
function waitInQueue(queue: (() => void)[], deadlineMs: number, signal?: AbortSignal): Promise<boolean> {
  if (signal?.aborted) return Promise.resolve(false)
  return new Promise((resolve) => {
    const settle = (itIsOurTurn: boolean): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', giveUp)
      resolve(itIsOurTurn)
    }
    const enter = (): void => {
      settle(true)
    }
    const giveUp = (): void => {
      queue.splice(queue.indexOf(enter), 1)
      settle(false)
    }
    const timer = setTimeout(giveUp, Math.max(deadlineMs - performance.now(), 0))
    signal?.addEventListener('abort', giveUp, {once: true})
    queue.push(enter)
  })
}
