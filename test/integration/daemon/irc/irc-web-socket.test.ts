import assert from 'node:assert/strict'
import {once} from 'node:events'

import {WebSocket} from 'ws'

import {createChatWebSockets} from '../../../../src/daemon/irc/chat-web-sockets.js'
import {makeDoorScene, type DoorScene} from '../../../support/door-scene.js'
import {IrcClient} from '../../../support/irc-client.js'
import {makeIrcScene, type IrcScene} from '../../../support/irc-scene.js'
import {until} from '../../../support/until.js'

/** Half of what `ws` gives a client to answer that it closes. */
const PATIENCE_MS = 15_000

describe('the IRC gateway as a WebSocket', () => {
  let scene: IrcScene
  let door: DoorScene
  let token: string
  before(async () => {
    scene = await makeIrcScene()
    door = await makeDoorScene({chat: createChatWebSockets(scene.gateway)})
    token = await scene.issue()
  })
  after(async () => {
    await scene.gateway.close()
    await door.dispose()
    await scene.dispose()
  })

  const url = (): string => `ws://localhost:${String(door.port)}/irc`
  const linesOfLast = (): string[] => scene.server.linesOf(scene.server.received.length - 1)

  async function open(protocols: string[] = []): Promise<WebSocket> {
    const socket = new WebSocket(url(), protocols)
    await once(socket, 'open')
    return socket
  }

  it('takes a line a frame, several, and lines without an end', async () => {
    const client = await IrcClient.webSocket(url())
    client.sendRaw(`CAP REQ :twitch.tv/tags\r\nPASS oauth:${token}`)
    client.sendRaw('NICK bot_one')
    await client.expect(/ 376 /)
    client.sendRaw('PRIVMSG #a :one\nPRIVMSG #b :zwei ü\r\n')
    client.sendRaw('PING')
    await until('they arrived', () => linesOfLast().length === 3)
    scene.server.say('@a=b :x PRIVMSG #room :grüße', ':x PRIVMSG #room :more')
    assert.equal(await client.expect(/grüße/), '@a=b :x PRIVMSG #room :grüße')
    client.destroy()
    await until('the chat server is told', () => scene.server.sockets.at(-1)?.closed === true)
  })

  it('passes on what was said before the client closed', async () => {
    const socket = await open()
    socket.send(`PASS ${token}`)
    socket.send('NICK bot_one')
    socket.send('PRIVMSG #last :word')
    socket.close()
    await until('it arrived', () => linesOfLast()[0] === 'PRIVMSG #last :word')
    await until('the chat server is told', () => scene.server.sockets.at(-1)?.closed === true)
  })

  it('speaks the subprotocol irc where that is asked for', async () => {
    const socket = await open(['irc'])
    assert.equal(socket.protocol, 'irc')
    socket.terminate()
  })

  it('refuses as it does on TCP, and closes', async () => {
    const client = await IrcClient.webSocket(url())
    client.send('PASS made-up', 'NICK bot_one')
    await client.closed()
    assert.deepEqual(client.lines, [':tmi.twitch.tv NOTICE * :Login authentication failed'])
  })

  it('is rid of who was refused and does not close, long before a WebSocket has to answer', async () => {
    const socket = door.open()
    let isGone = false
    socket.on('end', () => (isGone = true)).on('close', () => (isGone = true))
    socket.write(
      'GET /irc HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: bWFkZSB1cCBmb3IgdGVzdA==\r\n\r\n',
    )
    const [head] = (await once(socket, 'data')) as [Buffer]
    assert.match(head.toString(), /^HTTP\/1\.1 101 /)
    // A frame of text that is masked with nothing: a nick that nobody may have.
    const nick = Buffer.from('NICK justinfan1')
    socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | nick.length, 0, 0, 0, 0]), nick]))
    await until('it is refused', () => scene.logged.at(-1)?.event === 'irc-refused')
    assert.equal(isGone, false)
    await until('it is gone', () => isGone, PATIENCE_MS)
  })

  it('takes a page of --cors-origin alone', async () => {
    await assert.rejects(IrcClient.webSocket(url(), {headers: {origin: 'https://evil.example'}}), /403/)
  })

  it('closes a client whose frame is larger than 64 kB, or no UTF-8', async () => {
    for (const [frame, code] of [
      [Buffer.alloc(64 * 1024 + 1, 'a'), 1009],
      [Buffer.from([0xff, 0xfe]), 1007],
    ] as const) {
      const socket = await open()
      socket.send(frame, {binary: false})
      const [closedWith] = (await once(socket, 'close')) as [number]
      assert.equal(closedWith, code)
    }
  })

  it('gives a client text that is UTF-8, whatever the chat server sends', async () => {
    const client = await IrcClient.webSocket(url())
    client.send(`PASS ${token}`, 'NICK bot_one')
    await client.expect(/ 376 /)
    scene.server.sockets.at(-1)?.write(Buffer.from([0x3a, 0x78, 0x20, 0xff, 0x0d, 0x0a]))
    assert.equal(await client.expect(/^:x/), ':x \ufffd')
    client.destroy()
  })

  it('holds back the chat server for a client that does not read', async () => {
    const socket = await open()
    socket.send(`PASS ${token}\r\nNICK bot_one`)
    await once(socket, 'message')
    socket.pause()
    const upstream = scene.server.sockets.at(-1)
    const line = `:x PRIVMSG #room :${'a'.repeat(8000)}\r\n`
    let written = 0
    while (written < 20_000_000 && upstream?.write(line) !== undefined) written += line.length
    await until('it waits', () => (upstream?.writableLength ?? 0) > 0)
    const before = process.memoryUsage().arrayBuffers
    let got = 0
    socket.on('message', (frame: Buffer) => (got += frame.length))
    socket.resume()
    await until('all came', () => got >= written)
    assert.ok(before < 200_000_000)
    socket.terminate()
  })
})
