import {mkdir, mkdtemp, readdir, readFile, rm} from 'node:fs/promises'
import {join, relative} from 'node:path'

import {createSystemClock} from '../../src/config/system-clock.js'
import {openJsonStore} from '../../src/store/json-store.js'
import type {Store} from '../../src/store/store.js'
import {joinRun, watch as sharedWatch} from './e2e-run.js'
import type {PackedProgram} from './packed-program.js'
import {startProgram, type ProgramEnd, type ProgramOptions, type RunningProgram} from './running-program.js'

/** A person's home folder, and the program as that person runs it. */
export interface ProgramHome {
  readonly path: string
  readonly storePath: string
  readonly keyPath: string
  readonly program: PackedProgram
  /** Starts `behalf ARGS`. */
  start(args: string[], options?: ProgramOptions): RunningProgram
  /** Starts another program in the same surroundings. */
  startHere(file: string, args: string[], options?: ProgramOptions): RunningProgram
  /** Runs `behalf ARGS` to its end. */
  run(args: string[], options?: ProgramOptions): Promise<ProgramEnd>
  /** Runs a line of bash, with `behalf` on its PATH. */
  runShell(line: string, options?: ProgramOptions): Promise<ProgramEnd>
  /** The store, through behalf's own code in this process. */
  openStore(): Promise<Store>
  /** Shows the files as they are now, all but the key itself, to the one who looks for secrets. */
  showFiles(): Promise<void>
  /** Ends what still runs there. */
  remove(): Promise<void>
}

/** @param watch who is shown all that could be seen of what happens there. */
export async function makeHome(watch = sharedWatch): Promise<ProgramHome> {
  const run = joinRun()
  const program = await run.program
  const {script, binFolder} = program
  const path = await mkdtemp(join(run.folder, 'home-'))
  const cache = join(run.folder, 'cache')
  await mkdir(cache, {recursive: true})
  const storePath = join(path, '.local/share/behalf/store.json')
  const keyPath = join(path, '.config/behalf/secret.key')
  const env = {
    HOME: path,
    PATH: `${binFolder}:${process.env.PATH ?? ''}`,
    // One for all: compiled code is kept there.
    XDG_CACHE_HOME: cache,
  }

  const started: RunningProgram[] = []
  function startHere(file: string, args: string[], options: ProgramOptions = {}): RunningProgram {
    const running = startProgram(file, args, {cwd: path, ...options, env: {...env, ...options.env}}, watch)
    started.push(running)
    return running
  }
  const start = (args: string[], options?: ProgramOptions) => startHere(process.execPath, [script, ...args], options)

  async function showFiles(): Promise<void> {
    const entries = await readdir(path, {recursive: true, withFileTypes: true})
    for (const entry of entries) {
      const file = join(entry.parentPath, entry.name)
      if (entry.isFile() && file !== keyPath) watch.see(relative(path, file), await readIfThere(file))
    }
    const key = (await readIfThere(keyPath)).trim()
    if (key !== '') watch.keep('sealing key', key)
  }

  return {
    path,
    storePath,
    keyPath,
    program,
    start,
    startHere,
    run: (args, options) => start(args, options).ended,
    runShell: (line, options) => startHere('bash', ['-c', line], options).ended,
    openStore: () =>
      openJsonStore({path: storePath, secret: {kind: 'default-key-file', path: keyPath}, clock: createSystemClock()}),
    showFiles,
    async remove() {
      for (const {child} of started) child.kill('SIGKILL')
      await Promise.all(started.map(({ended}) => ended))
      await showFiles()
      await rm(path, {recursive: true, force: true})
    },
  }
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'latin1')
  } catch {
    return '' // Somebody is at work there.
  }
}
