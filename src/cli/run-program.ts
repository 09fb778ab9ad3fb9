import {spawn, type ChildProcess} from 'node:child_process'
import {constants} from 'node:os'

import {BehalfError} from '../model/behalf-error.js'

/** Another program, running in the place of this one: it has this one's stdin, stdout and stderr. */
export interface RunningProgram {
  send(signal: NodeJS.Signals): void
  /** Its exit code, or 128 and the number of the signal that ended it, as a shell says it. */
  readonly ended: Promise<number>
}

/**
 * Starts a program, never through a shell: its words reach it as they are.
 * @throws BehalfError `program-not-found`, `program-not-runnable`.
 */
export async function runProgram(
  words: readonly string[],
  environment: Record<string, string>,
): Promise<RunningProgram> {
  const [file = ''] = words
  const child = begin(words, environment)
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
    })
  })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (error: NodeJS.ErrnoException) => {
      reject(describeFailure(file, error))
    })
  })
  child.on('error', () => undefined) // A signal that came too late.
  // Ctrl-\ reaches both, and is for the program to decide about.
  const survive = (): void => undefined
  process.on('SIGQUIT', survive)
  void ended.then(() => process.off('SIGQUIT', survive))
  return {send: (signal) => void child.kill(signal), ended}
}

/** Some failures are events, others are thrown at once. */
function begin([file = '', ...args]: readonly string[], environment: Record<string, string>): ChildProcess {
  try {
    return spawn(file, args, {stdio: 'inherit', env: environment})
  } catch (error) {
    throw describeFailure(file, error as NodeJS.ErrnoException)
  }
}

function describeFailure(file: string, error: NodeJS.ErrnoException): BehalfError {
  if (error.code === 'ENOENT') {
    return new BehalfError('program-not-found', `There is no program “${file}”.`, {
      cause: error,
      hint: "Name one that is on your PATH, or its file. Shell built-ins, aliases and pipes need a shell: -- sh -c '…'",
    })
  }
  const why =
    error.code === 'EACCES'
      ? 'it is not executable'
      : error.code === 'E2BIG'
        ? 'its arguments are too long'
        : error.code
  return new BehalfError('program-not-runnable', `${file} cannot be run: ${why ?? error.message}.`, {cause: error})
}
