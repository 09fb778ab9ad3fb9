import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {join} from 'node:path'
import type {Readable} from 'node:stream'
import {text} from 'node:stream/consumers'

/** How long a process ran, and the most memory it had. */
export interface ProcessCost {
  elapsedMs: number
  peakMib: number
}

const reporter = join(import.meta.dirname, 'report-peak-memory.cjs')

/** Runs `node ARGS` to its end. */
export async function runForMemory(
  args: string[],
  options: {env?: NodeJS.ProcessEnv; input?: string} = {},
): Promise<ProcessCost> {
  const started = performance.now()
  const child = spawn(process.execPath, ['--require', reporter, ...args], {
    env: options.env ?? process.env,
    stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
  })
  const report = text(child.stdio[3] as Readable)
  child.stdin?.end(options.input)
  const [status] = (await once(child, 'exit')) as [number | null]
  const elapsedMs = performance.now() - started
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${String(status)}`)
  return {elapsedMs, peakMib: Number(await report) / 1024}
}
