import {spawn, type ChildProcess, type StdioOptions} from 'node:child_process'
import {once} from 'node:events'

import {heedingPermissions} from './permissions.js'
import type {SecretWatch} from './secret-watch.js'

export interface ProgramOptions {
  env?: Record<string, string>
  cwd?: string
  /** What is piped in. Without it: `/dev/null`. */
  stdin?: string
  /** A pipe that nobody writes to or closes. */
  keepStdinOpen?: boolean
  /** Its stdout is a secret, and the one place where it belongs. */
  printsSecret?: boolean
  /** It is run so that permissions of files count, even for root. */
  heedsPermissions?: boolean
  /** Without a terminal, and in a session of its own. */
  detached?: boolean
  /** When it is killed although it has not ended; otherwise after two minutes. */
  killAfterMs?: number
}

/** How a process ended. */
export interface ProgramEnd {
  /** Null when a signal ended it. */
  exitCode: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/** A process that goes on. */
export interface RunningProgram {
  readonly child: ChildProcess
  readonly pid: number
  /** Never rejects; a process that does not end by itself is killed in the end. */
  readonly ended: Promise<ProgramEnd>
  /** The address that it asks to open. */
  readonly address: Promise<string>
  /** What it has said so far. */
  readonly soFar: Readonly<Pick<ProgramEnd, 'stdout' | 'stderr'>>
  isRunning(): boolean
}

/** Far beyond what anything takes, even if the machine has much else to do. */
const KILL_AFTER_MS = 120_000

export function startProgram(
  file: string,
  args: string[],
  options: ProgramOptions,
  watch: SecretWatch,
): RunningProgram {
  const {env, cwd, detached, stdin, keepStdinOpen} = options
  const stdio: StdioOptions = [stdin === undefined && !keepStdinOpen ? 'ignore' : 'pipe', 'pipe', 'pipe']
  const [command, words] = options.heedsPermissions ? heedingPermissions(file, args) : [file, args]
  const child = spawn(command, words, {
    stdio,
    ...(env && {env}),
    ...(cwd !== undefined && {cwd}),
    ...(detached !== undefined && {detached}),
  })
  if (child.pid === undefined) throw new Error(`${file} cannot be started`)
  child.stdin?.on('error', () => undefined)
  if (stdin !== undefined) child.stdin?.end(stdin)

  const end: ProgramEnd = {exitCode: null, signal: null, stdout: '', stderr: ''}
  let settleAddress: {found: (url: string) => void; missing: (error: Error) => void} | undefined
  const address = new Promise<string>((found, missing) => (settleAddress = {found, missing}))
  address.catch(() => undefined)
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (end.stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    end.stderr += text
    const url = /^(https?:\/\/\S+)\n/m.exec(end.stderr)?.[1]
    if (url !== undefined) settleAddress?.found(url)
  })

  const killer = setTimeout(() => child.kill('SIGKILL'), options.killAfterMs ?? KILL_AFTER_MS)
  const ended = once(child, 'close').then(([exitCode, signal]: unknown[]) => {
    clearTimeout(killer)
    Object.assign(end, {exitCode, signal})
    const command = args.filter((arg) => !arg.startsWith('/')).join(' ')
    const printed = end.stdout.trim()
    if (!options.printsSecret) watch.see(`stdout of ${command}`, printed)
    else if (printed !== '') watch.keep(`what ${command} printed`, printed)
    watch.see(`stderr of ${command}`, end.stderr)
    settleAddress?.missing(new Error(`It ended with ${String(exitCode)} and asked for no address: ${end.stderr}`))
    return end
  })
  return {
    child,
    pid: child.pid,
    ended,
    address,
    soFar: end,
    isRunning: () => child.exitCode === null && child.signalCode === null,
  }
}
