import assert from 'node:assert/strict'
import {createServer, type Server} from 'node:http'
import {once} from 'node:events'
import {join} from 'node:path'

import type {BrokerDeps} from '../../../src/broker/broker-deps.js'
import {makeAdminLink} from '../../../src/compose-admin.js'
import {answerNonce} from '../../../src/daemon/doors/answer-nonce.js'
import {findPageAddress} from '../../../src/daemon/doors/find-page-address.js'
import {Secret} from '../../../src/model/secret.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'
import {runCommand, type CommandEnd, type CommandWorld} from '../../support/run-command.js'

const LINK = 'http://localhost:8420/admin/sign-in?link=made-up'

describe('admin', () => {
  const admin = (argv: string[] = [], world: CommandWorld = {}): Promise<CommandEnd> =>
    runCommand(['admin', ...argv], {
      behalf: {makeAdminLink: () => Promise.resolve({url: new Secret(LINK), expiresAt: 1_800_000_000_000})},
      ...world,
    })

  it('prints the link alone on a line of stderr where nobody could look at a browser', async () => {
    assert.deepEqual(await admin().then(({stdout, stderr}) => [stdout, stderr]), ['', `${LINK}\n`])
  })

  it('opens the browser at a terminal, and prints the link all the same', async () => {
    const opened: string[] = []
    const openBrowser = (url: string) => Promise.resolve(void opened.push(url))
    const {stdout, stderr} = await admin([], {prompts: {}, openBrowser})
    assert.deepEqual([opened, stdout], [[LINK], ''])
    assert.match(stderr, /Your browser opens/)
    assert.ok(stderr.endsWith(`${LINK}\n`))
    await admin(['--no-open'], {prompts: {}, openBrowser})
    await admin(['--url'], {prompts: {}, openBrowser})
    await admin(['--json'], {prompts: {}, openBrowser})
    assert.equal(opened.length, 1)
  })

  it('says so where no browser can be opened', async () => {
    const {exitCode, stderr} = await admin([], {prompts: {}, openBrowser: () => Promise.reject(new Error('none'))})
    assert.equal(exitCode, 0)
    assert.match(stderr, /No browser can be opened here/)
    assert.ok(stderr.endsWith(`${LINK}\n`))
  })

  it('prints the link alone on stdout with --url, and with its end as JSON', async () => {
    assert.equal((await admin(['--url'])).stdout, `${LINK}\n`)
    const {stdout} = await admin(['--json'])
    assert.deepEqual(JSON.parse(stdout), {url: LINK, expires_at: '2027-01-15T08:00:00.000Z'})
  })

  describe('looking for the daemon', () => {
    let world: BrokerWorld
    let other: BrokerWorld
    const servers: Server[] = []

    before(async () => {
      world = await makeBrokerWorld()
      other = await makeBrokerWorld()
    })

    afterEach(async () => {
      for (const server of servers.splice(0)) {
        server.close()
        server.closeAllConnections()
        await once(server, 'close')
      }
    })

    after(async () => {
      await world.dispose()
      await other.dispose()
    })

    /** Somebody who answers as a daemon of that store does. */
    async function serve(deps: BrokerDeps, where: {host: string; port?: number} | {path: string}, port?: number) {
      const server = createServer((request, response) => {
        const {pathname, search} = new URL(request.url ?? '', 'http://here')
        const {localAddress} = request.socket
        const visit = {request, response, path: pathname, query: search.slice(1), localAddress}
        void answerNonce(deps, visit, {since: 1_800_000_000_000, port}).then((answer) =>
          response.end(JSON.stringify(answer)),
        )
      })
      servers.push(server)
      server.listen('path' in where ? where : {port: 0, ...where})
      await once(server, 'listening')
      const address = server.address()
      return {port: address !== null && typeof address === 'object' ? address.port : 0}
    }

    it('takes localhost where nobody else answers there', async () => {
      const {port} = await serve(world.deps, {host: '127.0.0.1'})
      const listen = {host: '127.0.0.1', port}
      assert.equal(await findPageAddress(world.deps, {listen}), `http://localhost:${String(port)}`)
    })

    it('names the address itself where a neighbour has the same port', async () => {
      const {port} = await serve(world.deps, {host: '127.0.0.1'})
      await serve(other.deps, {host: '::1', port})
      const listen = {host: '127.0.0.1', port}
      assert.equal(await findPageAddress(world.deps, {listen}), `http://127.0.0.1:${String(port)}`)
    })

    it('asks on the socket for the port where nobody is at the usual one', async () => {
      const {port} = await serve(world.deps, {host: '127.0.0.1'})
      const socketPath = join(world.path, '..', 'daemon.sock')
      await serve(world.deps, {path: socketPath}, port)
      const place = {listen: {host: '127.0.0.1', port: 1}, socketPath}
      assert.equal(await findPageAddress(world.deps, place), `http://localhost:${String(port)}`)
    })

    it('leads to a public address with TLS, and to one without on loopback alone, where the daemon is', async () => {
      const linkTo = async (publicUrl: string): Promise<string> =>
        (await makeAdminLink(world.deps, {BEHALF_PUBLIC_URL: publicUrl})).url.reveal()
      assert.ok((await linkTo('https://behalf.example')).startsWith('https://behalf.example/admin/sign-in?link='))
      const {port} = await serve(world.deps, {host: '127.0.0.1'})
      const origin = `http://localhost:${String(port)}`
      assert.ok((await linkTo(origin)).startsWith(`${origin}/admin/sign-in?link=`))
      for (const session of await world.store.adminSessions.list()) await world.store.adminSessions.remove(session.id)
      const stranger = await serve(other.deps, {host: '127.0.0.1'})
      await assert.rejects(linkTo(`http://127.0.0.1:${String(stranger.port)}`), {code: 'unavailable'})
      await assert.rejects(linkTo('http://behalf.example'), {code: 'configuration', message: /has no TLS/})
      assert.deepEqual(await world.store.adminSessions.list(), [])
    })

    it('gives nothing to a daemon of another store, and names the command that starts one', async () => {
      const {port} = await serve(other.deps, {host: '127.0.0.1'})
      const listen = {host: '127.0.0.1', port}
      await assert.rejects(
        findPageAddress(world.deps, {listen}),
        (error: {code: string; hint: string; message: string}) => {
          assert.deepEqual([error.code, error.hint], ['unavailable', 'behalf serve'])
          assert.match(error.message, /Somebody else answers at/)
          return true
        },
      )
      await assert.rejects(
        findPageAddress(world.deps, {listen: {host: '127.0.0.1', port: 1}}),
        /No daemon of this store/,
      )
      assert.deepEqual(await world.store.adminSessions.list(), [])
    })
  })
})
