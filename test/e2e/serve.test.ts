import assert from 'node:assert/strict'
import {createServer} from 'node:http'
import {stat} from 'node:fs/promises'
import {Agent, request} from 'node:http'
import type {AddressInfo} from 'node:net'
import {setTimeout as wait} from 'node:timers/promises'

import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import {IrcClient} from '../support/irc-client.js'
import type {ProgramHome} from '../support/program-home.js'
import {issueToken, startServing} from '../support/serving.js'
import {stockHome} from '../support/stocked-home.js'
import {tokensOf} from '../support/tokens-of.js'
import {until} from '../support/until.js'
import {countRefreshes, delayRefreshes, startWatchedSandbox} from '../support/watched-sandbox.js'

const OWNER = {login: 'streamer_sam', role: 'owner' as const}
const BOT = 'techydrroid'
const LATE_MS = 1000

describe('behalf serve', function () {
  this.timeout(120_000)

  let sandbox: Sandbox
  let home: ProgramHome

  beforeEach(async () => {
    sandbox = await startWatchedSandbox()
  })
  afterEach(async () => {
    await home.remove()
    await sandbox.stop()
  })

  const callAs = (url: string, token: string, account = BOT): Promise<Response> =>
    fetch(`${url}/api/twitch/helix/users`, {headers: {Authorization: `Bearer ${token}`, 'X-Behalf-Of': account}})

  function delayHelix(delayMs: number, count: number): void {
    const rest = {match: {}, after: 0, process: true, status: 200, headers: {}, body: undefined}
    sandbox.state.faults.add({kind: 'delay', path: '/helix/users', delayMs, count, ...rest})
  }

  const countHelix = (): number => sandbox.state.calls.list().filter(({path}) => path === '/helix/users').length

  it('serves on the port and on the socket, and says what, for whom and where', async () => {
    home = await stockHome(sandbox, [OWNER, {login: BOT}])
    const token = await issueToken(home)
    const program = home.start(['serve', '--listen', '127.0.0.1:0', '--irc', '127.0.0.1:0'])
    await until('it has said where', () => program.soFar.stderr.includes('API token'))
    const [, url = '', socketPath = ''] = /at (http:\S+) and at the socket (\S+)\./.exec(program.soFar.stderr) ?? []
    assert.match(program.soFar.stderr, /^Serving 2 accounts \(twitch\/streamer_sam, twitch\/techydrroid\) at /)
    assert.match(program.soFar.stderr, /The store is \S+store\.json\.\n1 API token may call it\.\n/)
    assert.equal((await stat(socketPath)).mode & 0o777, 0o600)

    const answer = await callAs(url, token)
    assert.equal(answer.status, 200)
    assert.equal(((await answer.json()) as {data: {login: string}[]}).data[0]?.login, BOT)
    const [, chatPort = ''] = /\. Chat clients come in at irc:\/\/localhost:(\d+)\.\n/.exec(program.soFar.stderr) ?? []
    const chat = await IrcClient.tcp(Number(chatPort))
    chat.send('CAP LS 302')
    await chat.expect(/CAP \* LS :twitch\.tv/)
    const overSocket = await new Promise<number | undefined>((resolve, reject) => {
      const headers = {Authorization: `Bearer ${token}`, 'X-Behalf-Of': 'streamer_sam'}
      request({socketPath, path: '/api/twitch/helix/users', headers}, (response) => {
        resolve(response.resume().statusCode)
      })
        .on('error', reject)
        .end()
    })
    assert.equal(overSocket, 200)
    assert.equal((await fetch(`${url}/healthz`)).status, 200)
    assert.equal((await fetch(`${url}/readyz`)).status, 200)

    program.child.kill('SIGTERM')
    const end = await program.ended
    assert.deepEqual([end.exitCode, end.stdout], [0, ''])
    await assert.rejects(stat(socketPath), /ENOENT/)
    await assert.rejects(fetch(`${url}/healthz`))
    await chat.closed()
  })

  it('says of a second one which one runs, and exits with 0', async () => {
    home = await stockHome(sandbox, [{login: BOT}])
    const {port, program, url} = await startServing(home)
    const args = ['serve', '--listen', `127.0.0.1:${String(port)}`]
    const second = await home.run(args)
    assert.deepEqual([second.exitCode, second.stdout], [0, ''])
    assert.match(second.stderr, new RegExp(`already: process ${String(program.pid)}, for \\d+ s`))
    const told = JSON.parse((await home.run([...args, '--json'])).stdout) as Record<string, unknown>
    assert.deepEqual([told.url, told.pid, told.already_running], [url, program.pid, true])
    assert.equal(Number.isNaN(Date.parse(String(told.since))), false)
    assert.ok(program.isRunning())
  })

  it('refuses a program for --on-login-needed that is not there, with 3', async () => {
    home = await stockHome(sandbox, [{login: BOT}])
    const end = await home.run([
      'serve',
      '--no-socket',
      '--listen',
      '127.0.0.1:0',
      '--on-login-needed',
      'no-such-program x',
    ])
    assert.equal(end.exitCode, 3)
    assert.match(end.stderr, /^✗ --on-login-needed: there is no program “no-such-program”\.\n/)
  })

  it('refuses an address where another store is served, or another program listens, with 3', async () => {
    home = await stockHome(sandbox, [{login: BOT}])
    const {port} = await startServing(home)
    const other = [
      'serve',
      '--no-socket',
      '--store',
      `${home.path}/other.json`,
      '--listen',
      `127.0.0.1:${String(port)}`,
    ]
    const end = await home.run(other)
    assert.equal(end.exitCode, 3)
    assert.match(end.stderr, /A daemon of another store is listening on 127\.0\.0\.1:\d+\.\n.*--listen/)

    const stranger = createServer((_, response) => response.end('{"status":"ok"}')).listen(0, '127.0.0.1')
    try {
      await until('it listens', () => stranger.listening)
      const {port: taken} = stranger.address() as AddressInfo
      const refused = await home.run(['serve', '--no-socket', '--listen', `127.0.0.1:${String(taken)}`])
      assert.equal(refused.exitCode, 3)
      assert.match(refused.stderr, /Another program is listening on/)
    } finally {
      stranger.close()
      stranger.closeAllConnections()
    }
  })

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`finishes what runs on ${signal}, lets nobody in any more, and exits with 0`, async () => {
      home = await stockHome(sandbox, [{login: BOT}])
      const token = await issueToken(home)
      const {url, program} = await startServing(home)
      const calls = 40
      delayHelix(LATE_MS, calls)
      const answers = Array.from({length: calls}, () => callAs(url, token))
      await until('all have reached the provider', () => countHelix() === calls)
      program.child.kill(signal)
      await until('nobody is let in', () =>
        fetch(`${url}/healthz`).then(
          () => false,
          () => true,
        ),
      )
      assert.ok(program.isRunning(), 'it waits for what runs')
      const statuses = await Promise.all(answers.map(async (answer) => (await answer).status))
      assert.deepEqual(new Set(statuses), new Set([200]))
      assert.equal((await program.ended).exitCode, 0)
    })
  }

  it('goes on with clients that keep their connection until it has ended, and resets none', async () => {
    home = await stockHome(sandbox, [{login: BOT}])
    const token = await issueToken(home)
    const {port, program} = await startServing(home)
    const agent = new Agent({keepAlive: true, maxSockets: 8})
    const headers = {Authorization: `Bearer ${token}`, 'X-Behalf-Of': BOT}
    const send = (): Promise<number | string> =>
      new Promise((resolve) => {
        request({port, agent, path: '/api/twitch/helix/users', headers}, (response) => {
          response.resume().once('end', () => resolve(response.statusCode ?? 0))
        })
          .on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
          .end()
      })
    const seen: (number | string)[] = []
    const caller = async (): Promise<void> => {
      for (let last: number | string = 200; last === 200;) {
        last = await send()
        seen.push(last)
      }
    }
    const callers = Array.from({length: 8}, caller)
    await until('they are at it', () => seen.length > 50)
    program.child.kill('SIGTERM')
    await Promise.all(callers)
    agent.destroy()
    assert.equal((await program.ended).exitCode, 0)
    assert.deepEqual(new Set(seen), new Set([200, 'ECONNREFUSED']))
  })

  it('saves a refresh that has begun, answers who waits for it, whatever signals come, and exits with 0', async () => {
    home = await stockHome(sandbox, [{login: BOT, lifeMs: -1000}])
    const token = await issueToken(home)
    delayRefreshes(sandbox, LATE_MS)
    const {url, program} = await startServing(home)
    const answer = callAs(url, token)
    await until('the refresh has reached the provider', () => countRefreshes(sandbox) === 1)
    for (const signal of ['SIGTERM', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      program.child.kill(signal)
      await wait(50)
    }
    assert.equal((await answer).status, 200)
    assert.equal((await program.ended).exitCode, 0)
    const store = await home.openStore()
    const account = await store.accounts.get('twitch:2002')
    await store.close()
    assert.equal(account?.doubt, undefined)
    assert.ok((tokensOf(account).expiresAt ?? 0) > Date.now())
    assert.equal(countRefreshes(sandbox), 1)
  })

  it('is there again after kill -9, on the same port and the same socket', async () => {
    home = await stockHome(sandbox, [{login: BOT}])
    const token = await issueToken(home)
    const first = await startServing(home)
    const {port, socketPath = ''} = first
    const running = Array.from({length: 10}, () => callAs(first.url, token).catch(() => undefined))
    first.program.child.kill('SIGKILL')
    await Promise.all([first.program.ended, ...running])
    assert.ok((await stat(socketPath)).isSocket(), 'it is left behind')

    const second = await startServing(home, ['--listen', `127.0.0.1:${String(port)}`])
    assert.equal(second.socketPath, socketPath)
    assert.equal((await callAs(second.url, token)).status, 200)
    second.program.child.kill('SIGTERM')
    assert.equal((await second.program.ended).exitCode, 0)
  })
})
