import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {Agent, request} from 'node:http'

import type {ProgramHome} from '../support/program-home.js'
import {makeHome} from '../support/program-home.js'
import {issueToken, startServing} from '../support/serving.js'
import {until} from '../support/until.js'

const CALLS = process.env.BEHALF_TEST_LONG === '1' ? 100_000 : 700
/** Of an account that there is not: long enough that some hundred lines are more than a pipe and the sink hold. */
const KEY = 'made-up-'.repeat(240)

describe('the log of a daemon', function () {
  this.timeout(120_000)
  let home: ProgramHome
  beforeEach(async () => (home = await makeHome()))
  afterEach(() => home.remove())

  /** Many calls, each of which is a line of the log. */
  async function callOften(port: number, token: string, count: number): Promise<Set<number>> {
    const agent = new Agent({keepAlive: true, maxSockets: 16})
    const options = {
      port,
      agent,
      path: `/api/v1/accounts/${KEY}`,
      headers: {authorization: `Bearer ${token}`},
    }
    const call = (): Promise<number> =>
      new Promise((resolve, reject) => {
        request(options, (response) => response.resume().once('end', () => resolve(response.statusCode ?? 0)))
          .on('error', reject)
          .end()
      })
    const seen = new Set<number>()
    let left = count
    const work = async (): Promise<void> => {
      for (; left > 0; left -= 1) seen.add(await call())
    }
    await Promise.all(Array.from({length: 16}, work))
    agent.destroy()
    return seen
  }

  it('holds nothing up when nobody reads it, and says what it left out', async () => {
    const token = await issueToken(home, ['--scope', 'account:read', '--as-any'])
    const {port, program} = await startServing(home, ['--no-socket'])
    const {stderr} = program.child
    assert.ok(stderr)
    stderr.pause()
    assert.deepEqual(await callOften(port, token, CALLS), new Set([404]))

    stderr.resume()
    await until('what waited is read', async () => {
      await callOften(port, token, 16)
      return program.soFar.stderr.includes('log-lines-dropped')
    })
    program.child.kill('SIGTERM')
    const {exitCode} = await program.ended
    assert.equal(exitCode, 0)
    const lines = program.soFar.stderr.trimEnd().split('\n')
    const events = lines.map((line) => JSON.parse(line) as {event: string; count?: number})
    const dropped = events.reduce((sum, {count = 0}) => sum + count, 0)
    const calls = events.filter(({event}) => event === 'call').length
    assert.ok(dropped > 0)
    assert.ok(calls + dropped >= CALLS, `${String(calls)} and ${String(dropped)}`)
  })

  it('may end before the daemon does', async () => {
    const token = await issueToken(home, ['--scope', 'account:read', '--as-any'])
    const {port, program} = await startServing(home, ['--no-socket'])
    program.child.stderr?.destroy()
    assert.deepEqual(await callOften(port, token, 200), new Set([404]))
    if (process.platform === 'linux') {
      assert.match(readFileSync(`/proc/${String(program.pid)}/status`, 'utf8'), /^State:\s+[SR]/m)
    }
    program.child.kill('SIGTERM')
    assert.equal((await program.ended).exitCode, 0)
  })
})
