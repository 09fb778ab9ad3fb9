import assert from 'node:assert/strict'

import {startSandbox, type Sandbox} from '../../../src/sandbox/start-sandbox.js'
import {createFakeClock} from '../../support/fake-clock.js'
import type {IrcClient} from '../../support/irc-client.js'
import {SandboxCaller} from '../../support/sandbox-caller.js'
import {SandboxChat} from '../../support/sandbox-chat.js'

const ROOM = '#streamer_sam'

describe('what a room of the sandbox lets through', () => {
  const clock = createFakeClock()
  let sandbox: Sandbox
  let caller: SandboxCaller
  let chat: SandboxChat
  let said = 0

  before(async () => {
    sandbox = await startSandbox({clock, irc: {port: 0}})
    caller = new SandboxCaller(sandbox)
    chat = new SandboxChat(caller)
  })
  beforeEach(() =>
    caller.control('seed', {channels: [{login: 'streamer_sam', moderators: ['techydrroid'], vips: ['viewer_vera']}]}),
  )
  afterEach(async () => {
    await caller.control('reset')
    await chat.endAll()
  })
  after(() => sandbox.stop())

  /** `ok` for a message that was confirmed, else the id of the NOTICE about it. */
  const answers = async (client: IrcClient, act: () => unknown): Promise<string[]> =>
    (await chat.hear(client, act))
      .filter((line) => /USERSTATE|NOTICE/.test(line))
      .map((line) => /^@msg-id=(\w+)/.exec(line)?.[1] ?? 'ok')
  const newText = () => `text ${String((said += 1))}`
  const say = (client: IrcClient, text = newText(), room = ROOM) =>
    answers(client, () => client.send(`PRIVMSG ${room} :${text}`))
  const change = (settings: Record<string, unknown>) =>
    chat.callHelix(
      'techydrroid',
      'moderator:manage:chat_settings',
      ['PATCH', '/chat/settings?broadcaster_id=1001&moderator_id=2002'],
      settings,
    )
  const ban = (duration?: number) =>
    chat.callHelix(
      'techydrroid',
      'moderator:manage:banned_users',
      ['POST', '/moderation/bans?broadcaster_id=1001&moderator_id=2002'],
      {data: {user_id: '2003', duration}},
    )

  describe('its rules', () => {
    it('are told in words as they change, and no others', async () => {
      const client = await chat.enter(ROOM, 'otherbot')
      const on = {emote_mode: true, follower_mode: true, unique_chat_mode: true, slow_mode: true, subscriber_mode: true}
      const off = Object.fromEntries(Object.keys(on).map((name) => [name, false]))
      const told: [settings: Record<string, unknown>, ids: string[]][] = [
        [on, ['emote_only_on', 'followers_on_zero', 'r9k_on', 'slow_on', 'subs_on']],
        [{slow_mode_wait_time: 5, follower_mode_duration: 10}, ['followers_on', 'slow_on']],
        [on, []],
        [off, ['emote_only_off', 'followers_off', 'r9k_off', 'slow_off', 'subs_off']],
      ]
      for (const [settings, ids] of told) assert.deepEqual(await answers(client, () => change(settings)), ids)
      assert.ok(client.lines.some((line) => /:tmi.twitch.tv NOTICE #streamer_sam :.* every 5 seconds\.$/.test(line)))
    })

    const stops = (rule: string, settings: Record<string, unknown>, expected: string, [first]: string[] = []) => {
      it(`stop a stranger and nobody above them: ${rule}`, async () => {
        const [stranger, moderator, vip] = [
          await chat.enter(ROOM, 'otherbot'),
          await chat.enter(ROOM, 'techydrroid'),
          await chat.enter(ROOM, 'viewer_vera'),
        ]
        await change(settings)
        if (first !== undefined) assert.deepEqual(await say(stranger, first), ['ok'])
        assert.deepEqual(await say(stranger, first), [expected])
        if (first !== undefined) clock.advance(31_000)
        for (const client of [moderator, vip])
          assert.deepEqual([await say(client, first), await say(client)], [['ok'], ['ok']])
      })
    }
    stops('emotes only', {emote_mode: true}, 'msg_emoteonly')
    stops('subscribers only', {subscriber_mode: true}, 'msg_subsonly')
    stops('followers only', {follower_mode: true}, 'msg_followersonly_zero')
    stops('followers of some time only', {follower_mode: true, follower_mode_duration: 10}, 'msg_followersonly')
    stops('slow mode', {slow_mode: true}, 'msg_slowmode', ['one'])
    stops('unique messages', {unique_chat_mode: true}, 'msg_r9k', ['once'])

    it('let through who subscribes, has followed for long enough, or has waited', async () => {
      const client = await chat.enter(ROOM, 'otherbot')
      await caller.control('seed', {
        channels: [{login: 'streamer_sam', followedBy: ['otherbot'], subscribedBy: ['otherbot']}],
      })
      await change({subscriber_mode: true, follower_mode: true, follower_mode_duration: 10, slow_mode: true})
      clock.advance(599_999)
      assert.deepEqual(await say(client), ['msg_followersonly_followed'])
      clock.advance(1)
      assert.deepEqual(await say(client), ['ok'])
      clock.advance(29_999)
      assert.deepEqual(await say(client), ['msg_slowmode'])
      clock.advance(1)
      assert.deepEqual(await say(client), ['ok'])
    })

    it('count for Helix, which names the same reason', async () => {
      await change({emote_mode: true})
      const message = {broadcaster_id: '1001', sender_id: '2003', message: 'by Helix'}
      const answer = await chat.callHelix('otherbot', 'user:write:chat', ['POST', '/chat/messages'], message)
      const [sent] = (answer as {data: {is_sent: boolean; drop_reason: {code: string}}[]}).data
      assert.deepEqual([sent?.is_sent, sent?.drop_reason.code], [false, 'msg_emoteonly'])
    })

    it('keep out who is banned, and let who is timed out listen', async () => {
      await ban(60)
      const client = await chat.enter(ROOM, 'otherbot')
      assert.deepEqual(await say(client), ['msg_timedout'])
      clock.advance(60_000)
      assert.deepEqual(await say(client), ['ok'])
      await ban()
      assert.deepEqual(await say(client), ['msg_banned'])
    })
  })

  describe('its limits, when the control plane says so', () => {
    beforeEach(() => caller.control('settings', {chatLimits: true}))

    it('hear nobody twice within a second in a channel, by IRC or Helix', async () => {
      const client = await chat.enter(ROOM, 'otherbot')
      assert.deepEqual(await say(client), ['ok'])
      clock.advance(999)
      assert.deepEqual(await say(client), ['msg_ratelimit'])
      assert.deepEqual(await say(client, newText(), '#viewer_vera'), ['ok'])
      const message = {broadcaster_id: '1001', sender_id: '2003', message: newText()}
      const answer = await chat.callHelix('otherbot', 'user:write:chat', ['POST', '/chat/messages'], message)
      assert.match(JSON.stringify(answer), /"code":"msg_ratelimit"/)
      clock.advance(1)
      assert.deepEqual(await say(client), ['ok'])
    })

    it('hear 20 messages in 30 s, and then none for an hour; 100 of who moderates', async () => {
      const plain = await chat.enter(ROOM, 'otherbot')
      for (let count = 0; count < 20; count += 1) {
        assert.deepEqual(await say(plain), ['ok'])
        clock.advance(1000)
      }
      assert.deepEqual(await say(plain), ['msg_ratelimit'])
      clock.advance(3_599_999)
      assert.deepEqual(await say(plain), ['msg_ratelimit'])
      clock.advance(1)
      assert.deepEqual(await say(plain), ['ok'])

      const moderator = await chat.enter(ROOM, 'techydrroid')
      const all = Array.from({length: 101}, () => `PRIVMSG ${ROOM} :${newText()}`)
      const told = await answers(moderator, () => moderator.send(...all))
      assert.deepEqual(told, [...Array.from({length: 100}, () => 'ok'), 'msg_ratelimit'])
    })

    it('let in 20 logins of an account in 10 s, whatever came of them, and hang up on more', async () => {
      const token = await chat.tokenOf('otherbot')
      const attempt = async (password: string) => {
        const client = await chat.connect()
        client.send(`PASS oauth:${password}`, 'NICK OtherBot')
        await client.expect(/ 376 /).catch(() => client.closed())
        return client.lines.map((line) => line.split(' ').slice(1, 2).join()).at(0)
      }
      for (let count = 0; count < 19; count += 1) assert.equal(await attempt('made-up'), 'NOTICE')
      assert.equal(await attempt(token), '001')
      assert.equal(await attempt(token), undefined)
      clock.advance(10_000)
      assert.equal(await attempt(token), '001')
    })

    it('let into 100 rooms, over all connections, besides those where one is known', async () => {
      const users = Array.from({length: 102}, (_, index) => ({login: `room_${String(index)}`}))
      await caller.control('seed', {users, channels: [{login: 'room_101', moderators: ['otherbot']}]})
      const [one, two] = [await chat.logIn('otherbot'), await chat.logIn('otherbot')]
      const join = async (client: IrcClient, from: number, to: number) => {
        clock.advance(10_000)
        const names = users.slice(from, to).map(({login}) => `#${login}`)
        const told = await chat.hear(client, () => client.send(`JOIN ${names.join(',')}`))
        return told.filter((line) => line.startsWith(':otherbot!') && line.includes(' JOIN ')).length
      }
      for (let from = 0; from < 100; from += 20) assert.equal(await join(from < 60 ? one : two, from, from + 20), 20)
      assert.equal(await join(two, 100, 101), 0)
      assert.equal(await join(two, 101, 102), 1)
      assert.equal(await join(two, 0, 1), 1)
      one.send('PART #room_1')
      await one.settle()
      assert.equal(await join(two, 100, 101), 1)
    })
  })

  it('a whisper is heard by whom it is for, and nobody else', async () => {
    const clients = [await chat.logIn('viewer_vera'), await chat.logIn('viewer_vera', {scope: 'chat:edit'})]
    const from = await chat.enter(ROOM, 'otherbot')
    const path = '/whispers?from_user_id=2003&to_user_id=3001'
    await chat.callHelix('otherbot', 'user:manage:whispers', ['POST', path], {message: 'psst; you'})
    const heard = await clients[0]?.expect(/ WHISPER /)
    assert.match(
      heard ?? '',
      /;thread-id=2003_3001;turbo=0;user-id=2003;user-type= :otherbot!\S+ WHISPER viewer_vera :psst; you$/,
    )
    for (const other of [clients[1], from]) {
      await other?.settle()
      assert.equal(
        other?.lines.some((line) => line.includes('WHISPER')),
        false,
      )
    }
  })
})
