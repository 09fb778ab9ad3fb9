import assert from 'node:assert/strict'

import fc from 'fast-check'

import {HOUR_MS, SECOND_MS} from '../../../../src/model/time.js'
import type {IrcClient} from '../../../support/irc-client.js'
import {makeIrcScene, type IrcScene} from '../../../support/irc-scene.js'
import {until} from '../../../support/until.js'

/** After it every limit of the account is as at first. */
const STEP_MS = 31 * SECOND_MS

describe('a chat client that is in', () => {
  let scene: IrcScene
  let client: IrcClient
  beforeEach(async () => {
    scene = await makeIrcScene()
    client = await scene.logIn('bot_one', await scene.issue(), 'twitch.tv/tags')
  })
  afterEach(() => scene.dispose())

  const sent = (): string[] => scene.server.linesOf(0)

  it('cannot become another, or say anything that a login is made of', async () => {
    client.send('NICK bot_two', 'nick bot_two', 'PASS oauth:x', '@a=b :x PASS x', 'USER a b c d', ' NICK a', 'CAP END')
    client.send('SERVER a', 'NI\u212aK x', 'PING :mark')
    await client.expect(/PONG .*mark/)
    assert.deepEqual(sent(), ['PING :mark'])
    assert.equal(
      client.lines.filter((line) => / 421 bot_one (?:NICK|PASS|SERVER|\*) :Unknown command$/.test(line)).length,
      7,
    )
  })

  it('may ask for more capabilities, which the chat server answers', async () => {
    client.send('CAP REQ :twitch.tv/commands')
    await client.expect(/CAP \* ACK :twitch\.tv\/commands/)
  })

  it('leaves with QUIT, or by ending its side once its lines are out', async () => {
    client.send('PRIVMSG #room :bye', 'QUIT :gone')
    await client.closed()
    assert.deepEqual(sent(), ['PRIVMSG #room :bye', 'QUIT :gone'])
    const other = await scene.connect()
    other.send(`PASS ${await scene.issue()}`, 'NICK bot_one', 'PRIVMSG #other :said')
    other.end()
    await other.closed()
    assert.deepEqual(scene.server.linesOf(1), ['PRIVMSG #other :said'])
  })

  it('leaves with QUIT once all has gone that was promised to go', async () => {
    client.send('PRIVMSG #room :1', 'PRIVMSG #room :2', 'QUIT :gone', 'PRIVMSG #room :3')
    await client.expect(/behalf_waits/)
    assert.deepEqual(sent(), ['PRIVMSG #room :1'])
    scene.world.clock.advance(2 * SECOND_MS)
    await client.closed()
    assert.deepEqual(sent(), ['PRIVMSG #room :1', 'PRIVMSG #room :2', 'QUIT :gone'])
  })

  it('is let go once its lines have gone that waited when it ended its side', async () => {
    client.send('PRIVMSG #room :1', 'PRIVMSG #room :2')
    client.end()
    await client.expect(/behalf_waits/)
    scene.world.clock.advance(2 * SECOND_MS)
    await client.closed()
    assert.deepEqual(sent(), ['PRIVMSG #room :1', 'PRIVMSG #room :2'])
  })

  it('waits where it says more than Twitch takes, in order, and is told once', async () => {
    for (let count = 1; count <= 22; count += 1) client.send(`PRIVMSG #room${String(count)} :${String(count)}`)
    client.send('PRIVMSG #room22 :23', 'PING :mark')
    await client.expect(/PONG .*mark/)
    assert.equal(sent().filter((line) => line.startsWith('PRIVMSG')).length, 20)
    const told = client.lines.filter((line) => line.includes('NOTICE'))
    assert.deepEqual(
      told.map((line) => /^@msg-id=(\S+) :tmi.twitch.tv NOTICE (\S+) /.exec(line)?.slice(1)),
      [
        ['behalf_waits', '#room21'],
        ['behalf_waits', '#room22'],
      ],
    )
    scene.world.clock.advance(31 * SECOND_MS)
    await until('they went', () => sent().length === 23)
    scene.world.clock.advance(2 * SECOND_MS)
    await until('the last went', () => sent().length === 24)
    assert.deepEqual(sent().slice(-3), ['PRIVMSG #room21 :21', 'PRIVMSG #room22 :22', 'PRIVMSG #room22 :23'])
  })

  it('shares its account’s limit with its other connections', async () => {
    const other = await scene.logIn('bot_one', await scene.issue())
    for (let count = 1; count <= 15; count += 1) {
      client.send(`PRIVMSG #a${String(count)} :x`)
      other.send(`PRIVMSG #b${String(count)} :x`)
    }
    await until('one waits', () => scene.metrics.includes('wait message'))
    client.send('PING :one')
    other.send('PING :two')
    await Promise.all([client.expect(/PONG .*one/), other.expect(/PONG .*two/)])
    const both = [...sent(), ...scene.server.linesOf(1)].filter((line) => line.startsWith('PRIVMSG'))
    assert.equal(both.length, 20)
  })

  it('waits for its turn, and not until another API token of its account has said all', async () => {
    for (let count = 1; count <= 60; count += 1) client.send(`PRIVMSG #a${String(count)} :x`)
    await client.settle()
    const other = await scene.logIn('bot_one', await scene.issue())
    other.send('PRIVMSG #other :x')
    await other.expect(/NOTICE #other :Your message waits/)
    const messages = (at: number): string[] => scene.server.linesOf(at).filter((line) => line.startsWith('PRIVMSG'))
    scene.world.clock.advance(31 * SECOND_MS)
    await until('as many went as may', () => messages(0).length + messages(1).length === 40)
    assert.deepEqual(messages(1), ['PRIVMSG #other :x'])
  })

  it('says more where Twitch says that it moderates, and in its own room', async () => {
    // The second as it is said to a connection that did not ask for tags.
    scene.server.say('@badges=moderator/1;mod=1 :tmi.twitch.tv USERSTATE #mine', ':tmi.twitch.tv USERSTATE #mine')
    scene.server.say('PING :after')
    await client.expect(/PING :after/)
    for (let count = 1; count <= 30; count += 1) client.send('PRIVMSG #mine :x', 'PRIVMSG #bot_one :y')
    client.send('PING :mark')
    await client.expect(/PONG .*mark/)
    assert.equal(sent().length, 61)
  })

  it('joins as many channels as Twitch takes, of a list too', async () => {
    const list = (from: number, count: number): string =>
      Array.from({length: count}, (_, at) => `#room${String(from + at)}`).join(',')
    client.send(`JOIN ${list(1, 15)}`, `JOIN ${list(16, 10)}`, 'PART #room25', 'PING :mark')
    await client.expect(/PONG .*mark/)
    assert.deepEqual(sent(), [
      `JOIN ${list(1, 15)}`,
      ...['#room16', '#room17', '#room18', '#room19', '#room20'].map((channel) => `JOIN ${channel}`),
      'PING :mark',
    ])
    assert.equal(client.lines.filter((line) => line.includes('behalf_waits')).length, 1)
    scene.world.clock.advance(11 * SECOND_MS)
    await until('all went', () => sent().length === 13)
    assert.equal(sent().at(-1), 'PART #room25')
  })

  it('is told when too much waits, and the rest is kept', async () => {
    for (let count = 0; count < 140; count += 1) client.send(`PRIVMSG #room :${String(count)}`)
    await client.expect(/behalf_too_much :tmi\.twitch\.tv NOTICE #room :This was not sent/)
    assert.equal(client.isClosed, false)
  })

  it('is closed for what is no IRC, with a word', async () => {
    client.sendRaw('PRIVMSG #room :a\rNICK b\r\n')
    await client.closed()
    assert.match(client.lines.at(-1) ?? '', /^:tmi\.twitch\.tv NOTICE \* :A line is not UTF-8/)
    assert.deepEqual(sent(), [])
  })

  it('gets nothing upstream but lines that are whole, whatever bytes it sends', async function () {
    this.timeout(120_000)
    const word = fc.constantFrom(
      'PASS',
      'NICK',
      'uSeR',
      'PRIVMSG',
      'JOIN',
      ' ',
      ':',
      '@a=b',
      '\r',
      '\n',
      '\r\n',
      '\0',
      '#x',
      ',',
      '\t',
      '\u2028',
    )
    const piece = fc.oneof(word, fc.string({unit: 'binary', maxLength: 5}))
    const token = await scene.issue()
    const numRuns = process.env.BEHALF_TEST_LONG === '1' ? 2000 : 40
    // Its token lives longer than all runs take.
    await scene.addBot('bot_long', {
      userId: '2003',
      credential: {expiresAt: scene.world.clock.now() + (numRuns + 1) * STEP_MS + HOUR_MS},
    })
    await fc.assert(
      fc.asyncProperty(fc.array(piece, {maxLength: 30}), fc.uint8Array({maxLength: 6}), async (pieces, tail) => {
        scene.world.clock.advance(STEP_MS)
        const at = scene.server.received.length
        const one = await scene.logIn('bot_long', token)
        one.sendRaw(Buffer.concat([Buffer.from(pieces.join('')), tail, Buffer.from('\r\nQUIT\r\n')]))
        await one.closed()
        one.destroy()
        const own = /^PASS oauth:\S+\r\nNICK bot_long\r\nUSER bot_long 8 \* :bot_long\r\n/.exec(
          scene.server.received[at] ?? '',
        )
        assert.ok(own)
        for (const line of scene.server.received[at]?.slice(own[0].length).split('\r\n') ?? []) {
          assert.doesNotMatch(line, /[\r\n\0]|^\s*(?:@\S* +)?(?::\S* +)?(?:PASS|NICK|USER)(?:\s|$)/i)
        }
      }),
      {numRuns},
    )
  })
})
