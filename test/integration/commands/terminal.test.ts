import assert from 'node:assert/strict'

import {makeHome, type ProgramHome} from '../../support/program-home.js'
import {needing, skipWithout} from '../../support/skip-without.js'
import {CTRL_C, hasTerminals, runAtTerminal} from '../../support/terminal.js'

const SCRIPT = 'the script of util-linux'
const ADD =
  'behalf provider add work --token-url https://id.example.test/token --authorize-url https://id.example.test/authorize --no-check --no-login'
/** Colours are switched on with these. */
// eslint-disable-next-line no-control-regex
const COLOURED = /\u001b\[3\dm/

describe(needing(SCRIPT, hasTerminals, 'at a terminal'), function () {
  this.timeout(60_000)
  let home: ProgramHome

  before(async function () {
    skipWithout(SCRIPT, hasTerminals, this)
    home = await makeHome()
  })
  after(async () => {
    if (hasTerminals) await home.remove()
  })

  it('asks for what is missing, and does not show the secret', async () => {
    const {exitCode, stdout} = await runAtTerminal(home, ADD, [
      [/Client ID/, 'made-up-id\r'],
      [/Client secret/, 'made-up-secret\r'],
    ])
    assert.equal(exitCode, 0, stdout)
    assert.match(stdout, /Added the provider work/)
    assert.doesNotMatch(stdout, /made-up-secret/)
    const {stdout: shown} = await home.run(['provider', 'show', 'work', '--json'])
    const {client_id, confidential} = JSON.parse(shown) as Record<string, unknown>
    assert.deepEqual([client_id, confidential], ['made-up-id', true])
  })

  it('takes Ctrl-C at a prompt as the end: 130, nothing done', async () => {
    const line = ADD.replace('work', 'other')
    const {exitCode} = await runAtTerminal(home, line, [[/Client ID/, CTRL_C]])
    assert.equal(exitCode, 130)
    assert.equal((await home.run(['provider', 'show', 'other'])).exitCode, 5)
  })

  it('takes Ctrl-C as the end while it waits for the browser: 130', async () => {
    const callback = {BEHALF_CALLBACK_URL: 'http://localhost:18420/callback'}
    const line = 'behalf login --no-open --provider work'
    const {exitCode, stdout} = await runAtTerminal(
      home,
      line,
      [[/Waiting for you at work … \((?:5 min|4 min \d+ s) left\)/, CTRL_C]],
      callback,
    )
    assert.equal(exitCode, 130, stdout)
    assert.equal(stdout.match(/✗ Interrupted\./g)?.length, 1, stdout)
  })

  it('shows colours, unless someone says no', async () => {
    assert.match((await runAtTerminal(home, 'behalf status nobody')).stdout, COLOURED)
    assert.doesNotMatch((await runAtTerminal(home, 'behalf status nobody --no-color')).stdout, COLOURED)
    assert.doesNotMatch((await runAtTerminal(home, 'behalf status nobody', [], {NO_COLOR: '1'})).stdout, COLOURED)
  })

  it('asks nothing and colours nothing when stderr goes to a file', async () => {
    const {exitCode, stdout} = await runAtTerminal(home, `${ADD} 2>errors; status=$?; cat errors; exit $status`)
    assert.equal(exitCode, 2, stdout)
    assert.match(stdout, /--client-id/)
    assert.doesNotMatch(stdout, COLOURED)
  })
})
