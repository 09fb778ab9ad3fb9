import assert from 'node:assert/strict'

import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import {startJenkinsServer, type JenkinsServer} from '../support/jenkins-server.js'
import type {ProgramHome} from '../support/program-home.js'
import {issueToken, startServing} from '../support/serving.js'
import {stockHome} from '../support/stocked-home.js'
import {startWatchedSandbox} from '../support/watched-sandbox.js'

const VERA = {provider: 'jenkins', username: 'vera', password: 'made-up-token-of-vera'}

describe('a provider that is set up over HTTP', function () {
  this.timeout(120_000)
  let sandbox: Sandbox
  let home: ProgramHome
  let jenkins: JenkinsServer
  let admin: string
  let bot: string
  beforeEach(async () => {
    sandbox = await startWatchedSandbox()
    jenkins = await startJenkinsServer()
    home = await stockHome(sandbox, [{login: 'streamer_sam', role: 'owner'}])
    admin = await issueToken(home, ['--scope', 'admin'])
    bot = await issueToken(home, ['--scope', 'flow:start', '--as', 'subject:slack:*'])
  })
  afterEach(async () => {
    await home.remove()
    await jenkins.stop()
    await sandbox.stop()
  })

  async function call(
    method: string,
    url: string,
    token: string,
    body?: object,
  ): Promise<{status: number; text: string}> {
    const response = await fetch(url, {
      method,
      headers: {authorization: `Bearer ${token}`, 'content-type': 'application/json'},
      ...(body && {body: JSON.stringify(body)}),
    })
    return {status: response.status, text: await response.text()}
  }

  const add = (url: string) =>
    call('POST', `${url}/api/v1/oauth/jenkins`, admin, {
      credential_kinds: ['basic'],
      api_url: jenkins.origin,
      user_info_base_url: `${jenkins.origin}/me/api/json`,
      identity_user_id: 'id',
    })
  const link = (url: string) => call('PUT', `${url}/api/v1/users/slack%3AU1`, bot, VERA)

  it('leads nowhere inside, in the daemon and at the terminal', async () => {
    const {url, program} = await startServing(home, ['--no-socket'])
    assert.equal((await add(url)).status, 200)
    const {status, text} = await link(url)
    assert.equal(status, 503)
    assert.match(text, /where a URL set over HTTP may not lead/)
    const typed = await home.run(['user', 'link', 'slack:U1', '--provider', 'jenkins', '--basic'], {
      stdin: `${VERA.username}:${VERA.password}\n`,
    })
    assert.equal(typed.exitCode, 6, typed.stderr)
    assert.deepEqual(jenkins.calls, [])
    program.child.kill('SIGTERM')
    assert.equal((await program.ended).exitCode, 0)
  })

  it('works inside where that is allowed, and goes with its people', async () => {
    const {url, program} = await startServing(home, ['--no-socket', '--allow-private-addresses'])
    assert.equal((await add(url)).status, 200)
    assert.equal((await link(url)).status, 200)
    const gone = await call('DELETE', `${url}/api/v1/oauth/jenkins`, admin)
    assert.match(gone.text, /"removed_accounts":1/)
    assert.equal((await call('GET', `${url}/api/v1/oauth/jenkins`, admin)).status, 404)
    program.child.kill('SIGTERM')
    assert.equal((await program.ended).exitCode, 0)
    assert.match(program.soFar.stderr, /"event":"daemon-started"[^]*"event":"daemon-stopped"/)
  })
})
