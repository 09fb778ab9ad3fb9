import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {stripVTControlCharacters} from 'node:util'

import {startSandbox, type Sandbox} from '../../src/sandbox/start-sandbox.js'
import type {ProgramHome} from '../support/program-home.js'
import {findProgram, needing, skipWithout} from '../support/skip-without.js'
import {stockHome} from '../support/stocked-home.js'
import {hasTerminals, runAtTerminal, type Typing} from '../support/terminal.js'

const TAB = '\t'
const PROMPT = 'made-up-prompt% '

/** The terminal shows this last. */
const endsWith = (text: string) => new RegExp(`${text.replaceAll('.', String.raw`\.`)}$`)

interface ShellCase {
  name: string
  /** Starts it with completion on and `PROMPT` as its prompt. */
  start: string
}

const SHELLS: ShellCase[] = [
  {name: 'bash', start: `bash --noprofile --rcfile bashrc -i`},
  {name: 'zsh', start: `ZDOTDIR="$PWD" zsh -d -i`},
]

describe('completion', function () {
  this.timeout(60_000)
  let sandbox: Sandbox
  let home: ProgramHome

  before(async () => {
    sandbox = await startSandbox()
    home = await stockHome(sandbox, [{login: 'streamer_sam', role: 'owner'}, {login: 'techydrroid'}])
    await writeFile(
      join(home.path, 'bashrc'),
      `PS1='${PROMPT}'\nbind 'set enable-bracketed-paste off'\neval "$(behalf autocomplete bash)"\n`,
    )
    await writeFile(
      join(home.path, '.zshrc'),
      `PROMPT='${PROMPT.replace('%', '%%')}'\nunset zle_bracketed_paste\nunsetopt prompt_sp\neval "$(behalf autocomplete zsh)"\n`,
    )
    await writeFile(join(home.path, 'message.json'), '{}')
  })
  after(async () => {
    await home.remove()
    await sandbox.stop()
  })

  for (const {name, start} of SHELLS) {
    const isThere = hasTerminals && findProgram(name) !== undefined
    describe(needing(name, isThere, `in ${name}`), () => {
      before(function () {
        skipWithout(name, isThere, this)
      })

      /** Types `line`, presses the tab key, waits for what it becomes, and runs nothing. */
      const type = async (line: string, becomes: string) => {
        const typing: Typing[] = [
          [/made-up-prompt% $/, line + TAB],
          [endsWith(becomes), '\u0015exit\r'],
        ]
        const {stdout} = await runAtTerminal(home, start, typing)
        assert.ok(stripVTControlCharacters(stdout).replaceAll('\u0007', '').includes(becomes), stdout)
      }

      it('completes a command', () => type('behalf bot to', 'behalf bot token '))
      it('completes an account', () => type('behalf helix get users --as tec', '--as techydrroid '))
      it('completes a path', () => type('behalf helix get users/blo', 'users/blocks '))
      it('completes the name of a query, and waits for its value', () =>
        type('behalf helix get users -q lo', '-q login='))
      it('completes a scope, colons and all', () =>
        type('behalf login --scope user:read:emai', '--scope user:read:email '))
      it('completes behind an =', () => type('behalf bot token x --format=hea', '--format=header '))
      it('completes files', () => type('behalf helix post polls --body mess', '--body message.json '))
    })
  }

  describe(needing('fish', findProgram('fish') !== undefined, 'in fish'), () => {
    before(function () {
      skipWithout('fish', findProgram('fish') !== undefined, this)
    })
    const complete = async (line: string) => {
      const {stdout} = await home.startHere('fish', [
        '--no-config',
        '-c',
        `behalf autocomplete fish | source; complete -C '${line}'`,
      ]).ended
      return stdout.split('\n').filter((text) => text !== '')
    }

    it('completes a command, with its description', async () =>
      assert.deepEqual(await complete('behalf bot to'), [
        'token\tPrint an access token of the provider that is good for a while.',
      ]))
    it('completes an account', async () =>
      assert.deepEqual(await complete('behalf helix get users --as tec'), ['techydrroid\tbot, twitch']))
    it('completes files', async () =>
      assert.deepEqual(await complete('behalf helix post polls --body mess'), ['message.json']))
  })
})
