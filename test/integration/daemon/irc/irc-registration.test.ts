import assert from 'node:assert/strict'

import {makeIrcScene, type IrcScene} from '../../../support/irc-scene.js'
import {tokensOf} from '../../../support/tokens-of.js'
import {until} from '../../../support/until.js'

describe('a chat client that logs in', () => {
  let scene: IrcScene
  let token: string

  beforeEach(async () => {
    scene = await makeIrcScene()
    token = await scene.issue()
  })
  afterEach(() => scene.dispose())

  it('speaks as the account that its nick names, with the account’s own token', async () => {
    const client = await scene.logIn('Bot_One', token, 'twitch.tv/tags twitch.tv/commands')
    const [bot] = scene.bots
    assert.deepEqual(scene.server.received[0]?.split('\r\n'), [
      'CAP REQ :twitch.tv/tags twitch.tv/commands',
      `PASS oauth:${tokensOf(bot).accessToken.reveal()}`,
      'NICK bot_one',
      'USER bot_one 8 * :bot_one',
      'CAP END',
      '',
    ])
    assert.deepEqual(client.lines, [
      ':tmi.twitch.tv CAP * ACK :twitch.tv/tags twitch.tv/commands',
      ':tmi.twitch.tv 001 bot_one :Welcome, GLHF!',
      ':tmi.twitch.tv 376 bot_one :>',
      '@user-id=2002 :tmi.twitch.tv GLOBALUSERSTATE',
    ])
  })

  it('has its lines passed on as they are, both ways', async () => {
    const client = await scene.logIn('bot_one', token)
    client.send('JOIN #room', '@reply-parent-msg-id=made-up PRIVMSG #room :Grüße,  zwei Leerzeichen 👋', 'PONG :x')
    await until('they arrived', () => scene.server.linesOf(0).length === 3)
    assert.deepEqual(
      scene.server.linesOf(0).map((line) => Buffer.from(line, 'latin1').toString('utf8')),
      ['JOIN #room', '@reply-parent-msg-id=made-up PRIVMSG #room :Grüße,  zwei Leerzeichen 👋', 'PONG :x'],
    )
    scene.server.say('@a=b :x!x@x PRIVMSG #room :ünd\u00a0so', 'PING :tmi.twitch.tv', ':tmi.twitch.tv RECONNECT')
    assert.equal(await client.expect(/PRIVMSG/), '@a=b :x!x@x PRIVMSG #room :ünd\u00a0so')
    await client.expect(/^PING :tmi\.twitch\.tv$/)
    await client.expect(/RECONNECT/)
  })
})
