import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {stripVTControlCharacters} from 'node:util'

import {startSandbox, type Sandbox} from '../../src/sandbox/start-sandbox.js'
import {findFreePort} from '../support/free-port.js'
import {makeHome, type ProgramHome} from '../support/program-home.js'
import {findProgram, needing, skipWithout} from '../support/skip-without.js'
import {hasTerminals, runAtTerminal, type Typing} from '../support/terminal.js'
import {matchesOutput, normaliseOutput, parseTranscript, type TranscriptStep} from '../support/transcript.js'
import {until} from '../support/until.js'

const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
const [, TOUR = ''] = /<!-- tour -->(.*)<!-- tour end -->/s.exec(README) ?? []
const steps = parseTranscript(TOUR)
const TOOLS = ['jq', 'curl', 'timeout']
const hasTools = hasTerminals && TOOLS.every((tool) => findProgram(tool) !== undefined)

/** As the README has them. */
const SANDBOX_URL = 'http://localhost:8421'
const CALLBACK_URL = 'http://localhost:8420/callback'

describe(needing('script, jq and curl', hasTools, 'the tour in the README'), function () {
  this.timeout(120_000)
  let sandbox: Sandbox
  let home: ProgramHome
  let callbackUrl: string

  before(async function () {
    skipWithout('script, jq and curl', hasTools, this)
    sandbox = await startSandbox()
    home = await makeHome()
    callbackUrl = `http://localhost:${String(await findFreePort())}/callback`
    sandbox.confidentialClient.redirectUris.push(callbackUrl)
  })
  after(async () => {
    if (!hasTools) return
    await home.remove()
    await sandbox.stop()
  })

  /** The sandbox stands for Twitch, which cannot be told from a test; of the text nothing else is changed. */
  const toReal = (text: string) =>
    text
      .replace(/^behalf provider add twitch$/, `$& --identity-url ${SANDBOX_URL}/oauth2 --api-url ${SANDBOX_URL}/helix`)
      .replaceAll(SANDBOX_URL, sandbox.url)
      .replaceAll(CALLBACK_URL, callbackUrl)
  const toWritten = (text: string) =>
    text
      .replaceAll(sandbox.url, SANDBOX_URL)
      .replaceAll(callbackUrl, CALLBACK_URL)
      .replaceAll(encodeURIComponent(callbackUrl), encodeURIComponent(CALLBACK_URL))
  const env = () => ({BEHALF_CALLBACK_URL: callbackUrl})

  /** Plays the person at the browser, who is the one whom the outcome names. */
  async function visit(address: string, {output}: TranscriptStep): Promise<void> {
    const [, login = ''] =
      /(?:Logged in as|(?:Add|Updat)ed the bot) twitch\/(\w+)|✗ (\w+) authorized/.exec(output)?.filter(Boolean) ?? []
    const answer = await fetch(address, {headers: {'x-sandbox-auto': login}})
    await answer.arrayBuffer()
  }

  async function run(step: TranscriptStep): Promise<string> {
    const printsSecret = /token issue|token rotate/.test(step.command)
    const program = home.startHere('timeout', ['60', 'bash', '-c', `{ ${toReal(step.command)}\n} 2>&1`], {
      env: env(),
      printsSecret,
    })
    const addressOf = () => /^(http\S+authorize\S+)$/m.exec(program.soFar.stdout)?.[1]
    await until('it ends or asks for a browser', () => !program.isRunning() || addressOf() !== undefined)
    const address = addressOf()
    if (address !== undefined) await visit(address, step)
    return toWritten((await program.ended).stdout)
  }

  /** What a person types at each prompt. The client id and secret are the sandbox's, and not the ones in the README. */
  const typing = (): Typing[] => {
    const {id, secret} = sandbox.confidentialClient
    return [
      [/Client Type:/, '\r'],
      [/Client ID:/, `${id}\r`],
      [/Client secret:/, `${secret ?? ''}\r`],
      [/Log in now\?/, 'n\r'],
    ]
  }

  it('is there', () => assert.ok(steps.length > 10, String(steps.length)))

  for (const step of steps) {
    if (step.asks) {
      it(`asks as it says: ${step.command}`, async () => {
        const {stdout} = await runAtTerminal(home, toReal(step.command), typing(), env())
        const shown = normaliseOutput(toWritten(stripVTControlCharacters(stdout)).replaceAll('\r', ''))
        for (const line of step.output.split('\n').filter((text) => !/^[?✔] /.test(text))) {
          assert.ok(shown.includes(normaliseOutput(line)), `${line}\nis not in\n${shown}`)
        }
      })
    } else {
      it(`shows what it says: ${step.command}`, async () => {
        const shown = await run(step)
        assert.ok(matchesOutput(step.output, shown), `expected\n${step.output}\nbut saw\n${shown}`)
      })
    }
  }
})
