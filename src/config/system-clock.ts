import {readFileSync} from 'node:fs'
import {setTimeout as wait} from 'node:timers/promises'

import type {Clock} from '../model/time.js'

/** The machine's clocks. */
export function createSystemClock(): Clock {
  const bootId = readBootId()
  return {
    now: () => Date.now(),
    moment: () => ({wallMs: Date.now(), monotonicMs: Number(process.hrtime.bigint() / 1_000_000n), bootId}),
    async sleep(ms, signal) {
      await wait(ms, undefined, {signal})
    },
  }
}

/** Without a boot id monotonic times of other processes must not be compared: then each process has its own. */
function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return `pid-${String(process.pid)}-${String(Math.round(performance.timeOrigin))}`
  }
}
