import assert from 'node:assert/strict'

import {watch} from '../support/e2e-run.js'
import {startJenkinsServer, type JenkinsServer} from '../support/jenkins-server.js'
import {makeHome, type ProgramHome} from '../support/program-home.js'
import {issueToken, startServing, type Serving} from '../support/serving.js'

const TOKENS = {vera: 'made-up-api-token-of-vera', sam: 'made-up-api-token-of-sam'}
const CODE = 'made-up-one-time-code'
const WRONG = 'made-up-and-wrong-password'

/** All that is seen of it is searched for the secrets when every end-to-end test has run. */
describe('people who hand in their own credentials, to a real daemon', function () {
  this.timeout(120_000)
  let jenkins: JenkinsServer
  let home: ProgramHome
  let serving: Serving
  let token: string

  before(async () => {
    for (const [who, secret] of Object.entries(TOKENS)) watch.keep(`API token of ${who}`, secret)
    watch.keep('one-time code', CODE)
    watch.keep('wrong password', WRONG)
    jenkins = await startJenkinsServer()
    for (const [who, secret] of Object.entries(TOKENS)) jenkins.users.set(who, secret)
    home = await makeHome()
    const urls = ['--api-url', jenkins.origin, '--userinfo-url', `${jenkins.origin}/me/api/json`]
    const added = await home.run([
      'provider',
      'add',
      'jenkins',
      '--credential',
      'basic',
      '--otp-header',
      'X-Otp',
      ...urls,
    ])
    assert.equal(added.exitCode, 0, added.stderr)
    token = await issueToken(home, ['--scope', 'flow:start', '--scope', 'api:jenkins', '--as', 'subject:slack:*'])
    serving = await startServing(home, ['--log-level', 'debug'])
  })
  after(async () => {
    await home.remove()
    await jenkins.stop()
  })

  async function call(method: string, path: string, body?: object, of?: string): Promise<[number, string]> {
    const response = await fetch(`${serving.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(of !== undefined && {'x-behalf-of': `subject:${of}`}),
        ...(body && {'content-type': 'application/json'}),
      },
      ...(body && {body: JSON.stringify(body)}),
    })
    const text = await response.text()
    watch.see(`the answer to ${method} ${path}`, text)
    return [response.status, text]
  }

  it('are kept apart, each acts as themself, and nothing of it is seen', async () => {
    const linked = await home.run(['user', 'link', 'slack:U1', '--basic'], {stdin: `vera:${TOKENS.vera}\n`})
    assert.equal(linked.exitCode, 0, linked.stderr)
    const handedIn = {provider: 'jenkins', username: 'sam', password: TOKENS.sam}
    assert.equal((await call('PUT', '/api/v1/users/slack%3AU2', handedIn))[0], 200)
    assert.equal((await call('PUT', '/api/v1/users/slack%3AU2', {...handedIn, password: WRONG}))[0], 422)
    assert.equal((await call('PUT', '/api/v1/users/slack%3AU1', handedIn))[0], 409)

    jenkins.calls.length = 0
    const whoAmI = async (of: string) => (await call('GET', '/api/jenkins/whoAmI/api/json', undefined, of))[1]
    const answers = await Promise.all(['slack:U1', 'slack:U2', 'slack:U1', 'slack:U2'].map(whoAmI))
    assert.deepEqual(
      answers.map((text) => (JSON.parse(text) as {name: string}).name),
      ['vera', 'sam', 'vera', 'sam'],
    )
    assert.deepEqual(jenkins.calls.map(({user}) => user).sort(), ['sam', 'sam', 'vera', 'vera'])
    assert.equal((await call('GET', '/api/jenkins/whoAmI/api/json', undefined, 'slack:U3'))[0], 404)
  })

  it('send a one-time code with one call, which is not seen either', async () => {
    jenkins.oneTimeCodes = {header: 'X-Otp', codes: new Set([CODE])}
    const build = async () => (await call('POST', '/api/jenkins/job/deploy/build', undefined, 'slack:U1'))[0]
    assert.equal(await build(), 401)
    assert.equal((await call('POST', '/api/v1/users/slack%3AU1/otp', {code: CODE}))[0], 200)
    assert.deepEqual((await Promise.all([build(), build()])).sort(), [200, 401])
    const kept = await home.run(['user', 'otp', 'slack:U1'], {stdin: CODE})
    assert.equal(kept.exitCode, 0, kept.stderr)
  })

  it('are forgotten from one request to the next', async () => {
    const unlinked = await home.run(['user', 'unlink', 'slack:U1'])
    assert.equal(unlinked.exitCode, 0, unlinked.stderr)
    assert.equal((await call('GET', '/api/jenkins/whoAmI/api/json', undefined, 'slack:U1'))[0], 404)
    assert.equal((await call('DELETE', '/api/v1/users/slack%3AU2'))[0], 200)
    assert.equal((await call('GET', '/api/v1/users/slack%3AU2'))[0], 404)
    await home.showFiles()
  })
})
