import assert from 'node:assert/strict'
import {createServer} from 'node:http'
import {request} from 'node:http'
import {once} from 'node:events'

import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import {authorizeAs} from '../support/command-home.js'
import {findFreePort} from '../support/free-port.js'
import type {ProgramHome} from '../support/program-home.js'
import {startServing, type Serving} from '../support/serving.js'
import {stockHome} from '../support/stocked-home.js'
import {startWatchedSandbox} from '../support/watched-sandbox.js'

const BOT = 'techydrroid'

describe('a login while the daemon has the port where it comes back', function () {
  this.timeout(120_000)

  let sandbox: Sandbox
  let home: ProgramHome
  let callbackUrl: string
  let port: number

  beforeEach(async () => {
    sandbox = await startWatchedSandbox()
    port = await findFreePort()
    callbackUrl = `http://localhost:${String(port)}/callback`
    sandbox.confidentialClient.redirectUris.push(callbackUrl)
    home = await stockHome(sandbox, [{login: 'streamer_sam', role: 'owner'}], {callbackUrl})
  })
  afterEach(async () => {
    await home.remove()
    await sandbox.stop()
  })

  const serve = (): Promise<Serving> => startServing(home, ['--listen', `127.0.0.1:${String(port)}`])

  async function flowsLeft(): Promise<number> {
    const store = await home.openStore()
    try {
      return (await store.flows.list()).length
    } finally {
      await store.close()
    }
  }

  it('comes to its end there, and the command says what it would have said', async () => {
    const {url} = await serve()
    const add = home.start(['bot', 'add', '--no-open', '--json'])
    const page = await fetch(await authorizeAs(BOT, await add.address))
    assert.equal(page.status, 200)
    assert.match(await page.text(), /You can close this window[^]*techydrroid/i)
    const end = await add.ended
    assert.equal(end.exitCode, 0, end.stderr)
    const told = JSON.parse(end.stdout) as {account: {login: string; state: string}; created: boolean}
    assert.deepEqual([told.account.login, told.account.state, told.created], [BOT, 'ok', true])
    assert.equal(await flowsLeft(), 0)
    assert.equal((await fetch(`${url}/readyz`)).status, 200)
  })

  it('says of who should not have come what the command would have said, and stores nothing', async () => {
    await serve()
    const add = home.start(['bot', 'add', '--no-open'])
    const page = await fetch(await authorizeAs('streamer_sam', await add.address))
    assert.equal(page.status, 403)
    assert.match(await page.text(), /This is someone else/)
    const end = await add.ended
    assert.equal(end.exitCode, 4)
    assert.match(end.stderr, /is the owner’s own account.*Nothing was stored\./)
    assert.equal(await flowsLeft(), 0)
  })

  it('lets someone else become the owner only where --replace was said', async () => {
    await serve()
    const refused = home.start(['login', '--no-open'])
    await fetch(await authorizeAs(BOT, await refused.address))
    assert.equal((await refused.ended).exitCode, 4)
    const replaced = home.start(['login', '--no-open', '--replace'])
    await fetch(await authorizeAs(BOT, await replaced.address))
    const end = await replaced.ended
    assert.equal(end.exitCode, 0, end.stderr)
    assert.match(end.stderr, /Logged in as twitch\/techydrroid/)
  })

  it('takes a callback once, and none that nobody waits for', async () => {
    await serve()
    const add = home.start(['bot', 'add', '--no-open'])
    const back = await authorizeAs(BOT, await add.address)
    const forged = new URL(back)
    forged.searchParams.set('state', 'x'.repeat(32))
    assert.equal((await fetch(forged)).status, 400)
    assert.deepEqual(
      (await Promise.all([fetch(back), fetch(back), fetch(back)])).map(({status}) => status).sort(),
      [200, 400, 400],
    )
    assert.equal((await add.ended).exitCode, 0)
    assert.equal((await fetch(back)).status, 400)
  })

  it('gives the flow up when the command is interrupted', async () => {
    await serve()
    const add = home.start(['bot', 'add', '--no-open'])
    const back = await authorizeAs(BOT, await add.address)
    add.child.kill('SIGINT')
    assert.equal((await add.ended).exitCode, 130)
    assert.equal(await flowsLeft(), 0)
    assert.equal((await fetch(back)).status, 400)
  })

  it('is refused with 3 when the port is another program’s, also one that passes the question on to the daemon', async () => {
    const daemon = await startServing(home)
    const relay = createServer((question, response) => {
      request({port: daemon.port, path: question.url, headers: {host: 'localhost'}}, (answer) => {
        response.writeHead(answer.statusCode ?? 500)
        answer.pipe(response)
      }).end()
    }).listen(port, '127.0.0.1')
    await once(relay, 'listening')
    try {
      const add = await home.run(['bot', 'add', '--no-open'])
      assert.equal(add.exitCode, 3)
      assert.match(add.stderr, /another program is listening there/)
      const doctor = await home.run(['doctor', '--offline', '--json'])
      assert.match(doctor.stdout, /"callback-port",\s+"status": "problem"/)
    } finally {
      relay.close()
      relay.closeAllConnections()
    }
  })

  it('is no problem to the doctor', async () => {
    const {program} = await serve()
    const doctor = await home.run(['doctor', '--offline', '--json'])
    const {checks} = JSON.parse(doctor.stdout) as {checks: {name: string; status: string; message: string}[]}
    const port = checks.find(({name}) => name === 'callback-port')
    assert.equal(port?.status, 'ok', doctor.stdout)
    assert.ok(port.message.includes(`process ${String(program.pid)}`))
  })
})
