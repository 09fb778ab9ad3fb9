import {formatDuration} from '../model/format-duration.js'
import {fitWaitingLine} from './fit-waiting-line.js'
import {SECOND_MS, type EpochMs} from '../model/time.js'
import type {Surroundings} from './surroundings.js'

/** What turns, the space behind it, and the column that some terminals keep for the cursor. */
const SPINNER_WIDTH = 3

/**
 * Shows that something is being waited for; on a terminal alone, and one that knows its width, for ora fills screens else.
 * @param until when the wait ends at the latest: the time left is then counted down.
 */
export async function spinWhile<T>(
  surroundings: Surroundings,
  text: string,
  work: () => Promise<T>,
  until?: EpochMs,
): Promise<T> {
  if (!surroundings.interactive || !surroundings.stderr.columns) return work()
  const describe = () => {
    const left = until === undefined ? undefined : formatDuration(until - surroundings.now())
    return fitWaitingLine(text, left, (surroundings.stderr.columns ?? 0) - SPINNER_WIDTH)
  }
  const {default: ora} = await import('ora')
  const spinner = ora({text: describe(), stream: process.stderr, discardStdin: false}).start()
  const counting = setInterval(() => {
    spinner.text = describe()
  }, SECOND_MS)
  try {
    return await work()
  } finally {
    clearInterval(counting)
    spinner.stop()
  }
}
