import type {ProgramHome} from './program-home.js'
import type {ProgramOptions, RunningProgram} from './running-program.js'
import {until} from './until.js'

/** `behalf serve`, ready. */
export interface Serving {
  readonly program: RunningProgram
  readonly url: string
  readonly port: number
  readonly socketPath: string | undefined
}

/** Starts `behalf serve` on a port that is free, unless `args` name one, and waits until it is ready. */
export async function startServing(home: ProgramHome, args: string[] = [], options?: ProgramOptions): Promise<Serving> {
  const listen = args.includes('--listen') ? [] : ['--listen', '127.0.0.1:0']
  const program = home.start(['serve', '--json', ...listen, ...args], options)
  await until('the daemon is ready', () => program.soFar.stdout.includes('\n') || !program.isRunning())
  if (!program.isRunning()) throw new Error(`It did not start: ${(await program.ended).stderr}`)
  const {url, socket} = JSON.parse(program.soFar.stdout) as {url: string; socket?: string}
  return {program, url, port: Number(new URL(url).port), socketPath: socket}
}

/** Prints a new API token. */
export async function issueToken(home: ProgramHome, args = ['--scope', 'helix', '--as-any']): Promise<string> {
  const {stdout, stderr} = await home.run(['token', 'issue', 'made-up-caller', ...args], {printsSecret: true})
  if (stdout === '') throw new Error(stderr)
  return stdout.trim()
}
