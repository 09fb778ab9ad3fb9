import type {Readable, Writable} from 'node:stream'
import {isatty} from 'node:tty'

import type {
  Behalf,
  DaemonStart,
  Diagnosis,
  DiagnosisInput,
  MigrationResult,
  MigrationStep,
  RunningSandbox,
  SandboxInput,
  ServeInput,
  ServicePlace,
  StoreMoving,
  StoreReport,
  UnitFile,
  Vocabulary,
} from '../compose.js'
import type {EpochMs} from '../model/time.js'
import type {ProgramAnswer} from './ask-program.js'
import {createPrompts, type Prompts} from './prompts.js'
import type {RunningProgram} from './run-program.js'

export type OutputStream = Writable & {isTTY?: boolean; columns?: number; hasColors?(): boolean}
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** What a command sees of the world besides its arguments. Handed in, so that whole commands run under test. */
export interface Surroundings {
  readonly stdin: Readable
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  readonly stdinIsTerminal: boolean
  /** Whether a person can be asked: stdin and stderr are both terminals. */
  readonly interactive: boolean
  /** Whether stdin, stdout or stderr is a terminal: its keys send signals to every program in its foreground. */
  readonly hasTerminal: boolean
  readonly prompts: Prompts
  openBehalf(flags: {store?: string}): Promise<Behalf>
  openSandbox(input: SandboxInput): Promise<RunningSandbox>
  openDaemon(input: ServeInput): Promise<DaemonStart>
  /** What a service manager has to know to run the daemon. */
  openServicePlace(input: ServeInput): Promise<ServicePlace>
  /** The unit file of the service, whether it is there or not. */
  openUnitFile(): Promise<UnitFile>
  /** Looks at everything that commands rely on; works where `openBehalf` throws. */
  diagnose(input: DiagnosisInput): Promise<Diagnosis>
  /** Looks at everything that the store consists of, and changes nothing. */
  checkStore(flags: {store?: string}): Promise<StoreReport>
  /** What is done to a store as a whole. */
  openMoving(flags: {store?: string}): Promise<StoreMoving>
  /** Moves a store to another place. */
  moveStore(names: {from: string; to: string}, report: (step: MigrationStep) => void): Promise<MigrationResult>
  /** What is known without a store. */
  loadVocabulary(): Promise<Vocabulary>
  /** Rejects when there is no browser to open. */
  openBrowser(url: string): Promise<void>
  /** Runs another program, and reads what it says. */
  askProgram(words: readonly string[]): Promise<ProgramAnswer>
  /** Runs another program with this one's stdin, stdout and stderr. */
  runProgram(words: readonly string[], environment: Record<string, string>): Promise<RunningProgram>
  /** Calls `listener` at every such signal, which then ends nothing by itself. Returns what undoes that. */
  onSignal(listener: (signal: StopSignal) => void): () => void
  /** What the process is to exit with once the command has come to its own end. */
  setExitCode(code: number): void
  /** Ends the process now. */
  exit(code: number): void
  now(): EpochMs
}

const STOP_SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** The real process. What is heavy is loaded when it is first used. */
export function createProcessSurroundings(): Surroundings {
  const interactive = isatty(0) && isatty(2)
  return {
    get stdin() {
      return process.stdin
    },
    get stdout() {
      return process.stdout
    },
    get stderr() {
      return process.stderr
    },
    stdinIsTerminal: isatty(0),
    interactive,
    hasTerminal: isatty(0) || isatty(1) || isatty(2),
    prompts: createPrompts(),
    async openBehalf(flags) {
      const {openBehalf} = await import('../compose.js')
      return openBehalf(flags)
    },
    async diagnose(input) {
      const {diagnose} = await import('../compose.js')
      return diagnose(input)
    },
    async checkStore(flags) {
      const {checkStore} = await import('../compose.js')
      return checkStore(flags)
    },
    async openMoving(flags) {
      const {openMoving} = await import('../compose.js')
      return openMoving(flags)
    },
    async moveStore(names, report) {
      const {moveStore} = await import('../compose.js')
      return moveStore(names, report)
    },
    async loadVocabulary() {
      const {loadVocabulary} = await import('../compose.js')
      return loadVocabulary()
    },
    async openSandbox(input) {
      const {openSandbox} = await import('../compose.js')
      return openSandbox(input)
    },
    async openDaemon(input) {
      const {openDaemon} = await import('../compose.js')
      return openDaemon(input)
    },
    async openServicePlace(input) {
      const {openServicePlace} = await import('../compose.js')
      return openServicePlace(input)
    },
    async openUnitFile() {
      const {openUnitFile} = await import('../compose.js')
      return openUnitFile()
    },
    async openBrowser(url) {
      const {hasDesktop} = await import('../compose.js')
      // What opens browsers is content with finding none.
      if (!hasDesktop()) throw new Error('There is no desktop here.')
      const {default: open} = await import('open')
      await open(url)
    },
    async askProgram(words) {
      const {askProgram} = await import('./ask-program.js')
      return askProgram(words)
    },
    async runProgram(words, environment) {
      const {runProgram} = await import('./run-program.js')
      return runProgram(words, environment)
    },
    onSignal(listener) {
      for (const signal of STOP_SIGNALS) process.on(signal, listener)
      return () => {
        for (const signal of STOP_SIGNALS) process.off(signal, listener)
      }
    },
    setExitCode(code) {
      process.exitCode = code
    },
    exit: (code) => process.exit(code),
    now: () => Date.now(),
  }
}
