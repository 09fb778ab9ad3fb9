import {setTimeout as wait} from 'node:timers/promises'

import {SECOND_MS} from '../model/time.js'
import {formatDuration} from '../model/format-duration.js'
import {spinWhile} from './spinner.js'
import type {Surroundings} from './surroundings.js'

/** Shorter waits are nobody's business until they add up. */
const WORTH_TELLING_MS = SECOND_MS

/**
 * What tells people that Twitch's rate limit is being waited for: once, and on a terminal with a spinner for as long
 * as each wait takes, where nothing else is printed meanwhile.
 */
export function createWaitNotice(
  surroundings: Surroundings,
  say: (text: string) => void,
  options: {spins: boolean; signal: AbortSignal},
): (waitMs: number) => void {
  let waitedMs = 0
  let isTold = false
  return (waitMs) => {
    waitedMs += waitMs
    if (waitedMs < WORTH_TELLING_MS) return
    const text = `Waiting ${formatDuration(Math.max(waitMs, SECOND_MS))} for Twitch’s rate limit …`
    if (options.spins && surroundings.interactive && surroundings.stderr.columns) {
      void spinWhile(surroundings, text, () => wait(waitMs, undefined, {signal: options.signal})).catch(() => undefined)
    } else if (!isTold) say(text)
    isTold = true
  }
}
