import assert from 'node:assert/strict'
import {spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {readFile, writeFile} from 'node:fs/promises'
import {createServer, request, type IncomingHttpHeaders, type IncomingMessage, type Server} from 'node:http'
import {connect, type AddressInfo} from 'node:net'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'

import {revokeApiToken} from '../../../src/broker/api-tokens.js'
import {issueApiToken, type IssueTokenInput} from '../../../src/broker/issue-api-token.js'
import {startDaemon, type RunningDaemon} from '../../../src/daemon/start-daemon.js'
import {createActivity} from '../../../src/daemon/observe/activity.js'
import {createRefreshHistory} from '../../../src/daemon/observe/refresh-history.js'
import {createAddressGuard} from '../../../src/providers/create-address-guard.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'
import {findFreePort} from '../../support/free-port.js'
import {makeProvider} from '../../support/make-provider.js'
import {NO_CHAT, SILENT_CHAT_METRICS} from '../../support/irc-parts.js'
import {findProgram, needing, skipWithout} from '../../support/skip-without.js'
import {makeTemporaryFolder, removeFolder} from '../../support/temporary-folder.js'
import {until} from '../../support/until.js'

/** Debian keeps it where only root's PATH leads. */
const nginx = findProgram('nginx', '../sbin/nginx')
const TWITCH = makeProvider({name: 'twitch', dialect: 'twitch'})

describe(needing('nginx', nginx !== undefined, 'docs/nginx.md, run by nginx'), () => {
  let world: BrokerWorld
  let daemon: RunningDaemon
  let application: Server
  let proxy: ChildProcess
  let folder: string
  let port: number
  /** Headers of the requests that the application saw. */
  let seen: IncomingHttpHeaders[]

  before(async function () {
    skipWithout('nginx', nginx !== undefined, this)
    world = await makeBrokerWorld({client: {validate: () => Promise.resolve({kind: 'live'})}})
    await world.store.providers.put(TWITCH)
    await world.addAccount(TWITCH, {userId: '2002', login: 'techydrroid'})
    await world.addAccount(TWITCH, {userId: '2003', login: 'otherbot'})
    daemon = await startQuietDaemon(world)
    application = createServer((incoming, response) => {
      seen.push(incoming.headers)
      incoming.resume().on('end', () => response.end(`${String(incoming.method)} ${String(incoming.url)}`))
    })
    application.listen(0, '127.0.0.1')
    await once(application, 'listening')
    folder = await makeTemporaryFolder()
    port = await findFreePort()
    const served = (application.address() as AddressInfo).port
    proxy = await startNginx(nginx ?? '', folder, await configure(port, served, daemon.port))
    await until('nginx listens', async () => canConnect(port))
  })

  beforeEach(() => (seen = []))

  after(async () => {
    if (nginx === undefined) return
    proxy.kill('SIGTERM')
    await once(proxy, 'exit')
    application.close()
    application.closeAllConnections()
    await daemon.stop()
    await world.dispose()
    await removeFolder(folder)
  })

  const issue = async (scopes: string[], parts: Partial<IssueTokenInput> = {}): Promise<string> => {
    const input = {name: 'made up', scopes, as: ['techydrroid'], asAny: false, ...parts}
    return (await issueApiToken(world.deps, input)).token.reveal()
  }

  interface Answer {
    status: number
    headers: IncomingHttpHeaders
    body: string
  }

  async function send(
    token: string | undefined,
    {
      target = '/',
      method = 'GET',
      headers = {},
      body = '',
    }: Partial<Record<'target' | 'method' | 'body', string>> & {
      headers?: Record<string, string>
    } = {},
  ): Promise<Answer> {
    const authorization = token === undefined ? {} : {authorization: `Bearer ${token}`}
    const sent = request({host: '127.0.0.1', port, path: target, method, headers: {...authorization, ...headers}})
    sent.end(body)
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    return {status: response.statusCode ?? 0, headers: response.headers, body: await text(response)}
  }

  const behalfHeaders = (): IncomingHttpHeaders =>
    Object.fromEntries(Object.entries(seen[0] ?? {}).filter(([name]) => /behalf|authorization/.test(name)))

  it('passes a request on, and tells the application who acts and nothing of the API token', async () => {
    const token = await issue(['helix'])
    const {status, body} = await send(token, {target: '/some/page?a=b', method: 'POST', body: 'made up'})
    assert.deepEqual([status, body], [200, 'POST /some/page?a=b'])
    assert.deepEqual(behalfHeaders(), {
      'x-behalf-token-id': token.slice(4, 12),
      'x-behalf-account': 'twitch:2002',
      'x-behalf-provider': 'twitch',
      'x-behalf-user-id': '2002',
      'x-behalf-login': 'techydrroid',
    })
  })

  it('lets the client choose among the accounts of its token', async () => {
    const token = await issue(['helix:read'], {as: ['techydrroid', 'otherbot']})
    assert.equal((await send(token, {headers: {'X-Behalf-Of': 'otherbot'}})).status, 200)
    assert.equal(seen[0]?.['x-behalf-account'], 'twitch:2003')
    assert.equal((await send(token, {headers: {'X-TAU-On-Behalf-Of': 'techydrroid'}})).status, 200)
    assert.equal(seen[1]?.['x-behalf-account'], 'twitch:2002')
    assert.equal('x-tau-on-behalf-of' in seen[1], false)
  })

  it('takes nothing for who acts that the client says itself', async () => {
    const headers = {
      'X-Behalf-Account': 'twitch:1001',
      'x-behalf-login': 'streamer_sam',
      'X-BEHALF-TOKEN-ID': 'AAAAAAAA',
      'X-Behalf-Provider': 'made-up',
      'X-Behalf-User-Id': '1001',
      X_Behalf_Account: 'twitch:1001',
    }
    const token = await issue(['helix'])
    assert.equal((await send(token, {headers})).status, 200)
    assert.equal(behalfHeaders()['x-behalf-account'], 'twitch:2002')
    assert.equal(JSON.stringify(seen).includes('1001'), false)
    assert.equal(JSON.stringify(seen).includes('streamer_sam'), false)
    assert.equal(JSON.stringify(seen).includes('AAAAAAAA'), false)
  })

  it('asks for the scope of the configuration, whatever the client asks for', async () => {
    const token = await issue(['chat'])
    assert.equal((await send(token, {target: '/?scope=chat'})).status, 403)
    assert.equal((await send(token, {target: '/behalf-verify?scope=chat'})).status, 404)
    assert.equal(seen.length, 0)
  })

  it('answers 401 without a token, and says how to authenticate', async () => {
    for (const token of [undefined, 'made-up']) {
      const {status, headers} = await send(token, {method: 'POST', body: 'made up'})
      assert.deepEqual([status, headers['www-authenticate']], [401, 'Bearer realm="behalf"'])
    }
    assert.equal(seen.length, 0)
  })

  it('answers 403 for a scope or an account that the token has not', async () => {
    assert.equal((await send(await issue(['helix:write']))).status, 403)
    const token = await issue(['helix:read'])
    for (const name of ['otherbot', 'nobody_here', 'a b']) {
      assert.equal((await send(token, {headers: {'X-Behalf-Of': name}})).status, 403)
    }
    assert.equal(seen.length, 0)
  })

  it('answers 401 from the very next request on after a token was revoked', async () => {
    const token = await issue(['helix'])
    assert.equal((await send(token)).status, 200)
    await revokeApiToken(world.deps, token.slice(4, 12))
    assert.equal((await send(token)).status, 401)
  })

  it('lets nobody pass while the daemon is not there', async () => {
    const token = await issue(['helix'])
    const {port: former} = daemon
    await daemon.stop()
    assert.equal((await send(token)).status, 500)
    assert.equal(seen.length, 0)
    daemon = await startQuietDaemon(world, former)
    assert.equal((await send(token)).status, 200)
  })
})

/** The configuration that the page shows, with the addresses of this run. */
async function configure(listen: number, application: number, behalf: number): Promise<string> {
  const page = await readFile(join(import.meta.dirname, '../../../docs/nginx.md'), 'utf8')
  const server = /```nginx\n(.*?)```/s.exec(page)?.[1] ?? ''
  const ports: [string, number][] = [
    ['127.0.0.1:8080', listen],
    ['127.0.0.1:3000', application],
    ['127.0.0.1:8420', behalf],
  ]
  const placed = ports.reduce((conf, [address, port]) => {
    assert.equal(conf.split(address).length, 2, `${address} stands in docs/nginx.md once`)
    return conf.replace(address, `127.0.0.1:${String(port)}`)
  }, server)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${name};`)
    .join('\n')
  return `pid nginx.pid;\nerror_log error.log;\nevents {}\nhttp {\naccess_log off;\n${temporary}\n${placed}}\n`
}

async function startNginx(program: string, folder: string, configuration: string): Promise<ChildProcess> {
  await writeFile(join(folder, 'nginx.conf'), configuration)
  const args = ['-p', folder, '-c', 'nginx.conf', '-e', join(folder, 'error.log'), '-g', 'daemon off;']
  return spawn(program, args, {stdio: 'ignore'})
}

async function canConnect(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const isThere = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  return isThere
}

async function startQuietDaemon(world: BrokerWorld, port = 0): Promise<RunningDaemon> {
  const nothing = (): void => undefined
  const daemon = await startDaemon(
    {
      ...world.deps,
      settings: {
        listen: {host: '127.0.0.1', port},
        corsOrigins: [],
        publicLogins: [],
        loginTokens: false,
        returnOrigins: [],
        maxBodyBytes: 1024,
        maxPassthroughBytes: 1024,
        refreshRate: 1,
        metricsPerAccount: false,
        staleAuthMs: 10_000,
        irc: NO_CHAT,
      },
      log: {debug: nothing, info: nothing, warn: nothing, error: nothing, audit: nothing},
      addressGuard: createAddressGuard({allowPrivate: false}),
      version: '0.0.0',
      activity: createActivity(world.deps),
      refreshHistory: createRefreshHistory(world.deps),
      metrics: {
        observePassthrough: nothing,
        countRefresh: nothing,
        observeLockWait: nothing,
        chat: SILENT_CHAT_METRICS,
        expose: () => Promise.resolve({contentType: 'text/plain', text: ''}),
      },
      takeTurn: () => Promise.reject(new Error('no socket was asked for')),
      programEnvironment: () => ({}),
    },
    () => false,
  )
  assert.ok('stop' in daemon)
  return daemon
}
