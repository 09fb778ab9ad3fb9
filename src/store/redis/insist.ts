import {setTimeout as sleep} from 'node:timers/promises'

import {BehalfError} from '../../model/behalf-error.js'
import {SECOND_MS} from '../../model/time.js'

const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 500

/** How long a step that Redis did not answer is tried again, unless something else is said. */
const INSIST_MS = 2 * SECOND_MS

/**
 * Does a step again while Redis does not answer, for so long. It may have been done the first time, and its reply lost:
 * only for steps that can be repeated, or that look first what became of them.
 */
export async function insist<T>(step: (isRepeated: boolean) => Promise<T>, forMs = INSIST_MS): Promise<T> {
  const untilMs = performance.now() + forMs
  for (let pauseMs = FIRST_PAUSE_MS, isRepeated = false; ; isRepeated = true) {
    try {
      return await step(isRepeated)
    } catch (error) {
      if (!isUnanswered(error) || performance.now() + pauseMs > untilMs) throw error
    }
    await sleep(pauseMs)
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
  }
}

const isUnanswered = (error: unknown): boolean => error instanceof BehalfError && error.code === 'store-unavailable'
