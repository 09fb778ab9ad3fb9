import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'

import {startSandbox, type Sandbox} from '../../src/sandbox/start-sandbox.js'
import {playWithDaemon} from '../support/daemon-transcript.js'
import type {ProgramHome} from '../support/program-home.js'
import {findProgram, needing, skipWithout} from '../support/skip-without.js'
import {stockHome} from '../support/stocked-home.js'
import {matchesOutput, parseTranscript} from '../support/transcript.js'

const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
const [, TOUR = ''] = /<!-- daemon tour -->(.*)<!-- daemon tour end -->/s.exec(README) ?? []
const steps = parseTranscript(TOUR)
const hasTools = ['jq', 'curl', 'timeout'].every((tool) => findProgram(tool) !== undefined)

/** The ids of API tokens, as `token list` shows them. */
const idsIn = (text: string): string[] =>
  [...text.matchAll(/^([0-9A-Za-z]{8}) +\w+ +active/gm)].map(([, id = '']) => id)

describe(needing('jq and curl', hasTools, 'the daemon in the README'), function () {
  this.timeout(60_000)
  let sandbox: Sandbox
  let home: ProgramHome
  let outputs: string[]

  before(async function () {
    skipWithout('jq and curl', hasTools, this)
    sandbox = await startSandbox()
    home = await stockHome(sandbox, [
      {login: 'streamer_sam', role: 'owner'},
      {login: 'techydrroid'},
      {login: 'otherbot'},
    ])
    const shown = await playWithDaemon(home, steps)
    const written = idsIn(TOUR)
    const real = idsIn(shown.join('\n'))
    outputs = shown.map((output) => real.reduce((text, id, index) => text.replaceAll(id, written[index] ?? id), output))
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
