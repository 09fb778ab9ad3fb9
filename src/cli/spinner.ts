import type {Surroundings} from './surroundings.js'

/** Shows that something is being waited for; on a terminal alone, and one that knows its width, for ora fills screens else. */
export async function spinWhile<T>(surroundings: Surroundings, text: string, work: () => Promise<T>): Promise<T> {
  if (!surroundings.interactive || !surroundings.stderr.columns) return work()
  const {default: ora} = await import('ora')
  const spinner = ora({text, stream: process.stderr, discardStdin: false}).start()
  try {
    return await work()
  } finally {
    spinner.stop()
  }
}
