import {fork} from 'node:child_process'
import {once} from 'node:events'
import {join} from 'node:path'

/** The passthrough in a process of its own, with little memory. */
export interface ChildPassthrough {
  readonly origin: string
  /** An API token for everything at the provider `example`. */
  readonly token: string
  /** The most memory that the process has had, in MiB. */
  peakMib(): Promise<number>
  stop(): Promise<void>
}

/** @param upstream the origin of the API, which is below `/v1`. */
export async function startChildPassthrough(upstream: string): Promise<ChildPassthrough> {
  const child = fork(join(import.meta.dirname, 'passthrough-child.ts'), [upstream], {
    execArgv: ['--import', 'tsx', '--max-old-space-size=64'],
  })
  const ask = async (): Promise<unknown> => (await once(child, 'message'))[0] as unknown
  const {origin, token} = (await ask()) as {origin: string; token: string}
  return {
    origin,
    token,
    async peakMib() {
      const answer = ask()
      child.send('peak')
      return (await answer) as number
    },
    async stop() {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}
