import assert from 'node:assert/strict'

import {startSandbox, type Sandbox} from '../../../src/sandbox/start-sandbox.js'
import {createFakeClock} from '../../support/fake-clock.js'
import {IrcClient} from '../../support/irc-client.js'
import {makeCertificate} from '../../support/make-certificate.js'
import {SandboxCaller} from '../../support/sandbox-caller.js'
import {SandboxChat, type ChatLogin} from '../../support/sandbox-chat.js'

const ROOM = '#streamer_sam'

describe('sandbox chat', () => {
  const clock = createFakeClock()
  const certificate = makeCertificate('localhost')
  let sandbox: Sandbox
  let caller: SandboxCaller
  let chat: SandboxChat

  before(async () => {
    sandbox = await startSandbox({clock, irc: {port: 0, tls: certificate}})
    caller = new SandboxCaller(sandbox)
    chat = new SandboxChat(caller)
  })
  beforeEach(() => caller.control('seed', {channels: [{login: 'streamer_sam', moderators: ['techydrroid']}]}))
  afterEach(async () => {
    await caller.control('reset')
    await chat.endAll()
  })
  after(() => sandbox.stop())

  const enter = (login: string, options?: ChatLogin) => chat.enter(ROOM, login, options)
  const tagsOf = (line: string) =>
    new Map(
      line
        .slice(1, line.indexOf(' '))
        .split(';')
        .map((pair) => pair.split('=', 2) as [string, string]),
    )

  describe('login', () => {
    it('greets as Twitch does', async () => {
      const client = await chat.logIn('techydrroid')
      await client.settle()
      assert.deepEqual(client.lines.slice(0, -1), [
        ':tmi.twitch.tv CAP * ACK :twitch.tv/membership twitch.tv/tags twitch.tv/commands',
        ':tmi.twitch.tv 001 techydrroid :Welcome, GLHF!',
        ':tmi.twitch.tv 002 techydrroid :Your host is tmi.twitch.tv',
        ':tmi.twitch.tv 003 techydrroid :This server is rather new',
        ':tmi.twitch.tv 004 techydrroid :-',
        ':tmi.twitch.tv 375 techydrroid :-',
        ':tmi.twitch.tv 372 techydrroid :You are in a maze of twisty passages, all alike.',
        ':tmi.twitch.tv 376 techydrroid :>',
        '@badge-info=;badges=;color=;display-name=TechyDrroid;emote-sets=0;user-id=2002;user-type= :tmi.twitch.tv GLOBALUSERSTATE',
      ])
    })

    it('goes by the token, whatever the name', async () => {
      const client = await chat.connect()
      await client.logIn('Whoever', `oauth:${await chat.tokenOf('otherbot')}`)
      assert.match(client.lines[1] ?? '', / 001 otherbot /)
    })

    it('lets justinfan read and not speak, with any password or none', async () => {
      for (const password of [undefined, 'SCHMOOPIIE']) {
        const client = await chat.connect()
        if (password !== undefined) client.send(`PASS ${password}`)
        client.send('NICK justinfan123', `JOIN ${ROOM}`)
        await client.expect(/^:justinfan123!justinfan123@justinfan123.tmi.twitch.tv JOIN #streamer_sam$/)
        const bot = await enter('otherbot')
        client.send(`PRIVMSG ${ROOM} :unheard`)
        await client.settle()
        bot.send(`PRIVMSG ${ROOM} :heard ${String(password)}`)
        await client.expect(new RegExp(`PRIVMSG #streamer_sam :heard ${String(password)}`))
        assert.equal(
          (await chat.hear(bot, () => undefined)).some((line) => line.includes('unheard')),
          false,
        )
      }
    })

    const refuse = (why: string, lines: () => Promise<string[]> | string[], text: string) => {
      it(`refuses ${why}, with one NOTICE and a close`, async () => {
        const client = await chat.connect()
        client.send(...(await lines()), `JOIN ${ROOM}`)
        await client.closed()
        assert.deepEqual(client.lines, [`:tmi.twitch.tv NOTICE * :${text}`])
      })
    }
    const failed = 'Login authentication failed'
    refuse('a token nobody has', () => ['PASS oauth:made-up', 'NICK otherbot'], failed)
    refuse(
      'a token without a scope of chat',
      async () => [`PASS oauth:${await chat.tokenOf('otherbot', 'user:write:chat')}`, 'NICK otherbot'],
      failed,
    )
    refuse(
      'an app token',
      async () => {
        const {json} = await caller.post('token', {
          client_id: caller.client.id,
          client_secret: caller.client.secret ?? '',
          grant_type: 'client_credentials',
        })
        return [`PASS oauth:${(json as {access_token: string}).access_token}`, 'NICK otherbot']
      },
      failed,
    )
    refuse(
      'an expired token',
      async () => {
        const token = await chat.tokenOf('otherbot')
        await caller.control('expire-token', {login: 'otherbot'})
        return [`PASS oauth:${token}`, 'NICK otherbot']
      },
      failed,
    )
    refuse(
      'a revoked token',
      async () => {
        const token = await chat.tokenOf('otherbot')
        await caller.control('revoke-token', {login: 'otherbot'})
        return [`PASS oauth:${token}`, 'NICK otherbot']
      },
      failed,
    )
    refuse(
      'a password without oauth:',
      async () => [`PASS ${await chat.tokenOf('otherbot')}`, 'NICK otherbot'],
      'Improperly formatted auth',
    )
    refuse(
      'a name before the password',
      async () => ['NICK otherbot', `PASS oauth:${await chat.tokenOf('otherbot')}`],
      'Improperly formatted auth',
    )
    refuse(
      'a name that is none',
      async () => [`PASS oauth:${await chat.tokenOf('otherbot')}`, 'NICK not-a-login'],
      'Invalid NICK',
    )

    it('stays when the token expires, and when it is revoked', async () => {
      const client = await enter('otherbot')
      await caller.control('expire-token', {login: 'otherbot'})
      await caller.control('revoke-token', {login: 'otherbot'})
      const [answer = ''] = await chat.hear(client, () => client.send(`PRIVMSG ${ROOM} :still here`))
      assert.match(answer, /USERSTATE/)
    })

    it('gives a capability before or after, and none of a list with an unknown one', async () => {
      const client = await chat.logIn('otherbot', {capabilities: ''})
      client.send('CAP LS 302', 'CAP REQ :twitch.tv/tags unheard.of/it', 'CAP REQ :twitch.tv/tags', 'CAP END')
      await client.expect(/CAP \* LS :twitch.tv\/membership twitch.tv\/tags twitch.tv\/commands$/)
      await client.expect(/CAP \* NAK :twitch.tv\/tags unheard.of\/it$/)
      await client.expect(/CAP \* ACK :twitch.tv\/tags$/)
    })

    it('takes a capability back, and lists those that are left', async () => {
      const client = await chat.logIn('otherbot')
      const told = await chat.hear(client, () =>
        client.send('CAP REQ :-twitch.tv/tags', 'CAP LIST', 'CAP REQ :-unheard.of/it', 'CAP REQ', `JOIN ${ROOM}`),
      )
      assert.deepEqual(
        told.filter((line) => line.includes(' CAP ')),
        [
          ':tmi.twitch.tv CAP * ACK :-twitch.tv/tags',
          ':tmi.twitch.tv CAP * LIST :twitch.tv/membership twitch.tv/commands',
          ':tmi.twitch.tv CAP * NAK :-unheard.of/it',
          ':tmi.twitch.tv CAP * ACK :',
        ],
      )
      assert.match(told.at(-1) ?? '', /^:tmi.twitch.tv USERSTATE /)
    })

    it('answers what it does not know, and a PING', async () => {
      const client = await chat.logIn('otherbot')
      client.send('WHO #streamer_sam', 'USER a b c d', 'NICK another', 'PING :abc')
      await client.expect(/^:tmi.twitch.tv 421 otherbot WHO :Unknown command$/)
      await client.expect(/^:tmi.twitch.tv PONG tmi.twitch.tv :abc$/)
      assert.equal(client.lines.filter((line) => line.includes(' 421 ')).length, 1)
    })

    it('asks whether clients are there', async () => {
      const client = await chat.logIn('otherbot')
      sandbox.state.chat.pingAll()
      await client.expect(/^PING :tmi.twitch.tv$/)
    })
  })

  describe('rooms', () => {
    it('lets in with names, the rules and who one is there', async () => {
      const client = await chat.logIn('techydrroid')
      const told = await chat.hear(client, () => client.send(`JOIN ${ROOM}`))
      assert.deepEqual(told.slice(-5), [
        ':techydrroid!techydrroid@techydrroid.tmi.twitch.tv JOIN #streamer_sam',
        ':techydrroid.tmi.twitch.tv 353 techydrroid = #streamer_sam :techydrroid',
        ':techydrroid.tmi.twitch.tv 366 techydrroid #streamer_sam :End of /NAMES list',
        '@emote-only=0;followers-only=-1;r9k=0;slow=0;subs-only=0;room-id=1001 :tmi.twitch.tv ROOMSTATE #streamer_sam',
        '@badge-info=;badges=moderator/1;color=;display-name=TechyDrroid;mod=1;subscriber=0;user-type=mod;emote-sets=0 :tmi.twitch.tv USERSTATE #streamer_sam',
      ])
    })

    it('tells who asked for it who comes and goes, once for all connections of a user', async () => {
      const [member, plain] = [await enter('techydrroid'), await enter('viewer_vera', {capabilities: ''})]
      const first = await enter('otherbot')
      const second = await enter('otherbot')
      first.send(`PART ${ROOM}`)
      await first.expect(/^:otherbot!otherbot@otherbot.tmi.twitch.tv PART #streamer_sam$/)
      second.destroy()
      await member.expect(/^:otherbot!\S+ JOIN #streamer_sam$/)
      await member.expect(/^:otherbot!\S+ PART #streamer_sam$/)
      await member.settle()
      assert.equal(member.lines.filter((line) => line.startsWith(':otherbot!')).length, 2)
      assert.equal((await chat.hear(plain, () => undefined)).length, 0)
      assert.equal(
        plain.lines.some((line) => line.includes('otherbot') || line.startsWith('@')),
        false,
      )
    })

    it('joins several, each once', async () => {
      const client = await chat.logIn('otherbot')
      const told = await chat.hear(client, () => client.send(`JOIN ${ROOM},#Viewer_Vera`, `JOIN ${ROOM}`))
      assert.deepEqual(
        told.filter((line) => line.includes(' JOIN ')).map((line) => line.split(' ').at(-1)),
        [ROOM, '#viewer_vera'],
      )
    })

    it('says so when there is no such room, or one is banned there', async () => {
      sandbox.state.channels
        .of('1001')
        .bans.set('2003', {userId: '2003', moderatorId: '1001', reason: '', createdAt: 0, endsAt: null})
      const client = await chat.logIn('otherbot')
      client.send('JOIN #nobody_here', `JOIN ${ROOM}`)
      await client.expect(/^@msg-id=msg_channel_suspended :tmi.twitch.tv NOTICE #nobody_here :/)
      await client.expect(/^@msg-id=msg_banned :tmi.twitch.tv NOTICE #streamer_sam :/)
      const [answer = ''] = await chat.hear(client, () => client.send(`PRIVMSG ${ROOM} :let me in`))
      assert.match(answer, /^@msg-id=msg_banned /)
    })
  })

  describe('messages', () => {
    it('are heard by the others, in every way in, and confirmed to who said them', async () => {
      const bot = await enter('techydrroid')
      const overTls = chat.keep(await IrcClient.tls(sandbox.ircTlsPort ?? 0, certificate.cert))
      const overWebSocket = chat.keep(await IrcClient.webSocket(`${sandbox.url.replace('http', 'ws')}/irc-ws`))
      for (const [client, login] of [
        [overTls, 'otherbot'],
        [overWebSocket, 'viewer_vera'],
      ] as const) {
        await client.logIn(login, `oauth:${await chat.tokenOf(login)}`)
        client.send(`JOIN ${ROOM}`)
        await client.settle()
      }
      const told = await chat.hear(bot, () => bot.send(`@client-nonce=n1 PRIVMSG ${ROOM} :Grüße; an alle :)`))
      const confirmed = tagsOf(told.at(-1) ?? '')
      assert.match(told.at(-1) ?? '', / :tmi.twitch.tv USERSTATE #streamer_sam$/)
      assert.equal(confirmed.get('client-nonce'), 'n1')
      assert.equal(
        told.some((line) => line.includes('PRIVMSG')),
        false,
      )
      for (const client of [overTls, overWebSocket]) {
        const line = await client.expect(/ PRIVMSG /)
        assert.match(
          line,
          / :techydrroid!techydrroid@techydrroid.tmi.twitch.tv PRIVMSG #streamer_sam :Grüße; an alle :\)$/,
        )
        const {'tmi-sent-ts': at, ...tags} = Object.fromEntries(tagsOf(line))
        assert.equal(at, String(clock.now()))
        assert.deepEqual(tags, {
          'badge-info': '',
          badges: 'moderator/1',
          'client-nonce': 'n1',
          color: '',
          'display-name': 'TechyDrroid',
          emotes: '',
          'first-msg': '0',
          flags: '',
          id: confirmed.get('id'),
          mod: '1',
          'returning-chatter': '0',
          'room-id': '1001',
          subscriber: '0',
          turbo: '0',
          'user-id': '2002',
          'user-type': 'mod',
        })
      }
    })

    it('show who is broadcaster, VIP or subscriber', async () => {
      await caller.control('seed', {
        channels: [{login: 'streamer_sam', vips: ['otherbot'], subscribedBy: ['viewer_vera']}],
      })
      const listener = await enter('techydrroid')
      for (const [login, badges, vip] of [
        ['streamer_sam', 'broadcaster/1', undefined],
        ['otherbot', 'vip/1', '1'],
        ['viewer_vera', 'subscriber/0', undefined],
      ] as const) {
        const client = await chat.logIn(login)
        client.send(`PRIVMSG ${ROOM} :as ${login}`)
        const tags = tagsOf(await listener.expect(/ PRIVMSG /))
        assert.deepEqual([tags.get('badges'), tags.get('vip')], [badges, vip])
      }
    })

    it('can be an action, or reply to another', async () => {
      const [bot, other] = [await enter('techydrroid'), await enter('otherbot')]
      bot.send(`PRIVMSG ${ROOM} :\u0001ACTION waves\u0001`, `PRIVMSG ${ROOM} :/me bows`)
      await other.expect(/PRIVMSG #streamer_sam :.ACTION waves.$/)
      const parent = tagsOf(await other.expect(/PRIVMSG #streamer_sam :.ACTION bows.$/)).get('id') ?? ''
      other.send(`@reply-parent-msg-id=${parent} PRIVMSG ${ROOM} :bravo`)
      const tags = tagsOf(await bot.expect(/PRIVMSG #streamer_sam :bravo$/))
      assert.equal(tags.get('reply-parent-msg-id'), parent)
      assert.equal(tags.get('reply-parent-user-id'), '2002')
      assert.equal(tags.get('reply-parent-user-login'), 'techydrroid')
      assert.equal(tags.get('reply-parent-display-name'), 'TechyDrroid')
      assert.equal(tags.get('reply-parent-msg-body'), '\u0001ACTION\\sbows\u0001')
    })

    it('are dropped with a NOTICE that says why', async () => {
      const bot = await enter('otherbot')
      sandbox.state.channels.of('1001').dropNext.push({code: 'msg_slowmode', message: 'Slowly.'})
      const said: [string, RegExp][] = [
        ['once', /^@msg-id=msg_slowmode :tmi.twitch.tv NOTICE #streamer_sam :Slowly\.$/],
        ['once', /USERSTATE/],
        ['once', /^@msg-id=msg_duplicate /],
        ['/ban viewer_vera', /^@msg-id=unrecognized_cmd .*:Unrecognized command: \/ban$/],
        ['😀'.repeat(500), /USERSTATE/],
        ['😀'.repeat(501), /^@msg-id=msg_rejected /],
      ]
      for (const [text, answer] of said) {
        const [line = ''] = await chat.hear(bot, () => bot.send(`PRIVMSG ${ROOM} :${text}`))
        assert.match(line, answer, text.slice(0, 20))
      }
    })

    it('need chat:edit to be sent, and chat:read to be heard', async () => {
      const reader = await enter('techydrroid', {scope: 'chat:read'})
      const writer = await enter('otherbot', {scope: 'chat:edit'})
      const [refused = ''] = await chat.hear(reader, () => reader.send(`PRIVMSG ${ROOM} :may I?`))
      assert.match(refused, /^@msg-id=no_permission /)
      writer.send(`PRIVMSG ${ROOM} :I may`)
      await reader.expect(/PRIVMSG #streamer_sam :I may$/)
      const speaker = await enter('viewer_vera')
      const told = await chat.hear(writer, async () => {
        speaker.send(`PRIVMSG ${ROOM} :unheard`)
        await reader.expect(/:unheard$/)
      })
      assert.deepEqual(told, [])
    })
  })

  describe('Helix', () => {
    const SCOPES =
      'user:write:chat moderator:manage:announcements moderator:manage:banned_users moderator:manage:chat_messages moderator:manage:chat_settings'
    const callHelix = (method: string, path: string, body?: unknown) =>
      chat.callHelix('techydrroid', SCOPES, [method, path], body)
    const who = 'broadcaster_id=1001&moderator_id=2002'

    it('is heard in chat: messages, announcements, bans, deletions, rules', async () => {
      const client = await enter('otherbot')
      const sent = await callHelix('POST', '/chat/messages', {
        broadcaster_id: '1001',
        sender_id: '2002',
        message: 'two\nlines',
      })
      const {message_id: id} = (sent as {data: [{message_id: string}]}).data[0]
      const line = await client.expect(/ PRIVMSG #streamer_sam :two lines$/)
      assert.equal(tagsOf(line).get('id'), id)

      await callHelix('POST', `/chat/announcements?${who}`, {message: 'listen', color: 'blue'})
      const notice = tagsOf(await client.expect(/ :tmi.twitch.tv USERNOTICE #streamer_sam :listen$/))
      assert.deepEqual(
        [notice.get('msg-id'), notice.get('msg-param-color'), notice.get('login')],
        ['announcement', 'BLUE', 'techydrroid'],
      )

      await callHelix('DELETE', `/moderation/chat?${who}&message_id=${id}`)
      const deleted = tagsOf(await client.expect(/ CLEARMSG #streamer_sam :two lines$/))
      assert.deepEqual([deleted.get('login'), deleted.get('target-msg-id')], ['techydrroid', id])
      await callHelix('DELETE', `/moderation/chat?${who}`)
      assert.equal(tagsOf(await client.expect(/ CLEARCHAT #streamer_sam$/)).get('room-id'), '1001')

      await callHelix('POST', `/moderation/bans?${who}`, {data: {user_id: '3001', duration: 60}})
      const timeout = tagsOf(await client.expect(/ CLEARCHAT #streamer_sam :viewer_vera$/))
      assert.deepEqual([timeout.get('ban-duration'), timeout.get('target-user-id')], ['60', '3001'])

      await callHelix('PATCH', `/chat/settings?${who}`, {slow_mode: true, slow_mode_wait_time: 5})
      await client.expect(/^@slow=5;room-id=1001 :tmi.twitch.tv ROOMSTATE #streamer_sam$/)
    })
  })

  describe('control plane', () => {
    it('lists connections without their tokens', async () => {
      const token = await chat.tokenOf('otherbot')
      const client = await chat.connect()
      await client.logIn('otherbot', `oauth:${token}`)
      client.send(`JOIN ${ROOM}`)
      await client.settle()
      const {text, json} = await caller.send('/_sandbox/irc')
      assert.equal(text.includes(token), false)
      const [connection] = (json as {connections: Record<string, unknown>[]}).connections
      assert.deepEqual([connection?.login, connection?.transport, connection?.rooms], ['otherbot', 'tcp', [ROOM]])
      const state = (await caller.send('/_sandbox/state')).json as {irc: unknown}
      assert.deepEqual(state.irc, {port: sandbox.ircPort, tlsPort: sandbox.ircTlsPort, connections: 1})
    })

    it('says that the server restarts, and cuts, all or one', async () => {
      const [one, other] = [await chat.logIn('techydrroid'), await chat.logIn('otherbot')]
      assert.deepEqual((await caller.control('irc/reconnect', {login: 'otherbot'})).json, {told: 1})
      await other.expect(/^:tmi.twitch.tv RECONNECT$/)
      assert.deepEqual((await caller.control('irc/drop', {login: 'otherbot'})).json, {dropped: 1})
      await other.closed()
      await one.settle()
      assert.equal(
        one.lines.some((line) => line.includes('RECONNECT')),
        false,
      )
      assert.deepEqual((await caller.control('irc/reconnect')).json, {told: 1})
      await one.expect(/RECONNECT$/)
      assert.equal((await caller.control('irc/drop', {login: 'nobody'})).status, 404)
    })
  })

  describe('what no client sends', () => {
    it('harms nobody: noise, bytes that are no text, and a line without end', async () => {
      const client = await chat.connect()
      client.sendRaw(Buffer.from([0xff, 0xfe, 0x0a, 0x00, 0x0d, 0x0a]))
      client.send('', ':', '@', '@a', 'PASS', 'NICK', 'PRIVMSG', 'JOIN', 'CAP', 'CAP REQ')
      await client.closed()
      assert.match(client.lines.at(-1) ?? '', /Improperly formatted auth/)
      const endless = await chat.connect()
      endless.sendRaw('x'.repeat(1_000_000))
      await endless.closed()
      const frame = chat.keep(await IrcClient.webSocket(sandbox.url.replace('http', 'ws')))
      frame.sendRaw('x'.repeat(100_000))
      await frame.closed()
      await (await chat.logIn('otherbot')).settle()
    })

    it('is not let in by a WebSocket anywhere else', async () => {
      await assert.rejects(IrcClient.webSocket(`${sandbox.url.replace('http', 'ws')}/helix/users`), /404/)
    })
  })
})
