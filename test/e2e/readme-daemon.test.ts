import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'

import {startSandbox, type Sandbox} from '../../src/sandbox/start-sandbox.js'
import {findFreePort} from '../support/free-port.js'
import type {ProgramHome} from '../support/program-home.js'
import {findProgram, needing, skipWithout} from '../support/skip-without.js'
import {stockHome} from '../support/stocked-home.js'
import {matchesOutput, parseTranscript} from '../support/transcript.js'

const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
const [, TOUR = ''] = /<!-- daemon tour -->(.*)<!-- daemon tour end -->/s.exec(README) ?? []
const steps = parseTranscript(TOUR)
const hasTools = ['jq', 'curl', 'timeout'].every((tool) => findProgram(tool) !== undefined)

/** What stands between the outputs of two commands. */
const MARK = '@@ next command @@'

/** The ids of API tokens, as `token list` shows them. */
const idsIn = (text: string): string[] =>
  [...text.matchAll(/^([0-9A-Za-z]{8}) +\w+ +active/gm)].map(([, id = '']) => id)

describe(needing('jq and curl', hasTools, 'the daemon in the README'), function () {
  this.timeout(60_000)
  let sandbox: Sandbox
  let home: ProgramHome
  let outputs: string[]

  /** One shell runs all of it, as a person's would: it has the variables and the daemon in the background. */
  before(async function () {
    skipWithout('jq and curl', hasTools, this)
    sandbox = await startSandbox()
    home = await stockHome(sandbox, [
      {login: 'streamer_sam', role: 'owner'},
      {login: 'techydrroid'},
      {login: 'otherbot'},
    ])
    const port = String(await findFreePort())
    const ready = `until curl -so /dev/null localhost:${port}/healthz; do sleep 0.1; done`
    const lines = steps.flatMap(({command}) => {
      const real = command
        .replace('behalf serve', `behalf serve --no-socket --listen 127.0.0.1:${port}`)
        .replaceAll('localhost:8420', `localhost:${port}`)
      return [real, ...(command.startsWith('behalf serve') ? [ready] : []), `echo '${MARK}'`]
    })
    const script = ['set -m', 'exec 2>&1', ...lines, 'wait'].join('\n')
    const {stdout} = await home.startHere('timeout', ['50', 'bash', '-c', script], {printsSecret: true}).ended
    const written = idsIn(TOUR)
    outputs = idsIn(stdout)
      .reduce((text, id, index) => text.replaceAll(id, written[index] ?? id), stdout)
      .split(`${MARK}\n`)
  })
  after(async () => {
    if (!hasTools) return
    await home.remove()
    await sandbox.stop()
  })

  it('is there', () => assert.ok(steps.length > 8, String(steps.length)))

  for (const [index, {command, output}] of steps.entries()) {
    it(`shows what it says: ${command}`, () => {
      const shown = outputs[index] ?? ''
      assert.ok(matchesOutput(output, shown), `expected\n${output}\nbut saw\n${shown}`)
    })
  }
})
