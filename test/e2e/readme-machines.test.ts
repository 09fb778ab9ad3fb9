import assert from 'node:assert/strict'
import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {issueApiToken} from '../../src/broker/issue-api-token.js'
import {createSystemClock} from '../../src/config/system-clock.js'
import {createSystemRandom} from '../../src/config/system-random.js'
import {readSettings} from '../../src/config/settings.js'
import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import {openStore} from '../../src/store/open-store.js'
import type {Store} from '../../src/store/store.js'
import {authorizeAs} from '../support/command-home.js'
import {readDocBlocks} from '../support/doc-blocks.js'
import {startDocumentedNginx, type DocumentedNginx} from '../support/documented-nginx.js'
import {FlowBrowser} from '../support/flow-browser.js'
import {findFreePort} from '../support/free-port.js'
import {makeHome, type ProgramHome} from '../support/program-home.js'
import {REDIS_SERVER, startRedisServer, type RedisServer} from '../support/redis-server.js'
import type {RunningProgram} from '../support/running-program.js'
import {findProgram, needing, skipWithout} from '../support/skip-without.js'
import {stockHome} from '../support/stocked-home.js'
import {startTcpProxy, type TcpProxy} from '../support/tcp-proxy.js'
import {until} from '../support/until.js'
import {startWatchedSandbox} from '../support/watched-sandbox.js'

/** Debian keeps it where only root's PATH leads. */
const nginx = findProgram('nginx', '../sbin/nginx')
const isPossible = nginx !== undefined && REDIS_SERVER !== undefined
const HOST = 'behalf.example'
const BLOCKS = new Map(readDocBlocks('README.md').map(({mark, code}) => [mark, code]))

/** The block as it stands, with what is another on this machine in its place. */
function place(mark: string, replaced: readonly (readonly [string, string])[]): string {
  return replaced.reduce(
    (block, [written, real]) => {
      assert.ok(block.includes(written), `${written} stands in the block ${mark}`)
      return block.replaceAll(written, real)
    },
    BLOCKS.get(`machines: ${mark}`) ?? '',
  )
}

describe(needing('nginx and redis-server', isPossible, 'More than one machine, in the README'), function () {
  this.timeout(180_000)

  let sandbox: Sandbox
  let redis: RedisServer
  /** Between the first daemon and Redis. */
  let wire: TcpProxy
  let home: ProgramHome
  let store: Store
  let daemons: RunningProgram[]
  let ports: number[]
  let proxy: DocumentedNginx
  let environment: Record<string, string>

  before(async function () {
    skipWithout('nginx and redis-server', isPossible, this)
    redis = await startRedisServer({tls: true, config: place('redis.conf', []).split('\n')})
    home = await makeHome()
    const folder = join(home.path, 'etc')
    await mkdir(folder)
    await writeFile(join(folder, 'redis-password'), 'made-up-password\n')
    environment = {
      BEHALF_STORE: `rediss://behalf@localhost:${String(redis.port)}`,
      BEHALF_REDIS_PASSWORD: 'made-up-password',
      BEHALF_REDIS_CA_FILE: redis.caFile ?? '',
      BEHALF_SECRET_FILE: join(folder, 'secret.key'),
    }
    await writeFile(join(folder, 'secret.key'), `${'A'.repeat(43)}\n`, {mode: 0o600})
    const openHere = () => {
      const settings = readSettings({}, {...environment, XDG_DATA_HOME: join(home.path, 'here')})
      return openStore({place: settings.store, secret: settings.sealingSecret, clock: createSystemClock()})
    }
    sandbox = await startWatchedSandbox()
    const accounts = [{login: 'streamer_sam', role: 'owner'}, {login: 'techydrroid'}] as const
    await stockHome(sandbox, [...accounts], {home: {...home, openStore: openHere}})
    store = await openHere()

    ports = [await findFreePort(), await findFreePort()]
    wire = await startTcpProxy(redis.port)
    daemons = ports.map((one, index) =>
      home.startHere(
        'bash',
        [
          '-c',
          place('serve', [
            ['redis.example:6379', `localhost:${String(index === 0 ? wire.port : redis.port)}`],
            ['/etc/behalf', folder],
            ['10.0.0.11:8420', `127.0.0.1:${String(one)}`],
            ['behalf serve', 'exec behalf serve'],
          ]),
        ],
        {env: {BEHALF_REDIS_CA_FILE: redis.caFile ?? ''}},
      ),
    )
    proxy = await startNginx(folder)
    await Promise.all(ports.map((one) => until('the daemon is ready', () => isReady(one))))
    await until('nginx passes on', () =>
      send('/readyz').then(
        ({status}) => status === 200,
        () => false,
      ),
    )
  })
  after(async () => {
    if (!isPossible) return
    await proxy.stop()
    await store.close()
    await home.remove()
    await sandbox.stop()
    await wire.close()
    await redis.dispose()
  })

  const startNginx = (folder: string): Promise<DocumentedNginx> =>
    startDocumentedNginx({
      ...{program: nginx ?? '', folder, host: HOST},
      makeBlocks: ({port, certificate, key}) =>
        place('nginx.conf', [
          ['10.0.0.11:8420', `127.0.0.1:${String(ports[0])}`],
          ['10.0.0.12:8420', `127.0.0.1:${String(ports[1])}`],
          ['listen 443 ssl', `listen 127.0.0.1:${String(port)} ssl`],
          ['/etc/ssl/behalf.example.pem', certificate],
          ['/etc/ssl/behalf.example.key', key],
        ]),
    })

  const isReady = (one: number): Promise<boolean> =>
    fetch(`http://127.0.0.1:${String(one)}/readyz`).then(
      ({status}) => status === 200,
      () => false,
    )

  const send: DocumentedNginx['send'] = (...call) => proxy.send(...call)

  async function issue(scopes: string[], as: string[] = []): Promise<string> {
    const deps = {store, clock: createSystemClock(), random: createSystemRandom()}
    return (await issueApiToken(deps, {name: 'made up', scopes, as, asAny: as.length === 0})).token.reveal()
  }
  const calls = (daemon: RunningProgram): number => daemon.soFar.stderr.split('"event":"call"').length - 1

  it('says all that there is to say', () => {
    assert.deepEqual(
      [...BLOCKS.keys()].filter((mark) => mark.startsWith('machines')),
      ['machines: redis.conf', 'machines: serve', 'machines: nginx.conf'],
    )
  })

  it('has both daemons answer', async () => {
    const token = await issue(['helix'])
    for (let i = 0; i < 10; i += 1) {
      assert.equal((await send('/api/twitch/helix/users', {token})).status, 200)
    }
    await until('both have logged', () => daemons.every((daemon) => calls(daemon) > 2))
  })

  it('lets nobody in, at either, whose token was revoked at a terminal', async () => {
    const token = await issue(['helix'])
    const id = token.slice(4, 12)
    assert.equal((await send('/api/twitch/helix/users', {token})).status, 200)
    const {exitCode, stderr} = await home.run(['token', 'revoke', id], {env: environment})
    assert.equal(exitCode, 0, stderr)
    for (let i = 0; i < 4; i += 1) assert.equal((await send('/api/twitch/helix/users', {token})).status, 401)
  })

  it('takes a login that began at one through to its end at any', async () => {
    sandbox.confidentialClient.redirectUris.push(`https://${HOST}/callback`)
    const token = await issue(['flow:start'], ['subject:slack:*'])
    const body = {provider: 'twitch', subject: 'slack:U02AB'}
    const begun = await send('/api/v1/oauth/login', {token, method: 'POST', body})
    assert.equal(begun.status, 200, begun.body)
    const flow = JSON.parse(begun.body) as {authorization_url: string; flow_id: string}
    const address = new URL(flow.authorization_url)
    assert.equal(address.origin, `https://${HOST}`)

    // Page by page at another one than before.
    const [one, other] = ports.map((here) => `http://127.0.0.1:${String(here)}`)
    const browser = new FlowBrowser()
    const start = await browser.open(`${String(one)}${address.pathname}`)
    const left = await browser.submit({...start, url: String(other)})
    const back = new URL(await authorizeAs('techydrroid', left.headers.get('location') ?? ''))
    assert.equal(back.origin, `https://${HOST}`)
    const confirm = await browser.open(`${String(one)}${back.pathname}${back.search}`)
    assert.equal(confirm.title, 'Connect techydrroid to slack:U02AB?')
    assert.equal((await browser.submit({...confirm, url: String(other)}, 'connect')).status, 200)
    const told = JSON.parse((await send(`/api/v1/flows/${flow.flow_id}`, {token})).body) as {state: string}
    assert.equal(told.state, 'done')
  })

  it('hands a login at a terminal to a daemon of the same Redis', async () => {
    const callbackUrl = `http://localhost:${String(ports[1])}/callback`
    sandbox.confidentialClient.redirectUris.push(callbackUrl)
    const env = {...environment, BEHALF_CALLBACK_URL: callbackUrl}
    const add = home.start(['bot', 'add', '--no-open', '--json'], {env})
    const page = await fetch(await authorizeAs('otherbot', await add.address))
    assert.equal(page.status, 200)
    const end = await add.ended
    assert.equal(end.exitCode, 0, end.stderr)
    assert.equal((JSON.parse(end.stdout) as {account: {login: string}}).account.login, 'otherbot')
  })

  for (const [what, args] of [
    ['lists what is there', ['status', '--json']],
    ['refreshes', ['refresh', 'techydrroid', '--force']],
    ['counts points', ['points', 'add', 'somebody', '5']],
    ['keeps providers', ['provider', 'add', 'github', '--preset', 'github', '--client-id', 'made-up']],
    ['forgets', ['bot', 'remove', 'techydrroid', '--keep-grant']],
    ['says what may be wrong', ['doctor']],
  ] satisfies [string, string[]][]) {
    it(`gives the user of Redis what behalf needs: it ${what}`, async () => {
      const {exitCode, stdout, stderr} = await home.run(args, {env: environment})
      if (args[0] !== 'doctor') assert.equal(exitCode, 0, stderr)
      assert.doesNotMatch(stdout + stderr, /NOPERM|no permission|may not/i)
    })
  }

  it('gives that user nothing else', async () => {
    for (const words of [
      ['FLUSHALL'],
      ['KEYS', '*'],
      ['CONFIG', 'SET', 'maxmemory', '1'],
      ['ACL', 'LIST'],
      ['GET', 'other:key'],
      ['SUBSCRIBE', 'anything'],
    ]) {
      assert.match(String(await redis.command('ACL', 'DRYRUN', 'behalf', ...words)), /no permissions/i, words.join(' '))
    }
    assert.equal(await redis.command('ACL', 'DRYRUN', 'behalf', 'GET', 'behalf:meta'), 'OK')
  })

  it('sends what only reads to the other when one has lost its Redis, and points to none twice', async () => {
    const [points, helix] = [await issue(['points:write', 'points:read']), await issue(['helix'])]
    const before = (await proxy.tried()).length
    wire.cut()
    const body = {user: 'nightbot', points: 1}
    const added: number[] = []
    for (let i = 0; i < 4; i += 1) {
      added.push((await send('/api/v1/points/', {token: points, method: 'PUT', body})).status)
    }
    assert.deepEqual(new Set(added), new Set([200, 503]))
    for (let i = 0; i < 4; i += 1) assert.equal((await send('/api/twitch/helix/users', {token: helix})).status, 200)
    const refused = (await proxy.tried()).slice(before).filter((line) => line.includes('503'))
    assert.deepEqual(new Set(refused), new Set(['PUT 503', 'GET 503, 200']))
    wire.restore()
    await until('it is back', () => isReady(ports[0] ?? 0))
    const {body: shown} = await send('/api/v1/points/nightbot', {token: points})
    const {data} = JSON.parse(shown) as {data: {user: {points: string}}}
    assert.equal(Number(data.user.points), added.filter((status) => status === 200).length)
  })

  it('goes on with one when the other ends', async () => {
    const token = await issue(['helix'])
    daemons[0]?.child.kill('SIGTERM')
    const end = await daemons[0]?.ended
    assert.equal(end?.exitCode, 0)
    for (let i = 0; i < 6; i += 1) assert.equal((await send('/api/twitch/helix/users', {token})).status, 200)
  })

  it('says that nothing is ready once Redis is away', async () => {
    await redis.stop('SIGTERM')
    const ask = async (path: string) => (await fetch(`http://127.0.0.1:${String(ports[1])}${path}`)).status
    await until('it is told', async () => (await ask('/readyz')) === 503)
    assert.equal(await ask('/healthz'), 200)
    const serve = await home.run(['serve', '--listen', '127.0.0.1:0', '--no-socket'], {env: environment})
    assert.equal(serve.exitCode, 7, serve.stderr)
    assert.match(serve.stderr, /Redis/)
  })
})
