import {spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'

export interface StoreChild {
  readonly process: ChildProcess
  readonly pid: number
  /** What it printed before it was ready. */
  readonly lines: string[]
  /** Ends it with SIGKILL and waits for its end. */
  kill(): Promise<void>
}

const SCRIPT = fileURLToPath(new URL('store-child.ts', import.meta.url))

/** Starts `store-child.ts` and waits until it is ready. Rejects with what it said when it fails. */
export async function startStoreChild(args: readonly string[]): Promise<StoreChild> {
  const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  const lines: string[] = []
  for await (const line of createInterface({input: child.stdout})) {
    if (line === 'ready') break
    lines.push(line)
  }
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  const {pid} = child
  if (pid === undefined || (child.exitCode ?? 0) !== 0) {
    await kill()
    throw new Error(`The child ended: ${Buffer.concat(said).toString()}`)
  }
  return {process: child, pid, lines, kill}
}
