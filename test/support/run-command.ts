import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {Readable} from 'node:stream'

import {Config, type Interfaces} from '@oclif/core'

import type {BaseCommand} from '../../src/cli/base-command.js'
import type {Prompts} from '../../src/cli/prompts.js'
import type {StopSignal, Surroundings} from '../../src/cli/surroundings.js'
import {
  checkStore,
  diagnose,
  loadVocabulary,
  moveStore,
  openMoving,
  type Behalf,
  type RunningSandbox,
  type SandboxInput,
  openServicePlace,
  openUnitFile,
} from '../../src/compose.js'
import {OWNER_CONTEXT} from '../../src/model/account-context.js'
import {CapturedStream} from './captured-stream.js'

/** What a command finds around it. Nothing of it is a terminal unless `prompts` are there to answer. */
export interface CommandWorld {
  /** What the command may call; anything else of it fails the test. */
  behalf?: Partial<Behalf>
  /** Instead of `behalf`: a real one. */
  openBehalf?: (flags: {store?: string}) => Promise<Behalf>
  /** What is piped into stdin. Default: nothing, and its end. */
  stdin?: string | Readable
  /** Answers, at a terminal. */
  prompts?: Partial<Prompts>
  openBrowser?: (url: string) => Promise<void>
  openSandbox?: (input: SandboxInput) => Promise<RunningSandbox>
  openDaemon?: Surroundings['openDaemon']
  askProgram?: Surroundings['askProgram']
  runProgram?: Surroundings['runProgram']
  now?: number
  /** Called when the command starts. */
  watch?: (running: RunningCommand) => void
}

export interface RunningCommand {
  stdout: CapturedStream
  stderr: CapturedStream
  send(signal: StopSignal): void
}

export interface CommandEnd {
  stdout: string
  stderr: string
  exitCode: number
  /** The flags that `Behalf` was opened with; undefined when it was not. */
  openedWith?: {store?: string}
}

type CommandClass = (new (argv: string[], config: Config) => BaseCommand) & {id: string}

const COMMANDS = join(import.meta.dirname, '../../src/commands')
const PJSON = {name: 'behalf', version: '0.0.0', oclif: {bin: 'behalf', topicSeparator: ' '}} as Interfaces.PJSON
let loading: Promise<Config> | undefined

/** Nothing of it comes from what was built, but the files beside package.json are found. */
async function loadConfig(): Promise<Config> {
  const config = await Config.load({root: COMMANDS, pjson: PJSON, userPlugins: false})
  return Object.assign(config, {root: join(COMMANDS, '../..')})
}

/** Runs a command of the source tree in this process, whole, in a world of its own: `['bot', 'list', '--json']`. */
export async function runCommand(argv: string[], world: CommandWorld = {}): Promise<CommandEnd> {
  const {Command, rest} = await findCommand(argv)
  const stdout = new CapturedStream()
  const stderr = new CapturedStream()
  const listeners = new Set<(signal: StopSignal) => void>()
  const end: Pick<CommandEnd, 'exitCode' | 'openedWith'> = {exitCode: 0}
  let exitNow: (code: number) => void = () => undefined
  const exited = new Promise<number>((resolve) => (exitNow = resolve))
  const surroundings: Surroundings = {
    stdin:
      world.stdin instanceof Readable ? world.stdin : Readable.from(world.stdin === undefined ? [] : [world.stdin]),
    stdout,
    stderr,
    stdinIsTerminal: world.prompts !== undefined,
    interactive: world.prompts !== undefined,
    prompts: onlyWhatIsThere('Prompts', world.prompts ?? {}),
    openBehalf(flags) {
      end.openedWith = flags
      if (world.openBehalf) return world.openBehalf(flags)
      const readContext = () => Promise.resolve({context: OWNER_CONTEXT, warnings: []})
      const showContext = () => readContext()
      const nameDamagedAccounts = () => Promise.resolve([])
      const members = {readContext, showContext, nameDamagedAccounts, close: () => Promise.resolve(), ...world.behalf}
      return Promise.resolve(onlyWhatIsThere<Behalf>('Behalf', members))
    },
    diagnose,
    checkStore,
    openMoving,
    moveStore,
    loadVocabulary,
    hasTerminal: world.prompts !== undefined,
    runProgram: world.runProgram ?? (() => Promise.reject(new Error('There is no other program in this test.'))),
    openSandbox: world.openSandbox ?? (() => Promise.reject(new Error('There is no sandbox in this test.'))),
    openServicePlace,
    openUnitFile,
    askProgram: world.askProgram ?? (() => Promise.reject(new Error('There is no program to ask in this test.'))),
    openDaemon: world.openDaemon ?? (() => Promise.reject(new Error('There is no daemon in this test.'))),
    openBrowser: world.openBrowser ?? (() => Promise.reject(new Error('There is no browser in this test.'))),
    onSignal(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    setExitCode: (code) => (end.exitCode = code),
    exit: exitNow,
    now: () => world.now ?? Date.now(),
  }
  world.watch?.({
    stdout,
    stderr,
    send: (signal) => {
      for (const listen of listeners) listen(signal)
    },
  })
  const command = new Command(rest, await (loading ??= loadConfig()))
  Object.defineProperty(command, 'surroundings', {value: surroundings})
  const run = (command as unknown as {_run(): Promise<unknown>})._run().then(() => end.exitCode, exitCodeOf)
  const exitCode = await Promise.race([run, exited])
  return {...end, exitCode, stdout: stdout.text, stderr: stderr.text}
}

/** What a command that is expected to print JSON printed. */
export const parseJson = ({stdout}: Pick<CommandEnd, 'stdout'>): unknown => JSON.parse(stdout)

async function findCommand(argv: string[]): Promise<{Command: CommandClass; rest: string[]}> {
  const words = existsSync(join(COMMANDS, argv[0] ?? '', `${argv[1] ?? ''}.ts`)) ? 2 : 1
  const name = argv.slice(0, words)
  const {default: Command} = (await import(`${COMMANDS}/${name.join('/')}.ts`)) as {default: CommandClass}
  Command.id = name.join(':')
  return {Command, rest: argv.slice(words)}
}

function exitCodeOf(thrown: unknown): number {
  const {oclif, code} = thrown as {oclif?: {exit?: number}; code?: string}
  if (code === 'EEXIT' && oclif?.exit !== undefined) return oclif.exit
  throw thrown
}

/** A part with some of its members; asking for another one fails the test instead of giving undefined. */
function onlyWhatIsThere<T extends object>(name: string, members: Partial<T>): T {
  return new Proxy(members, {
    get(target, member) {
      if (member === 'then' || member in target) return Reflect.get(target, member) as unknown
      throw new Error(`The test did not expect ${name}.${String(member)} to be used.`)
    },
  }) as T
}
