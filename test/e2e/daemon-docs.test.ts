import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'

import {startSandbox, type Sandbox} from '../../src/sandbox/start-sandbox.js'
import {playWithDaemon} from '../support/daemon-transcript.js'
import type {ProgramHome} from '../support/program-home.js'
import {findProgram, needing, skipWithout} from '../support/skip-without.js'
import {stockHome} from '../support/stocked-home.js'
import {matchesOutput, parseTranscript} from '../support/transcript.js'

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/daemon.md'), 'utf8')
const [, TOUR = ''] = /<!-- tour -->(.*)<!-- tour end -->/s.exec(PAGE) ?? []
const steps = parseTranscript(TOUR)
const TOOLS = 'jq and curl'
const hasTools = ['jq', 'curl', 'timeout'].every((tool) => findProgram(tool) !== undefined)

describe(needing(TOOLS, hasTools, 'what docs/daemon.md shows'), function () {
  this.timeout(60_000)
  let sandbox: Sandbox
  let home: ProgramHome
  let outputs: string[]

  before(async function () {
    skipWithout(TOOLS, hasTools, this)
    sandbox = await startSandbox()
    home = await stockHome(sandbox, [
      {login: 'streamer_sam', role: 'owner'},
      {login: 'techydrroid'},
      {login: 'otherbot'},
    ])
    outputs = await playWithDaemon(home, steps)
  })
  after(async () => {
    if (!hasTools) return
    await home.remove()
    await sandbox.stop()
  })

  it('is there', () => assert.ok(steps.length > 10, String(steps.length)))

  for (const [index, {command, output}] of steps.entries()) {
    it(`is so: ${command}`, () => {
      const shown = outputs[index] ?? ''
      assert.ok(matchesOutput(output, shown), `expected\n${output}\nbut saw\n${shown}`)
    })
  }
})
