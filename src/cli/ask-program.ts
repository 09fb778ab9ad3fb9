import {execFile} from 'node:child_process'

export interface ProgramAnswer {
  /** 127 when there is no such program, as a shell says it. */
  exitCode: number
  /** What it said, on stdout and stderr. */
  output: string
}

/** Longer than a service takes to stop. */
const TIMEOUT_MS = 60_000

/** Runs another program, never through a shell, and reads what it says. */
export const askProgram = ([file = '', ...args]: readonly string[]): Promise<ProgramAnswer> =>
  new Promise((resolve) => {
    execFile(file, args, {timeout: TIMEOUT_MS}, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`.trim()
      if (error === null) resolve({exitCode: 0, output})
      else resolve({exitCode: typeof error.code === 'number' ? error.code : 127, output: output || error.message})
    })
  })
