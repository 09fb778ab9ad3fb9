import {stripVTControlCharacters} from 'node:util'

import {HELP_FLAGS} from './check-command-name.js'
import type {OutputStream} from './surroundings.js'
import {readHelp} from './package-files.js'

/** What the build has written help for. */
const WRITTEN_COLUMNS = 80

/**
 * The help of a command, a topic or the whole program, as the build wrote it; a terminal that is too narrow for that gets
 * its own. `root` is the package's folder; of `argv` the first words count, up to a flag.
 */
export async function findHelp(root: string, argv: readonly string[], stream: OutputStream): Promise<string> {
  const words = argv.filter((word) => !HELP_FLAGS.has(word))
  const isNarrow = stream.isTTY === true && (stream.columns ?? WRITTEN_COLUMNS) < WRITTEN_COLUMNS
  if (isNarrow) {
    const {renderHelp} = await import('./render-help.js')
    return renderHelp(root, words)
  }
  const written = readHelp(root)
  const firstFlag = words.findIndex((word) => word.startsWith('-'))
  const named = firstFlag < 0 ? words : words.slice(0, firstFlag)
  const text = written[named.slice(0, 2).join(' ')] ?? written[named[0] ?? ''] ?? ''
  return stream.isTTY === true && stream.hasColors?.() === true ? text : stripVTControlCharacters(text)
}
