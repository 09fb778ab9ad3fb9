import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {request} from 'node:http'

import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import {watchProcessArguments} from '../support/process-arguments.js'
import {makeHome, type ProgramHome} from '../support/program-home.js'
import {parsePrometheusText} from '../support/prometheus-text.js'
import {SecretWatch} from '../support/secret-watch.js'
import {issueToken, startServing} from '../support/serving.js'
import {stockHome} from '../support/stocked-home.js'
import {tokensOf} from '../support/tokens-of.js'
import {startWatchedSandbox} from '../support/watched-sandbox.js'

const ROUNDS = process.env.BEHALF_TEST_LONG === '1' ? 500 : 10
const BOT = 'techydrroid'
const DEAD_BOT = 'otherbot'
const STATE = 'made-up-state-0123456789'

/** What is sent, as it stands on the wire: `fetch` would correct some of it. */
interface Sent {
  path: string
  method?: string
  headers?: Record<string, string>
  body?: string
}

describe('a daemon under load by callers who put secrets everywhere', function () {
  this.timeout(120_000)
  let watch: SecretWatch
  let sandbox: Sandbox
  let home: ProgramHome

  beforeEach(async () => {
    watch = new SecretWatch()
    sandbox = await startWatchedSandbox({}, watch)
    home = await makeHome(watch)
  })
  afterEach(async () => {
    await home.remove()
    await sandbox.stop()
  })

  const send = (port: number, {path, method = 'GET', headers = {}, body}: Sent): Promise<string> =>
    new Promise((resolve, reject) => {
      request({port, path, method, headers}, (response) => {
        let text = `${String(response.statusCode)} ${JSON.stringify(response.headers)}\n`
        response.setEncoding('utf8').on('data', (part: string) => (text += part))
        response.on('end', () => resolve(text))
      })
        .on('error', reject)
        .end(body)
    })

  function breakProvider(): void {
    const fault = {match: {}, after: 0, process: true, headers: {}, body: undefined, count: 5}
    sandbox.state.faults.add({...fault, kind: 'status', path: '/helix/users', status: 500, delayMs: 0})
    sandbox.state.faults.add({...fault, kind: 'drop', path: '/helix/users', status: 200, delayMs: 0})
  }

  it('shows none of them: not in its log, its answers, its metrics, its arguments', async () => {
    const accounts = [
      {login: 'streamer_sam', role: 'owner' as const},
      {login: BOT, lifeMs: -1000},
      {login: DEAD_BOT, lifeMs: -1000},
    ]
    await stockHome(sandbox, accounts, {home})
    const store = await home.openStore()
    const stored = await store.accounts.list()
    await store.close()
    const dead = tokensOf(stored.find(({login}) => login === DEAD_BOT)).refreshToken?.reveal() ?? ''
    sandbox.state.refreshTokens.delete(dead)
    const accessToken = tokensOf(stored[0]).accessToken.reveal()

    const token = await issueToken(home)
    const metricsToken = await issueToken(home, ['--scope', 'metrics:read'])
    const revoked = await issueToken(home)
    await home.run(['token', 'revoke', revoked.split('_')[1] ?? ''])
    watch.keep('state of a callback', STATE)

    const stopWatching = watchProcessArguments((line) => watch.see('the arguments of a process', line))
    const {port, program} = await startServing(home, ['--no-socket', '--log-level', 'debug', '--metrics-per-account'])
    const helix = '/api/twitch/helix'
    const as = (name: string, secret = token) => ({authorization: `Bearer ${secret}`, 'x-behalf-of': name})
    // With an API token that opens: each is audited.
    const valid: Sent[] = [
      {path: `${helix}/users`, headers: as(BOT)},
      {path: `${helix}/users?token=${token}&access_token=${accessToken}`, headers: as(BOT)},
      {path: `${helix}/${token}/${accessToken}`, headers: as(BOT)},
      {path: `${helix}/users`, headers: as(DEAD_BOT)},
      {path: `${helix}/users`, headers: as(accessToken)},
      {path: `${helix}/users`, headers: {...as('streamer_sam'), cookie: `session=${accessToken}`}},
      {path: `${helix}/chat/messages`, method: 'POST', headers: as(BOT), body: `{"message":"${accessToken}"`},
      {path: `/api/v1/accounts/twitch%3A2002/token?min_ttl=${accessToken}`, headers: as(BOT)},
    ]
    const invalid: Sent[] = [
      {path: `${helix}/${accessToken}/../%2e`, headers: as(BOT)},
      {path: `${helix}/users`, headers: as(BOT, revoked)},
      {path: `${helix}/users`, headers: as(BOT, accessToken)},
      {path: `${helix}/users?token=${token}`},
      {path: `${helix}/users`, headers: {authorization: token}},
      {path: `/callback?code=${accessToken}&state=${STATE}`},
      {path: `/${accessToken}`, headers: {host: `${accessToken}.example`}},
      {path: '/api/v1/tokens', method: 'POST', headers: {origin: `http://${accessToken}`}, body: token},
    ]
    breakProvider()
    for (let round = 0; round < ROUNDS; round += 1) {
      const answers = await Promise.all([...valid, ...invalid].map((one) => send(port, one)))
      for (const answer of answers) watch.see('an answer', answer)
    }

    const metrics = await send(port, {path: '/metrics', headers: {authorization: `Bearer ${metricsToken}`}})
    watch.see('the metrics', metrics)
    const samples = parsePrometheusText(metrics.slice(metrics.indexOf('\n') + 1))
    assert.ok((samples.get('behalf_refreshes_total{outcome="refreshed",provider="twitch"}') ?? 0) > 0)
    assert.equal(samples.get('behalf_accounts{provider="twitch",state="login-needed"}'), 1)
    if (process.platform === 'linux') {
      watch.see('its command line', readFileSync(`/proc/${String(program.pid)}/cmdline`, 'latin1'))
    }
    program.child.kill('SIGTERM')
    const {exitCode, stderr} = await program.ended
    stopWatching()
    assert.equal(exitCode, 0)

    const lines = stderr.trimEnd().split('\n')
    const events = lines
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    const calls = events.filter(({event}) => event === 'call')
    // One for the metrics.
    assert.equal(calls.length, ROUNDS * valid.length + 1)
    assert.ok(stderr.includes(`bhf_${token.split('_')[1] ?? ''}_[secret]`), 'what was in a path was taken out')
    assert.ok(events.some(({event, outcome}) => event === 'refresh' && outcome === 'rejected'))
    await home.showFiles()
    assert.ok(watch.counts.secrets > 20, String(watch.counts.secrets))
    assert.deepEqual(watch.findLeaks(), [])
  })
})
