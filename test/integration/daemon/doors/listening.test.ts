import assert from 'node:assert/strict'
import {createServer, type Server} from 'node:http'
import {chmod, mkdir, readdir, stat, writeFile} from 'node:fs/promises'
import {once} from 'node:events'
import {spawn} from 'node:child_process'
import {join} from 'node:path'

import {listenOnSocket, SocketInUse} from '../../../../src/daemon/doors/listen-on-socket.js'
import {takeTurn} from '../../../../src/store/file-lock.js'
import {listenOnTcp} from '../../../../src/daemon/doors/listen.js'
import {loopbackAddresses, occupyPort} from '../../../support/free-port.js'
import {makeTemporaryFolder, removeFolder} from '../../../support/temporary-folder.js'

const open = (): Server => createServer((_request, response) => response.end('here'))

async function close(...servers: Server[]): Promise<void> {
  for (const server of servers) {
    if (!server.listening) continue
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
}

describe('listenOnTcp', () => {
  for (const host of ['127.0.0.1', '::1', 'localhost']) {
    it(`takes both loopback addresses for ${host}`, async () => {
      const {servers, port} = await listenOnTcp(open, {host, port: 0})
      try {
        for (const address of loopbackAddresses) {
          const name = address.includes(':') ? `[${address}]` : address
          assert.equal(await (await fetch(`http://${name}:${String(port)}/`)).text(), 'here')
        }
        assert.equal(servers.length, loopbackAddresses.length)
      } finally {
        await close(...servers)
      }
    })
  }

  it('takes one address alone that is not loopback', async () => {
    const {servers, port} = await listenOnTcp(open, {host: '127.0.0.5', port: 0})
    try {
      assert.equal((await fetch(`http://127.0.0.5:${String(port)}/`)).status, 200)
      await assert.rejects(fetch(`http://127.0.0.1:${String(port)}/`))
    } finally {
      await close(...servers)
    }
  })

  for (const address of loopbackAddresses) {
    it(`leaves nothing listening when a neighbour has ${address}`, async () => {
      const neighbour = await occupyPort(0, address)
      const opened: Server[] = []
      const openCounted = (): Server => {
        const server = open()
        opened.push(server)
        return server
      }
      try {
        await assert.rejects(listenOnTcp(openCounted, {host: '127.0.0.1', port: neighbour.port}), {code: 'EADDRINUSE'})
        assert.deepEqual(
          opened.filter(({listening}) => listening),
          [],
        )
      } finally {
        await neighbour.free()
      }
    })
  }
})

describe('listenOnSocket', () => {
  let folder: string
  let path: string
  const servers: Server[] = []
  beforeEach(async () => {
    folder = await makeTemporaryFolder()
    path = join(folder, 'made', 'for it', 'daemon.sock')
  })
  afterEach(async () => {
    await close(...servers.splice(0))
    await removeFolder(folder)
  })

  const listen = async (): Promise<Server> => {
    const server = open()
    servers.push(server)
    await listenOnSocket(server, path, (lockPath) => takeTurn(lockPath, 5000))
    return server
  }

  /** What a daemon leaves that is killed. */
  async function leaveStale(): Promise<void> {
    await mkdir(join(path, '..'), {recursive: true, mode: 0o700})
    const script = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`
    await once(spawn(process.execPath, ['-e', script, path], {stdio: 'ignore'}), 'exit')
    assert.ok((await stat(path)).isSocket())
  }

  it('makes the folder 0700 and the socket 0600, and takes it away in the end', async () => {
    const server = await listen()
    assert.equal((await stat(path)).mode & 0o777, 0o600)
    assert.equal((await stat(join(path, '..'))).mode & 0o777, 0o700)
    await close(server)
    assert.deepEqual(await readdir(join(path, '..')), [])
  })

  it('replaces what a daemon that was killed left behind', async () => {
    await leaveStale()
    await listen()
    assert.deepEqual(await readdir(join(path, '..')), ['daemon.sock'])
  })

  it('does not replace one on which somebody listens, whose socket stays as it is', async () => {
    await listen()
    const before = await stat(path)
    await assert.rejects(listen(), SocketInUse)
    assert.equal((await stat(path)).ino, before.ino)
    assert.deepEqual(await readdir(join(path, '..')), ['daemon.sock'])
  })

  it('lets one of many have a stale one that come at the same moment', async () => {
    await leaveStale()
    const results = await Promise.allSettled(Array.from({length: 8}, listen))
    const won = results.filter(({status}) => status === 'fulfilled')
    assert.equal(won.length, 1)
    assert.equal(servers.filter(({listening}) => listening).length, 1)
    assert.deepEqual(await readdir(join(path, '..')), ['daemon.sock'])
  })

  it('leaves a file alone that is no socket', async () => {
    await mkdir(join(path, '..'), {recursive: true, mode: 0o700})
    await writeFile(path, 'someone’s work')
    await assert.rejects(listen(), {code: 'configuration', message: /something else is there/})
    assert.equal((await stat(path)).size > 0, true)
  })

  it('refuses a folder that others may enter, and changes nothing about it', async () => {
    await mkdir(join(path, '..'), {recursive: true})
    for (const mode of [0o755, 0o710, 0o701]) {
      await chmod(join(path, '..'), mode)
      await assert.rejects(listen(), {code: 'configuration', message: /Others than you may enter/})
      assert.equal((await stat(join(path, '..'))).mode & 0o777, mode)
    }
  })

  it('refuses a place below a file', async () => {
    await writeFile(join(folder, 'made'), '')
    await assert.rejects(listen(), {code: 'configuration', message: /no folder/})
  })
})
