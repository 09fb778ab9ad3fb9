import assert from 'node:assert/strict'
import {once} from 'node:events'
import {connect, createServer, type Server, type Socket} from 'node:net'
import {join} from 'node:path'
import {setFlagsFromString} from 'node:v8'
import {runInNewContext} from 'node:vm'

import {makeIrcScene, type IrcScene} from '../../../support/irc-scene.js'
import {makeTemporaryFolder, removeFolder} from '../../../support/temporary-folder.js'
import {until} from '../../../support/until.js'

const LINES = 20_000
const FLOOD_BYTES = 8 << 20
/** More than any stream holds back by itself. */
const MAX_KEPT_BYTES = 256 * 1024

describe('a chat client that floods the gateway', () => {
  let scene: IrcScene
  let folder: string
  /** A Unix socket: the system keeps little of what is not read. */
  let path: string
  let door: Server
  let client: Socket
  let gatewaySide: Socket
  before(async () => {
    scene = await makeIrcScene()
    door = createServer({allowHalfOpen: true})
    folder = await makeTemporaryFolder()
    path = join(folder, 'chat.sock')
    door.listen(path)
    await once(door, 'listening')
  })
  beforeEach(async () => {
    scene.logged.length = 0
    const accepted = once(door, 'connection') as Promise<[Socket]>
    client = connect({path, allowHalfOpen: true})
    client.on('error', () => undefined)
    ;[gatewaySide] = await accepted
    scene.gateway.handleConnection(gatewaySide, {address: '192.0.2.1', door: 'tcp'})
  })
  afterEach(() => client.destroy())
  after(async () => {
    door.close()
    await scene.dispose()
    await removeFolder(folder)
  })

  const codes = () => scene.logged.map(({fields}) => (fields as {error: {code: string}}).error.code)
  const flood = (line: string): void => {
    const piece = Buffer.from(`${line}\r\n`.repeat(Math.ceil(65_536 / line.length)))
    let left = FLOOD_BYTES
    const pump = (): void => {
      while (left > 0 && !client.destroyed) {
        left -= piece.length
        if (!client.write(piece)) return
      }
    }
    client.on('drain', pump)
    pump()
  }
  const isHeldBack = (): boolean => gatewaySide.writableLength > 0 && gatewaySide.isPaused()
  const keepsTooMuch = (): boolean => gatewaySide.writableLength > MAX_KEPT_BYTES
  const logIn = async (): Promise<void> => {
    client.write(`PASS oauth:${await scene.issue()}\r\nNICK bot_one\r\n`)
    let heard = ''
    const hear = (piece: Buffer): void => void (heard += piece.toString())
    client.on('data', hear)
    await until('it is let in', () => heard.includes(' 376 '))
    client.off('data', hear).pause()
  }

  for (const [what, line] of [
    ['pings', `PING :${'a'.repeat(8000)}`],
    ['unknown lines', 'X'],
  ] as const) {
    it(`is ended before its login when it reads no answers to its ${what}`, async () => {
      client.pause()
      flood(line)
      await until('it has an end', () => scene.logged.length > 0 || keepsTooMuch())
      assert.deepEqual(codes(), ['unauthenticated'])
      assert.equal(keepsTooMuch(), false)
    })
  }

  it('is not listened to after its login until it reads its answers, and gets them all', async () => {
    await logIn()
    client.write('PASS made-up\r\n'.repeat(LINES))
    await until('it is held back', () => isHeldBack() || keepsTooMuch())
    assert.equal(keepsTooMuch(), false)
    let answers = ''
    client.on('data', (piece: Buffer) => (answers += piece.toString())).resume()
    await until('all is answered', () => answers.split(' 421 ').length === LINES + 1)
  })

  it('is listened to no more once it has been refused, though it sends on', async () => {
    setFlagsFromString('--expose-gc')
    const collectGarbage = runInNewContext('gc') as () => void
    client.resume()
    client.write('PASS oauth:made-up\r\nNICK bot_one\r\n')
    await until('it is refused', () => scene.logged.length > 0)
    const keptBytes = (): number => {
      collectGarbage()
      return process.memoryUsage().arrayBuffers
    }
    const before = keptBytes()
    flood('a'.repeat(1000))
    await until('it has sent much', () => gatewaySide.bytesRead > FLOOD_BYTES / 2)
    await until('nothing of it is kept', () => keptBytes() - before < FLOOD_BYTES / 4, 10_000)
  })
})
