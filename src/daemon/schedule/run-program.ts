import {spawn} from 'node:child_process'

import {SECOND_MS, type Clock} from '../../model/time.js'

/** How a program ended, in words for a log; undefined: well. */
export type ProgramTrouble = string | undefined

export interface ProgramCall {
  /** The program and its arguments. No shell reads them. */
  words: readonly string[]
  environment: Record<string, string>
  /** Ends it early. */
  signal: AbortSignal
}

const TIME_LIMIT_MS = 30 * SECOND_MS

/** Runs a program to its end, or kills it with all that it has started. What it prints on stderr goes to ours. */
export async function runProgram(clock: Pick<Clock, 'sleep'>, call: ProgramCall): Promise<ProgramTrouble> {
  const over = new AbortController()
  const timeLimit = clock.sleep(TIME_LIMIT_MS, AbortSignal.any([over.signal, call.signal])).then(
    () => `it took more than ${String(TIME_LIMIT_MS / SECOND_MS)} s`,
    () => 'the daemon ended before it did',
  )
  try {
    return await raceAgainst(timeLimit, call)
  } catch (error) {
    // What cannot be handed to a program, such as a NUL in a variable.
    return error instanceof Error ? error.message : 'it could not be started'
  } finally {
    over.abort()
  }
}

function raceAgainst(timeLimit: Promise<string>, {words, environment}: ProgramCall): Promise<ProgramTrouble> {
  const [file = '', ...args] = words
  // In a process group of its own, so that all of it can be ended.
  const child = spawn(file, args, {env: environment, stdio: ['ignore', 'ignore', 'inherit'], detached: true})
  const ended = new Promise<ProgramTrouble>((resolve) => {
    child.once('error', (error) => {
      resolve(error.message)
    })
    child.once('exit', (code, signal) => {
      resolve(code === 0 ? undefined : code === null ? `${String(signal)} ended it` : `it exited with ${String(code)}`)
    })
  })
  const cut = timeLimit.then((trouble) => {
    if (child.exitCode === null && child.signalCode === null) killGroup(child.pid)
    return trouble
  })
  return Promise.race([ended, cut])
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}
