import assert from 'node:assert/strict'
import {Duplex} from 'node:stream'
import {setImmediate as turn} from 'node:timers/promises'

import {makeIrcScene, type IrcScene} from '../../../support/irc-scene.js'
import {until} from '../../../support/until.js'

const LINES = 10_000
/** More than any stream holds back by itself. */
const MAX_KEPT_BYTES = 128 * 1024

/** A client that may stop to read. */
class StubbornPeer extends Duplex {
  written = ''
  isReading = true
  #done: (() => void) | undefined

  override _read(): void {
    // What it says is pushed.
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written += chunk.toString()
    if (this.isReading) done()
    else this.#done = done
  }

  readOn(): void {
    this.isReading = true
    this.#done?.()
  }
}

describe('a chat client that does not read its answers', () => {
  let scene: IrcScene
  let peer: StubbornPeer
  before(async () => {
    scene = await makeIrcScene()
  })
  beforeEach(() => {
    scene.logged.length = 0
    peer = new StubbornPeer()
    scene.gateway.handleConnection(peer, {address: '192.0.2.1', door: 'tcp'})
  })
  afterEach(() => peer.destroy())
  after(() => scene.dispose())

  const codes = () => scene.logged.map(({fields}) => (fields as {error: {code: string}}).error.code)

  it('is ended before it has logged in', async () => {
    peer.isReading = false
    for (let at = 0; at < 10; at += 1) peer.push('PING :made-up\r\n'.repeat(LINES / 10))
    await until('it is in the log', () => scene.logged.length > 0)
    assert.deepEqual(codes(), ['unauthenticated'])
    assert.ok(peer.writableLength < MAX_KEPT_BYTES, String(peer.writableLength))
  })

  it('is listened to again once it reads, where it has logged in', async () => {
    peer.push(`PASS oauth:${await scene.issue()}\r\nNICK bot_one\r\n`)
    await until('it is let in', () => peer.written.includes(' 376 '))
    peer.isReading = false
    peer.push('PASS made-up\r\n'.repeat(LINES))
    for (let at = 0; at < 10; at += 1) await turn()
    assert.ok(peer.writableLength < MAX_KEPT_BYTES, String(peer.writableLength))
    peer.readOn()
    await until('all is answered', () => peer.written.split(' 421 ').length === LINES + 1)
  })
})
