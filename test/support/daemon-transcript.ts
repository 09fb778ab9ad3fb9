import {findFreePort} from './free-port.js'
import type {ProgramHome} from './program-home.js'
import type {TranscriptStep} from './transcript.js'

/** What stands between the outputs of two commands. */
const MARK = '@@ next command @@'

/**
 * Runs the commands of a page that has a daemon at its usual port, on one that is free. One shell runs all of it, as a
 * person's would: it has the variables, and the daemon in the background.
 * @returns what each command showed, in order.
 */
export async function playWithDaemon(home: ProgramHome, steps: readonly TranscriptStep[]): Promise<string[]> {
  const port = String(await findFreePort())
  const lines = steps.flatMap(({command}) => {
    const real = command
      .replace('behalf serve', `behalf serve --no-socket --listen 127.0.0.1:${port}`)
      .replaceAll('localhost:8420', `localhost:${port}`)
    return [real, `echo '${MARK}'`]
  })
  const script = ['set -m', 'exec 2>&1', ...lines, 'wait'].join('\n')
  const {stdout} = await home.startHere('timeout', ['50', 'bash', '-c', script], {printsSecret: true}).ended
  return stdout.split(`${MARK}\n`)
}
