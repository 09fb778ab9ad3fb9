import assert from 'node:assert/strict'
import {readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'

import {startSandbox, type Sandbox} from '../../../src/sandbox/start-sandbox.js'
import {makeHome, type ProgramHome} from '../../support/program-home.js'
import {needing, skipWithout} from '../../support/skip-without.js'
import {CTRL_C, hasTerminals, runAtTerminal, type Typing} from '../../support/terminal.js'

const SCRIPT = 'the script of util-linux'
const RETURN = '\r'

describe(needing(SCRIPT, hasTerminals, 'provider add at a real terminal'), function () {
  this.timeout(120_000)
  let home: ProgramHome
  let sandbox: Sandbox

  before(async function () {
    skipWithout(SCRIPT, hasTerminals, this)
    sandbox = await startSandbox()
  })
  after(async () => {
    if (hasTerminals) await sandbox.stop()
  })
  beforeEach(async () => {
    home = await makeHome()
  })
  afterEach(() => home.remove())

  const line = () => `behalf provider add twitch --identity-url ${sandbox.url}/oauth2 --api-url ${sandbox.url}/helix`
  const typed = (): Typing[] => [
    [/Client Type:/, RETURN],
    [/Client ID:/, `${sandbox.confidentialClient.id}${RETURN}`],
    [/Client secret:/, `${sandbox.confidentialClient.secret ?? ''}${RETURN}`],
  ]
  /** Every file of the store and its key. */
  async function stored(): Promise<Record<string, string>> {
    const files: Record<string, string> = {}
    for (const folder of ['.local/share/behalf', '.config/behalf'])
      for (const name of await readdir(join(home.path, folder)).catch(() => [])) {
        files[name] = await readFile(join(home.path, folder, name), 'latin1').catch(() => 'a folder')
      }
    return files
  }

  it('guides from the registration to the question of logging in, and shows no secret', async () => {
    const {exitCode, stdout} = await runAtTerminal(home, line(), [...typed(), [/Log in now/, `n${RETURN}`]])
    assert.equal(exitCode, 0, stdout)
    assert.match(stdout, /^http:\/\/localhost:8420\/callback\r?$/m)
    assert.match(stdout, /Added the provider twitch[^]*Log in later with: behalf login/)
    assert.ok(!stdout.includes(sandbox.confidentialClient.secret ?? ''))
  })

  it('finds the service by a part of its name, and asks what its addresses need', async () => {
    const {exitCode, stdout} = await runAtTerminal(home, 'behalf provider add --no-check --no-login', [
      [/Which service/, 'zendes'],
      [/Zendesk(?! Sell)/, RETURN],
      [/subdomain \(what stands before \.zendesk\.com\)/, `acme${RETURN}`],
      [/Client ID:/, `made-up${RETURN}`],
      [/Client secret/, RETURN],
    ])
    assert.equal(exitCode, 0, stdout)
    assert.match(stdout, /Added the provider zendesk/)
    const {stdout: shown} = await home.run(['provider', 'show', 'zendesk', '--json'])
    assert.equal((JSON.parse(shown) as {token_url: string}).token_url, 'https://acme.zendesk.com/oauth/tokens')
  })

  it('leaves nothing when it is interrupted where it asks for the service: 130', async () => {
    const {exitCode, stdout} = await runAtTerminal(home, 'behalf provider add', [[/Which service/, CTRL_C]])
    assert.equal(exitCode, 130, stdout)
    assert.deepEqual(await stored(), {})
  })

  for (const at of [0, 1, 2]) {
    it(`leaves nothing when it is interrupted at prompt ${String(at + 1)}: 130`, async () => {
      const [prompt = /never/] = typed()[at] ?? []
      const {exitCode, stdout} = await runAtTerminal(home, line(), [...typed().slice(0, at), [prompt, CTRL_C]])
      assert.equal(exitCode, 130, stdout)
      assert.deepEqual(await stored(), {})
    })
  }

  it('leaves nothing when it is interrupted where it asks again, or whether to keep what was not checked: 130', async () => {
    const [kind = [/never/, ''], id = [/never/, '']] = typed()
    const wrong: Typing[] = [kind, id, [/Client secret:/, `made-up-wrong-secret${RETURN}`]]
    const again = await runAtTerminal(home, line(), [...wrong, [/refuses this client[^]*Client secret:/, CTRL_C]])
    assert.equal(again.exitCode, 130, again.stdout)
    const nobody = line().replace(/--identity-url \S+/, '--identity-url http://127.0.0.1:9/oauth2')
    const unchecked = await runAtTerminal(home, nobody, [...typed(), [/Keep it unchecked/, CTRL_C]])
    assert.equal(unchecked.exitCode, 130, unchecked.stdout)
    assert.deepEqual(await stored(), {})
  })

  it('leaves a provider as it was when it is interrupted before a change, and after one at the login', async () => {
    const added = await runAtTerminal(home, line(), [...typed(), [/Log in now/, CTRL_C]])
    assert.equal(added.exitCode, 130, added.stdout)
    const before = await stored()
    assert.ok(before['store.json'])
    const toPublic: Typing[] = [
      [/Client Type:/, `\u001b[B${RETURN}`],
      [/Client ID:/, `${sandbox.publicClient.id}${RETURN}`],
      [/Change it/, CTRL_C],
    ]
    const changed = await runAtTerminal(home, line(), toPublic)
    assert.equal(changed.exitCode, 130, changed.stdout)
    assert.deepEqual(await stored(), before)
  })

  it('asks nothing without a terminal, and names the flag: 2', async () => {
    const {exitCode, stdout} = await runAtTerminal(home, `${line()} </dev/null`)
    assert.equal(exitCode, 2)
    assert.match(stdout, /--client-id/)
    assert.doesNotMatch(stdout, /Client Type/)
    assert.deepEqual(await stored(), {})
  })
})
