import {SECOND_MS} from '../model/time.js'
import type {Voice} from './voice.js'

/** Services want five seconds between two questions, or more (RFC 8628 3.5); who asks too early is told by the flow. */
const POLL_EVERY_MS = 5 * SECOND_MS

/**
 * Asks, while flows by device wait, whether their people have entered the code: no callback tells. The timer keeps no
 * process from ending.
 */
export class DevicePolls {
  readonly #poll: () => Promise<boolean>
  readonly #voice: Voice
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #isStopped = false

  /** @param poll Asks about what is due; says whether any flow by device still waits. */
  constructor(poll: () => Promise<boolean>, voice: Voice) {
    this.#poll = poll
    this.#voice = voice
  }

  /** A flow was begun, which may be one by device. */
  begin(): void {
    if (this.#timer !== undefined || this.#isStopped) return
    this.#timer = setTimeout(() => {
      this.#running = this.#run()
    }, POLL_EVERY_MS).unref()
  }

  /** Waits for a question that is being asked. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#running
  }

  async #run(): Promise<void> {
    try {
      const isWaiting = await this.#poll()
      this.#timer = undefined
      if (isWaiting) this.begin()
    } catch (error) {
      this.#timer = undefined
      this.#voice.error(`Logins by device could not be asked about: ${String(error)}`)
    }
  }
}
