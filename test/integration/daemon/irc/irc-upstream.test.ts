import assert from 'node:assert/strict'

import {MINUTE_MS} from '../../../../src/model/time.js'
import {makeIrcScene, type IrcScene, type IrcSceneOptions} from '../../../support/irc-scene.js'
import {makeCertificate} from '../../../support/make-certificate.js'
import {replyWith} from '../../../support/scripted-refresh.js'
import {tokensOf} from '../../../support/tokens-of.js'
import {until} from '../../../support/until.js'

const FAILED = ':tmi.twitch.tv NOTICE * :Login authentication failed'
const NEW_TOKEN = 'made-up-new-access-token'

describe('the chat server behind the gateway', () => {
  let scene: IrcScene
  let token: string

  async function open(options: IrcSceneOptions = {}): Promise<void> {
    scene = await makeIrcScene(options)
    token = await scene.issue()
    // Past the first minute of the tokens: a refusal is believed (design 7, rule 7).
    scene.world.clock.advance(5 * MINUTE_MS)
  }
  afterEach(() => scene.dispose())

  function renew(): void {
    const body = {access_token: NEW_TOKEN, refresh_token: 'made-up-new', token_type: 'bearer', expires_in: 14_400}
    scene.refresh.next(replyWith(scene.world.clock, 200, {...body, scope: ['chat:read', 'chat:edit']}))
    scene.server.tokens.add(NEW_TOKEN)
  }

  it('gets a refreshed token where the one in hand is about to end', async () => {
    await open()
    renew()
    scene.world.clock.advance(4 * 60 * MINUTE_MS - 8 * MINUTE_MS)
    await scene.logIn('bot_one', token)
    assert.match(scene.server.received[0] ?? '', new RegExp(`^PASS oauth:${NEW_TOKEN}\r\n`))
    assert.equal(scene.refresh.sent.length, 1)
  })

  it('refuses a token once: it is refreshed, and that is all the client sees', async () => {
    await open()
    renew()
    scene.server.tokens.delete(tokensOf(scene.bots[0]).accessToken.reveal())
    const client = await scene.logIn('bot_one', token)
    assert.equal(scene.server.received.length, 2)
    assert.match(client.lines[0] ?? '', / 001 /)
  })

  it('refuses the refreshed token too: so is the client', async () => {
    await open()
    renew()
    scene.server.tokens.clear()
    const client = await scene.connect()
    client.send(`PASS ${token}`, 'NICK bot_one')
    await client.closed()
    assert.deepEqual([client.lines, scene.server.received.length], [[FAILED], 2])
  })

  const SILENT: [string, (scene: IrcScene) => void][] = [
    ['says nothing', ({server}) => (server.answer = () => undefined)],
    ['says half a line', ({server}) => (server.answer = (socket) => void socket.write(':tmi.twitch.tv 00'))],
    ['says a line of 1 MB', ({server}) => (server.answer = (socket) => void socket.write(Buffer.alloc(1 << 20, 'a')))],
    [
      'talks without end',
      ({server}) => (server.answer = (socket) => void socket.write('NOTICE x :y\r\n'.repeat(9999))),
    ],
    ['closes at once', ({server}) => (server.answer = (socket) => socket.destroy())],
    [
      'finds the nick in use',
      ({server}) => (server.answer = (socket) => void socket.write(':x 433 * bot_one :no\r\n')),
    ],
  ]
  for (const [what, arrange] of SILENT) {
    it(`${what}: the client is refused, and nothing is refreshed`, async () => {
      await open({limits: {loginMs: 100}})
      arrange(scene)
      const client = await scene.connect()
      client.send(`PASS ${token}`, 'NICK bot_one')
      await client.closed()
      assert.deepEqual([client.lines, scene.refresh.sent], [[FAILED], []])
      assert.deepEqual(scene.metrics, ['refusal unavailable'])
    })
  }

  it('ends: the client gets what came before, and the end', async () => {
    await open()
    const client = await scene.logIn('bot_one', token)
    scene.server.sockets[0]?.end(':tmi.twitch.tv RECONNECT\r\n')
    await client.closed()
    assert.equal(client.lines.at(-1), ':tmi.twitch.tv RECONNECT')
    assert.deepEqual(scene.metrics, ['connection 1', 'connection -1'])
    assert.deepEqual(
      scene.audited.map(({status, actedAs}) => `${String(status)} ${actedAs ?? ''}`),
      ['101 twitch:2001', '200 twitch:2001'],
    )
    assert.deepEqual(
      scene.activity.since().map(({what, account}) => [what.kind === 'chat' && what.event, account?.login]),
      [
        ['closed', 'bot_one'],
        ['opened', 'bot_one'],
      ],
    )
  })

  it('sends a line of 1 MB to a client that is in: it is cut, with a word', async () => {
    await open()
    const client = await scene.logIn('bot_one', token)
    scene.server.say(`:x PRIVMSG #room :${'a'.repeat(1 << 20)}`)
    await client.closed()
    assert.match(client.lines.at(-1) ?? '', /NOTICE \* :The chat server sent a line without end/)
  })

  it('sends the account’s token back: no byte of it reaches the client', async () => {
    await open()
    const client = await scene.logIn('bot_one', token)
    const secret = tokensOf(scene.bots[0]).accessToken.reveal()
    scene.server.sockets[0]?.write(`:x NOTICE * :${secret.slice(0, 9)}`)
    scene.server.sockets[0]?.write(`${secret.slice(9)}\r\n`)
    await client.closed()
    assert.equal(client.lines.join('\n').includes(secret), false)
    assert.equal(JSON.stringify([scene.logged, scene.audited]).includes(secret), false)
  })

  it('lacks a capability that the client was told it has: it is told', async () => {
    await open()
    scene.server.answer = (socket, line) => {
      if (line.startsWith('CAP REQ')) socket.write(':x CAP * NAK :twitch.tv/tags made-up twitch.tv/tags\r\n')
      if (line.startsWith('NICK')) socket.write(':x 001 bot_one :hello\r\n:x 376 bot_one :>\r\n')
    }
    const client = await scene.logIn('bot_one', token, 'twitch.tv/tags')
    assert.deepEqual(client.lines.slice(0, 3), [
      ':tmi.twitch.tv CAP * ACK :twitch.tv/tags',
      ':tmi.twitch.tv CAP * DEL :twitch.tv/tags',
      ':x 001 bot_one :hello',
    ])
  })

  it('is spoken to over TLS, with a certificate for its name', async () => {
    const tls = makeCertificate('localhost')
    await open({tls: {...tls, trusted: tls.cert}})
    const client = await scene.logIn('bot_one', token)
    client.send('PRIVMSG #room :hello')
    await until('it arrived', () => scene.server.linesOf(0).length === 1)
  })

  it('has a certificate that nobody trusts, or one for another name: no token is sent', async () => {
    for (const [host, isTrusted] of [
      ['localhost', false],
      ['other.test', true],
    ] as const) {
      const tls = makeCertificate(host)
      await open({tls: {...tls, trusted: isTrusted ? tls.cert : makeCertificate('localhost').cert}})
      const client = await scene.connect()
      client.send(`PASS ${token}`, 'NICK bot_one')
      await client.closed()
      assert.deepEqual([client.lines, scene.server.received.join('')], [[FAILED], ''])
      if (!isTrusted) await scene.dispose()
    }
  })

  it('floods a client that does not read: what waits in between is bounded, and nothing is lost', async () => {
    await open()
    const client = await scene.logIn('bot_one', token)
    const line = `:x PRIVMSG #room :${'a'.repeat(4000)}\r\n`
    const lines = 5000
    for (let sent = 0; sent < lines; sent += 1) scene.server.sockets[0]?.write(line)
    await until('all came', () => client.lines.filter((one) => one.includes('PRIVMSG')).length === lines)
  })
})
