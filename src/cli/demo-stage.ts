import {spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {mkdtemp, rm} from 'node:fs/promises'
import {createServer, type AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {createInterface} from 'node:readline'

import {BehalfError} from '../model/behalf-error.js'

/** How one command of the demo ended. */
export interface CommandEnd {
  exitCode: number
  /** What it printed on either stream, in the order in which it came. */
  printed: string
}

/** What a command is fed, and what is done when it prints an address to open. */
export interface CommandStage {
  stdin?: string
  onAddress?: (url: string) => Promise<void>
}

/** A command that runs until it is stopped. */
export interface Service {
  /** What it said when it was ready. */
  ready: Record<string, unknown>
  /** Resolves with its exit code. */
  stop(): Promise<number>
}

/**
 * Where the demo plays: a temporary home, the real commands as real processes, the sandbox among them.
 * @param program the file that starts behalf
 */
export async function openDemoStage(program: string) {
  const home = await mkdtemp(join(tmpdir(), 'behalf-demo-'))
  const running = new Set<ChildProcess>()
  const start = (args: string[]): ChildProcess => {
    const child = spawn(process.execPath, [program, ...args], {env: {HOME: home}, cwd: home})
    running.add(child)
    child.once('close', () => running.delete(child))
    return child
  }

  return {
    home,

    /** Runs a command to its end. */
    async run(args: string[], stage: CommandStage = {}): Promise<CommandEnd> {
      const child = start(args)
      const closed = once(child, 'close')
      const end: CommandEnd = {exitCode: 1, printed: ''}
      child.stdout?.setEncoding('utf8').on('data', (text: string) => (end.printed += text))
      const visits: Promise<void>[] = []
      if (child.stderr) {
        createInterface({input: child.stderr}).on('line', (line) => {
          end.printed += `${line}\n`
          if (/^https?:\/\/\S+$/.test(line) && stage.onAddress) visits.push(stage.onAddress(line))
        })
      }
      child.stdin?.end(stage.stdin ?? '')
      const [code] = (await closed) as [number | null]
      await Promise.all(visits)
      return {...end, exitCode: code ?? 1}
    },

    /** Starts a command that runs on, and waits for the line of JSON that says it is ready. */
    async startService(args: string[]): Promise<Service> {
      const child = start(args)
      child.stdin?.end()
      child.stderr?.resume()
      if (child.stdout) {
        let text = ''
        for await (const line of createInterface({input: child.stdout})) {
          text += line
          const ready = parseObject(text)
          if (ready) return {ready, stop: () => stopChild(child)}
        }
      }
      throw new BehalfError('internal', `\`behalf ${args.join(' ')}\` did not start.`)
    },

    async close(): Promise<void> {
      await Promise.all([...running].map(stopChild))
      await rm(home, {recursive: true, force: true})
    },
  }
}

async function stopChild(child: ChildProcess): Promise<number> {
  if (child.exitCode !== null) return child.exitCode
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  const [code] = (await closed) as [number | null]
  return code ?? 1
}

export type DemoStage = Awaited<ReturnType<typeof openDemoStage>>

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? {...value} : undefined
  } catch {
    return undefined
  }
}

/** A port that nothing listens on now, on either loopback address. */
export async function findFreePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
