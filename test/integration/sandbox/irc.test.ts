import assert from 'node:assert/strict'

import {startSandbox, type Sandbox} from '../../../src/sandbox/start-sandbox.js'
import {createFakeClock} from '../../support/fake-clock.js'
import {IrcClient} from '../../support/irc-client.js'
import {makeCertificate} from '../../support/make-certificate.js'
import {SandboxCaller} from '../../support/sandbox-caller.js'

const SCOPES = 'chat:read chat:edit'
const ROOM = '#streamer_sam'

describe('sandbox chat', () => {
  const clock = createFakeClock()
  const certificate = makeCertificate('localhost')
  let sandbox: Sandbox
  let caller: SandboxCaller
  let clients: IrcClient[] = []

  before(async () => {
    sandbox = await startSandbox({clock, irc: {port: 0, tls: certificate}})
    caller = new SandboxCaller(sandbox)
  })
  beforeEach(() => caller.control('seed', {channels: [{login: 'streamer_sam', moderators: ['techydrroid']}]}))
  afterEach(async () => {
    for (const client of clients) client.destroy()
    clients = []
    await caller.control('reset')
    while (sandbox.state.chat.list().length > 0) await new Promise(setImmediate)
  })
  after(() => sandbox.stop())

  const keep = (client: IrcClient) => {
    clients.push(client)
    return client
  }
  const connect = async () => keep(await IrcClient.tcp(sandbox.ircPort ?? 0))
  const tokenOf = async (login: string, scope = SCOPES) => (await caller.logIn(login, scope)).access_token
  const logIn = async (login: string, {scope = SCOPES, capabilities}: {scope?: string; capabilities?: string} = {}) => {
    const client = await connect()
    await client.logIn(login, `oauth:${await tokenOf(login, scope)}`, capabilities)
    return client
  }
  const enter = async (login: string, options?: {scope?: string; capabilities?: string}) => {
    const client = await logIn(login, options)
    client.send(`JOIN ${ROOM}`)
    await client.expect(/ JOIN /)
    await client.settle()
    return client
  }
  /** What a client is told between now and the end of what `act` did. */
  const heard = async (client: IrcClient, act: () => unknown): Promise<string[]> => {
    const before = client.lines.length
    await act()
    await client.settle()
    return client.lines.slice(before, -1)
  }
  const tagsOf = (line: string) =>
    new Map(
      line
        .slice(1, line.indexOf(' '))
        .split(';')
        .map((pair) => pair.split('=', 2) as [string, string]),
    )

  describe('login', () => {
    it('greets as Twitch does', async () => {
      const client = await logIn('techydrroid')
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
      const client = await connect()
      await client.logIn('Whoever', `oauth:${await tokenOf('otherbot')}`)
      assert.match(client.lines[1] ?? '', / 001 otherbot /)
    })

    it('lets justinfan read and not speak, with any password or none', async () => {
      for (const password of [undefined, 'SCHMOOPIIE']) {
        const client = await connect()
        if (password !== undefined) client.send(`PASS ${password}`)
        client.send('NICK justinfan123', `JOIN ${ROOM}`)
        await client.expect(/^:justinfan123!justinfan123@justinfan123.tmi.twitch.tv JOIN #streamer_sam$/)
        const bot = await enter('otherbot')
        client.send(`PRIVMSG ${ROOM} :unheard`)
        await client.settle()
        bot.send(`PRIVMSG ${ROOM} :heard ${String(password)}`)
        await client.expect(new RegExp(`PRIVMSG #streamer_sam :heard ${String(password)}`))
        assert.equal(
          (await heard(bot, () => undefined)).some((line) => line.includes('unheard')),
          false,
        )
      }
    })

    const refuse = (why: string, lines: () => Promise<string[]> | string[], text: string) => {
      it(`refuses ${why}, with one NOTICE and a close`, async () => {
        const client = await connect()
        client.send(...(await lines()), `JOIN ${ROOM}`)
        await client.closed()
        assert.deepEqual(client.lines, [`:tmi.twitch.tv NOTICE * :${text}`])
      })
    }
    const failed = 'Login authentication failed'
    refuse('a token nobody has', () => ['PASS oauth:made-up', 'NICK otherbot'], failed)
    refuse(
      'a token without a scope of chat',
      async () => [`PASS oauth:${await tokenOf('otherbot', 'user:write:chat')}`, 'NICK otherbot'],
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
        const token = await tokenOf('otherbot')
        await caller.control('expire-token', {login: 'otherbot'})
        return [`PASS oauth:${token}`, 'NICK otherbot']
      },
      failed,
    )
    refuse(
      'a revoked token',
      async () => {
        const token = await tokenOf('otherbot')
        await caller.control('revoke-token', {login: 'otherbot'})
        return [`PASS oauth:${token}`, 'NICK otherbot']
      },
      failed,
    )
    refuse(
      'a password without oauth:',
      async () => [`PASS ${await tokenOf('otherbot')}`, 'NICK otherbot'],
      'Improperly formatted auth',
    )
    refuse(
      'a name before the password',
      async () => ['NICK otherbot', `PASS oauth:${await tokenOf('otherbot')}`],
      'Improperly formatted auth',
    )
    refuse(
      'a name that is none',
      async () => [`PASS oauth:${await tokenOf('otherbot')}`, 'NICK not-a-login'],
      'Invalid NICK',
    )

    it('stays when the token expires, and when it is revoked', async () => {
      const client = await enter('otherbot')
      await caller.control('expire-token', {login: 'otherbot'})
      await caller.control('revoke-token', {login: 'otherbot'})
      const [answer = ''] = await heard(client, () => client.send(`PRIVMSG ${ROOM} :still here`))
      assert.match(answer, /USERSTATE/)
    })

    it('gives a capability before or after, and none of a list with an unknown one', async () => {
      const client = await logIn('otherbot', {capabilities: ''})
      client.send('CAP LS 302', 'CAP REQ :twitch.tv/tags unheard.of/it', 'CAP REQ :twitch.tv/tags', 'CAP END')
      await client.expect(/CAP \* LS :twitch.tv\/membership twitch.tv\/tags twitch.tv\/commands$/)
      await client.expect(/CAP \* NAK :twitch.tv\/tags unheard.of\/it$/)
      await client.expect(/CAP \* ACK :twitch.tv\/tags$/)
    })

    it('answers what it does not know, and a PING', async () => {
      const client = await logIn('otherbot')
      client.send('WHO #streamer_sam', 'USER a b c d', 'NICK another', 'PING :abc')
      await client.expect(/^:tmi.twitch.tv 421 otherbot WHO :Unknown command$/)
      await client.expect(/^:tmi.twitch.tv PONG tmi.twitch.tv :abc$/)
      assert.equal(client.lines.filter((line) => line.includes(' 421 ')).length, 1)
    })

    it('asks whether clients are there', async () => {
      const client = await logIn('otherbot')
      sandbox.state.chat.pingAll()
      await client.expect(/^PING :tmi.twitch.tv$/)
    })
  })

  describe('rooms', () => {
    it('lets in with names, the rules and who one is there', async () => {
      const client = await logIn('techydrroid')
      const told = await heard(client, () => client.send(`JOIN ${ROOM}`))
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
      assert.equal((await heard(plain, () => undefined)).length, 0)
      assert.equal(
        plain.lines.some((line) => line.includes('otherbot') || line.startsWith('@')),
        false,
      )
    })

    it('joins several, each once', async () => {
      const client = await logIn('otherbot')
      const told = await heard(client, () => client.send(`JOIN ${ROOM},#Viewer_Vera`, `JOIN ${ROOM}`))
      assert.deepEqual(
        told.filter((line) => line.includes(' JOIN ')).map((line) => line.split(' ').at(-1)),
        [ROOM, '#viewer_vera'],
      )
    })

    it('says so when there is no such room, or one is banned there', async () => {
      sandbox.state.channels
        .of('1001')
        .bans.set('2003', {userId: '2003', moderatorId: '1001', reason: '', createdAt: 0, endsAt: null})
      const client = await logIn('otherbot')
      client.send('JOIN #nobody_here', `JOIN ${ROOM}`)
      await client.expect(/^@msg-id=msg_channel_suspended :tmi.twitch.tv NOTICE #nobody_here :/)
      await client.expect(/^@msg-id=msg_banned :tmi.twitch.tv NOTICE #streamer_sam :/)
      const [answer = ''] = await heard(client, () => client.send(`PRIVMSG ${ROOM} :let me in`))
      assert.match(answer, /^@msg-id=msg_banned /)
    })
  })

  describe('messages', () => {
    it('are heard by the others, in every way in, and confirmed to who said them', async () => {
      const bot = await enter('techydrroid')
      const overTls = keep(await IrcClient.tls(sandbox.ircTlsPort ?? 0, certificate.cert))
      const overWebSocket = keep(await IrcClient.webSocket(`${sandbox.url.replace('http', 'ws')}/irc-ws`))
      for (const [client, login] of [
        [overTls, 'otherbot'],
        [overWebSocket, 'viewer_vera'],
      ] as const) {
        await client.logIn(login, `oauth:${await tokenOf(login)}`)
        client.send(`JOIN ${ROOM}`)
        await client.settle()
      }
      const told = await heard(bot, () => bot.send(`@client-nonce=n1 PRIVMSG ${ROOM} :Grüße; an alle :)`))
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
        const client = await logIn(login)
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
        const [line = ''] = await heard(bot, () => bot.send(`PRIVMSG ${ROOM} :${text}`))
        assert.match(line, answer, text.slice(0, 20))
      }
    })

    it('need chat:edit to be sent, and chat:read to be heard', async () => {
      const reader = await enter('techydrroid', {scope: 'chat:read'})
      const writer = await enter('otherbot', {scope: 'chat:edit'})
      const [refused = ''] = await heard(reader, () => reader.send(`PRIVMSG ${ROOM} :may I?`))
      assert.match(refused, /^@msg-id=no_permission /)
      writer.send(`PRIVMSG ${ROOM} :I may`)
      await reader.expect(/PRIVMSG #streamer_sam :I may$/)
      const speaker = await enter('viewer_vera')
      const told = await heard(writer, async () => {
        speaker.send(`PRIVMSG ${ROOM} :unheard`)
        await reader.expect(/:unheard$/)
      })
      assert.deepEqual(told, [])
    })

    it('have limits when the control plane says so', async () => {
      await caller.control('settings', {chatLimits: true})
      const [plain, moderator] = [await enter('otherbot'), await enter('techydrroid')]
      const count = async (client: IrcClient, times: number) => {
        const lines = Array.from(
          {length: times},
          (_, index) => `PRIVMSG ${ROOM} :${String(index)} ${String(Math.random())}`,
        )
        return (await heard(client, () => client.send(...lines))).filter((line) => line.includes('msg_ratelimit'))
          .length
      }
      assert.equal(await count(plain, 21), 1)
      clock.advance(31_000)
      assert.equal(await count(plain, 1), 1)
      clock.advance(3_600_000)
      assert.equal(await count(plain, 1), 0)
      assert.equal(await count(moderator, 100), 0)
      assert.equal(await count(moderator, 1), 1)
    })
  })

  describe('Helix', () => {
    const callHelix = async (method: string, path: string, body?: unknown) => {
      const token = await tokenOf(
        'techydrroid',
        'user:write:chat moderator:manage:announcements moderator:manage:banned_users moderator:manage:chat_messages moderator:manage:chat_settings',
      )
      const answer = await caller.send(`/helix${path}`, {
        method,
        headers: {authorization: `Bearer ${token}`, 'client-id': caller.client.id, 'content-type': 'application/json'},
        ...(body !== undefined && {body: JSON.stringify(body)}),
      })
      assert.ok(answer.status < 300, answer.text)
      return answer.json
    }
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
      const token = await tokenOf('otherbot')
      const client = await connect()
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
      const [one, other] = [await logIn('techydrroid'), await logIn('otherbot')]
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
      const client = await connect()
      client.sendRaw(Buffer.from([0xff, 0xfe, 0x0a, 0x00, 0x0d, 0x0a]))
      client.send('', ':', '@', '@a', 'PASS', 'NICK', 'PRIVMSG', 'JOIN', 'CAP', 'CAP REQ')
      await client.closed()
      assert.match(client.lines.at(-1) ?? '', /Improperly formatted auth/)
      const endless = await connect()
      endless.sendRaw('x'.repeat(1_000_000))
      await endless.closed()
      const frame = keep(await IrcClient.webSocket(sandbox.url.replace('http', 'ws')))
      frame.sendRaw('x'.repeat(100_000))
      await frame.closed()
      await (await logIn('otherbot')).settle()
    })

    it('is not let in by a WebSocket anywhere else', async () => {
      await assert.rejects(IrcClient.webSocket(`${sandbox.url.replace('http', 'ws')}/helix/users`), /404/)
    })
  })
})
