import {execFileSync, spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {createInterface} from 'node:readline'

/** @returns the process, and the first line that it printed. */
export async function startProcess(
  file: string,
  args: string[],
  env: NodeJS.ProcessEnv = process.env,
  input = '',
): Promise<{line: string; child: ChildProcess}> {
  const child = spawn(file, args, {env, stdio: ['pipe', 'pipe', 'inherit']})
  child.stdin.end(input)
  const lines = createInterface(child.stdout)
  const line = await new Promise<string>((resolve, reject) => {
    lines.once('line', resolve)
    child.once('exit', (status) => {
      reject(new Error(`${args.join(' ')} ended with ${String(status)}`))
    })
  })
  return {line, child}
}

export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill()
  await ended
}

export const residentMib = ({pid}: ChildProcess): number =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], {encoding: 'utf8'})) / 1024
