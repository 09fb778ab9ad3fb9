import {formatDuration} from './duration.js'
import {SECOND_MS, type EpochMs} from '../model/time.js'
import type {Surroundings} from './surroundings.js'

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
  const describe = () => (until === undefined ? text : `${text} (${formatDuration(until - surroundings.now())} left)`)
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
