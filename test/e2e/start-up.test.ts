import assert from 'node:assert/strict'
import {cp} from 'node:fs/promises'
import {createRequire} from 'node:module'
import {join} from 'node:path'

import {startSandbox, type Sandbox} from '../../src/sandbox/start-sandbox.js'
import type {ProgramHome} from '../support/program-home.js'
import {stockHome} from '../support/stocked-home.js'
import {makeTemporaryFolder, removeFolder} from '../support/temporary-folder.js'

describe('the program without any of its packages in reach', () => {
  let sandbox: Sandbox
  let home: ProgramHome
  let folder: string
  let script: string

  before(async () => {
    sandbox = await startSandbox()
    home = await stockHome(sandbox, [{login: 'techydrroid'}])
    folder = await makeTemporaryFolder()
    await cp(join(home.program.script, '../..'), folder, {recursive: true})
    script = join(folder, 'bin/run.js')
    for (const name of ['got', 'oauth4webapi', 'open', 'ora']) {
      assert.throws(() => createRequire(script).resolve(name), {code: 'MODULE_NOT_FOUND'})
    }
  })

  after(async () => {
    await home.remove()
    await sandbox.stop()
    await removeFolder(folder)
  })

  const run = (...args: string[]) => home.startHere(process.execPath, [script, ...args], {printsSecret: true}).ended

  it('prints a token that is fresh', async () => {
    const {exitCode, stdout, stderr} = await run('bot', 'token', 'techydrroid')
    assert.deepEqual([exitCode, stderr], [0, ''])
    assert.ok(sandbox.state.accessTokens.has(stdout.trim()))
  })

  it('lists the bots', async () => {
    const {exitCode, stdout, stderr} = await run('bot', 'list')
    assert.deepEqual([exitCode, stderr], [0, ''])
    assert.match(stdout, /techydrroid/)
  })

  it('shows help', async () => {
    const {exitCode, stdout} = await home.startHere(process.execPath, [script, '--help']).ended
    assert.equal(exitCode, 0)
    assert.match(stdout, /bot +accounts that programs act as/)
  })

  it('cannot refresh, which takes a package', async () => {
    assert.notEqual((await run('refresh', '--all', '--force')).exitCode, 0)
  })
})
