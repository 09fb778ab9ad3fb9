import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import type {ProgramHome} from '../support/program-home.js'
import {issueToken, startServing} from '../support/serving.js'
import {stockHome} from '../support/stocked-home.js'
import {countRefreshes, delayRefreshes, startWatchedSandbox} from '../support/watched-sandbox.js'

const BOT = 'techydrroid'
const PROGRAM = `
import {openBehalf} from 'behalf'
const behalf = await openBehalf()
const answer = await behalf.fetch('${BOT}', '/users')
const {data} = await answer.json()
console.log(answer.status, data[0].login)
await behalf.close()
`

describe('a daemon, commands and programs that share a store', function () {
  this.timeout(120_000)

  let sandbox: Sandbox
  let home: ProgramHome

  before(async () => {
    sandbox = await startWatchedSandbox()
    home = await stockHome(sandbox, [{login: BOT, lifeMs: -1000}])
  })
  after(async () => {
    await home.remove()
    await sandbox.stop()
  })

  it('refresh a token that has ended once, and all use what it brought', async () => {
    await writeFile(join(home.path, 'program.mjs'), PROGRAM)
    const token = await issueToken(home)
    delayRefreshes(sandbox, 3000)
    const {url, program} = await startServing(home)
    const [answer, command, ...programs] = await Promise.all([
      fetch(`${url}/api/twitch/helix/users`, {headers: {Authorization: `Bearer ${token}`, 'X-Behalf-Of': BOT}}),
      home.run(['helix', 'get', 'users', '--as', BOT]),
      ...[1, 2, 3].map(() => home.startHere(process.execPath, ['program.mjs']).ended),
    ])
    assert.equal(answer.status, 200)
    assert.equal(command.exitCode, 0, command.stderr)
    for (const end of programs) assert.deepEqual([end.exitCode, end.stdout, end.stderr], [0, `200 ${BOT}\n`, ''])
    assert.equal(countRefreshes(sandbox), 1)
    program.child.kill('SIGTERM')
    assert.equal((await program.ended).exitCode, 0)
  })
})
