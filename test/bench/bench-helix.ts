import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {join} from 'node:path'

import {HOUR_MS} from '../../src/model/time.js'
import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import {findProgram} from '../support/skip-without.js'
import {tokensOf} from '../support/tokens-of.js'
import {benchLogin, makeBenchHome} from './bench-home.js'
import {median} from './time-commands.js'

const behalf = join(import.meta.dirname, '../../bin/run.js')
export const CALLS = 1000
const BATCH_ROUNDS = 3
/** So many single runs are measured, and their median is taken a thousand times. */
const SINGLE_ROUNDS = 20

/** What it takes to make a thousand calls. */
export interface CallTimes {
  name: string
  totalMs: number
}

/**
 * Times `helix batch` with a thousand calls, and a thousand runs of `helix get` and of curl, which has to be told the
 * token. The sandbox answers from this process, on the same processors; for each way alike.
 */
export async function timeHelixCalls(sandbox: Sandbox): Promise<{batch: CallTimes; singles: CallTimes[]}> {
  sandbox.state.rateLimiter.reset(1_000_000)
  const home = await makeBenchHome(sandbox, 1, 4 * HOUR_MS)
  const [account] = home.accounts
  if (account === undefined) throw new Error('There is no account')
  const path = 'users?login=streamer_sam'
  const as = ['--as', benchLogin(0)]
  const curl = findProgram('curl')
  const curlConfig = [
    `url = "${sandbox.url}/helix/${path}"`,
    `header = "Authorization: Bearer ${tokensOf(account).accessToken.reveal()}"`,
    `header = "Client-Id: ${account.clientId}"`,
  ].join('\n')
  const timeMedian = async (rounds: number, file: string, args: string[], input = ''): Promise<number> => {
    await timeProgram(file, args, home.env, input)
    const times: number[] = []
    for (let round = 0; round < rounds; round += 1) times.push(await timeProgram(file, args, home.env, input))
    return median(times)
  }
  try {
    const lines = `GET ${path}\n`.repeat(CALLS)
    const batch = await timeMedian(BATCH_ROUNDS, process.execPath, [behalf, 'helix', 'batch', ...as], lines)
    const get = await timeMedian(SINGLE_ROUNDS, process.execPath, [behalf, 'helix', 'get', path, ...as])
    const singles = [{name: 'behalf helix get', totalMs: get * CALLS}]
    if (curl !== undefined) {
      const onceMs = await timeMedian(SINGLE_ROUNDS, curl, ['--silent', '--fail', '--config', '-'], curlConfig)
      singles.push({name: 'curl', totalMs: onceMs * CALLS})
    }
    return {batch: {name: 'behalf helix batch', totalMs: batch}, singles}
  } finally {
    await home.remove()
  }
}

/** Not `spawnSync`: the sandbox is to answer meanwhile. */
async function timeProgram(file: string, args: string[], env: NodeJS.ProcessEnv, input: string): Promise<number> {
  const started = performance.now()
  const child = spawn(file, args, {env, stdio: ['pipe', 'ignore', 'ignore']})
  child.stdin.end(input)
  const [status] = (await once(child, 'exit')) as [number | null]
  if (status !== 0) throw new Error(`${file} ended with ${String(status)}`)
  return performance.now() - started
}
