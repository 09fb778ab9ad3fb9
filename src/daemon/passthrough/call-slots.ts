import type {Presence} from '../doors/presence.js'
import {CallFailure} from './call-failure.js'

export interface SlotLimits {
  atOnce: number
  waiting: number
  waitMs: number
}

/** How many calls of one provider are under way; the others wait in turn, and not for ever. */
export class CallSlots {
  readonly #limits: SlotLimits
  readonly #queue: (() => void)[] = []
  #taken = 0

  constructor(limits: SlotLimits) {
    this.#limits = limits
  }

  /** Whether there was room. Whoever took a slot gives it back. */
  take(): boolean {
    if (this.#taken >= this.#limits.atOnce) return false
    this.#taken += 1
    return true
  }

  /**
   * Takes a slot as soon as there is room.
   * @throws CallFailure 503 when too many wait already, or nothing became free in time.
   */
  async wait(presence: Presence): Promise<void> {
    if (this.#queue.length >= this.#limits.waiting) throw busy('too many calls wait already')
    await this.#untilFree(presence)
  }

  giveBack(): void {
    const [next] = this.#queue
    if (next) next()
    else this.#taken -= 1
  }

  #untilFree(presence: Presence): Promise<void> {
    const {waitMs} = this.#limits
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer)
        this.#queue.splice(this.#queue.indexOf(enter), 1)
        presence.whenGone(undefined)
      }
      const enter = (): void => {
        leave()
        resolve()
      }
      const giveUp = (why: string): void => {
        leave()
        reject(busy(why))
      }
      const timer = setTimeout(() => {
        giveUp(`none of them ended within ${String(waitMs / 1000)} s`)
      }, waitMs)
      this.#queue.push(enter)
      presence.whenGone(() => {
        giveUp('the caller is gone')
      })
    })
  }
}

const busy = (why: string): CallFailure =>
  new CallFailure(503, 'unavailable', `Many calls of this provider are under way, and ${why}.`, {
    headers: {'Retry-After': '1'},
  })
