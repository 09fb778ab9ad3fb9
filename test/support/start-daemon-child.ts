import {spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'

import type {ServeInput} from '../../src/compose-daemon.js'

/** A daemon in a process of its own, ready. */
export interface DaemonChild {
  readonly process: ChildProcess
  readonly url: string
  /** What it has logged so far. */
  readonly log: readonly Readonly<Record<string, unknown>>[]
  /** Ends it, by SIGTERM unless told otherwise, and waits for its end. @returns its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

export interface DaemonChildOptions {
  leaseMs: number
  env: Readonly<Record<string, string>>
  input?: Partial<Omit<ServeInput, 'logStream'>>
}

const SCRIPT = fileURLToPath(new URL('daemon-child.ts', import.meta.url))

/** Rejects with what it said where it does not come up. */
export async function startDaemonChild({leaseMs, env, input = {}}: DaemonChildOptions): Promise<DaemonChild> {
  const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT, String(leaseMs), JSON.stringify(input)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {PATH: process.env.PATH, ...env},
  })
  const log: Record<string, unknown>[] = []
  const said: string[] = []
  createInterface({input: child.stderr}).on('line', (line) => {
    if (line.startsWith('{')) log.push(JSON.parse(line) as Record<string, unknown>)
    else said.push(line)
  })
  const exited = once(child, 'exit').then(() => undefined)
  const ready = once(createInterface({input: child.stdout}), 'line').then(([line]: unknown[]) => String(line))
  const line = await Promise.race([ready, exited])
  if (line === undefined) throw new Error(`The daemon ended: ${said.join('\n')}`)
  const {url} = JSON.parse(line) as {url: string}
  return {
    process: child,
    url,
    log,
    async stop(signal = 'SIGTERM') {
      child.kill(signal)
      // A stopped process hears of nothing else.
      if (signal === 'SIGTERM') child.kill('SIGCONT')
      await exited
      return child.exitCode
    },
  }
}
