import {stripVTControlCharacters} from 'node:util'

import type {ProgramHome} from './program-home.js'
import type {ProgramEnd} from './running-program.js'
import {findProgram} from './skip-without.js'
import {until} from './until.js'

/** Whether there is util-linux’ `script`, which gives a program a terminal; those of other systems take other flags. */
export const hasTerminals = process.platform === 'linux' && findProgram('script') !== undefined

/** What to type once the terminal shows something. */
export type Typing = [shown: RegExp, keys: string]

export const CTRL_C = '\u0003'

/**
 * Runs a line of shell, with `behalf` on its PATH, at a terminal of 100 columns, and types.
 * @returns its end; `stdout` is all that the terminal showed.
 */
export async function runAtTerminal(
  home: ProgramHome,
  line: string,
  typing: Typing[] = [],
  env: Record<string, string> = {},
): Promise<ProgramEnd> {
  const shell = `stty rows 24 cols 100; ${line}`
  const program = home.startHere('script', ['--quiet', '--return', '--flush', '--command', shell, '/dev/null'], {
    env: {TERM: 'xterm-256color', ...env},
    keepStdinOpen: true,
  })
  let shown = ''
  program.child.stdout?.on('data', (text: string) => (shown += text))
  for (const [pattern, keys] of typing) {
    await until(
      `the terminal shows ${String(pattern)}`,
      () => pattern.test(stripVTControlCharacters(shown).replaceAll('\u0007', '')) || !program.isRunning(),
    )
    shown = ''
    program.child.stdin?.write(keys)
  }
  return program.ended
}
