import assert from 'node:assert/strict'

import fc from 'fast-check'

import {formatIrcMessage, parseIrcMessage, type IrcMessage} from '../../../src/sandbox/irc/irc-message.js'
import {createLineSplitter} from '../../../src/sandbox/irc/split-lines.js'

const parse = (line: string): IrcMessage => {
  const message = parseIrcMessage(line)
  assert.ok(message, line)
  return message
}

describe('parseIrcMessage', () => {
  it('reads tags, prefix, command and parameters', () => {
    const {tags, prefix, command, params} = parse(
      '@badges=moderator/1;color=;vip :bot!bot@bot.tmi.twitch.tv privmsg #sam :hello :) there',
    )
    assert.deepEqual(Object.fromEntries(tags), {badges: 'moderator/1', color: '', vip: ''})
    assert.equal(prefix, 'bot!bot@bot.tmi.twitch.tv')
    assert.equal(command, 'PRIVMSG')
    assert.deepEqual(params, ['#sam', 'hello :) there'])
  })

  it('reads what has no tags, no prefix or no parameters', () => {
    assert.deepEqual(parse('PING'), {tags: new Map(), prefix: undefined, command: 'PING', params: []})
    assert.deepEqual(parse('CAP REQ :').params, ['REQ', ''])
    assert.deepEqual(parse('JOIN   #a   b ').params, ['#a', 'b'])
  })

  const VALUES: [string, string][] = [
    ['a\\:b', 'a;b'],
    ['a\\sb', 'a b'],
    ['a\\\\sb', 'a\\sb'],
    ['\\r\\n', '\r\n'],
    ['a\\b', 'ab'],
    ['a\\', 'a'],
    ['a=b=c', 'a=b=c'],
  ]
  for (const [written, meant] of VALUES) {
    it(`reads the tag value ${written}`, () => assert.equal(parse(`@t=${written} X`).tags.get('t'), meant))
  }

  it('keeps tags apart that have the names of what objects have', () => {
    const {tags} = parse('@__proto__=a;constructor=b X')
    assert.deepEqual(
      [...tags],
      [
        ['__proto__', 'a'],
        ['constructor', 'b'],
      ],
    )
  })

  for (const line of ['', ' ', ':', '@a=b', '@a=b ', ':prefix', '12 x', '#room', '\u0001']) {
    it(`reads nothing in ${JSON.stringify(line)}`, () => assert.equal(parseIrcMessage(line), undefined))
  }
})

describe('formatIrcMessage', () => {
  const format = (command: string, params: string[]) =>
    formatIrcMessage({tags: new Map(), prefix: undefined, command, params})

  it('has the colons where Twitch has them', () => {
    assert.equal(format('376', ['bot', '>']), '376 bot :>')
    assert.equal(format('ROOMSTATE', ['#sam']), 'ROOMSTATE #sam')
    assert.equal(format('PING', ['tmi.twitch.tv']), 'PING :tmi.twitch.tv')
    assert.equal(format('PRIVMSG', ['#sam', '#not-a-room']), 'PRIVMSG #sam :#not-a-room')
  })

  it('never makes two lines of a text', () => {
    assert.equal(format('PRIVMSG', ['#sam', 'one\r\nJOIN #two\0']), 'PRIVMSG #sam :one  JOIN #two ')
  })

  it('writes what is read as the same message', () => {
    const word = fc.stringMatching(/^[a-z0-9#*!@.-]{1,10}$/)
    const value = fc.string({unit: 'binary'}).map((made) => made.replace(/\0/g, '.'))
    const text = value.map((made) => made.replace(/[\r\n]/g, '.'))
    const message = fc.record(
      {
        tags: fc.dictionary(fc.stringMatching(/^[a-z-]{1,8}$/), value).map((all) => new Map(Object.entries(all))),
        prefix: fc.option(word, {nil: undefined}),
        command: fc.constantFrom('PRIVMSG', 'NOTICE', '001'),
        params: fc.tuple(fc.array(word, {maxLength: 3}), text).map(([words, last]) => [...words, last]),
      },
      {noNullPrototype: true},
    )
    const isLong = process.env.BEHALF_TEST_LONG === '1'
    fc.assert(
      fc.property(message, (made) => {
        const line = formatIrcMessage(made)
        assert.doesNotMatch(line, /[\r\n\0]/)
        assert.deepEqual(parseIrcMessage(line), made)
      }),
      {numRuns: isLong ? 100_000 : 300},
    )
  })
})

describe('createLineSplitter', () => {
  const split = (...chunks: (string | Buffer)[]) => {
    const lines: string[] = []
    let tooLong = 0
    const take = createLineSplitter(
      (line) => lines.push(line),
      () => (tooLong += 1),
    )
    for (const chunk of chunks) take(Buffer.from(chunk))
    return {lines, tooLong}
  }

  it('puts pieces together, also of a character, and skips empty lines', () => {
    const euro = Buffer.from('€')
    const {lines} = split('PI', 'NG\r', '\n\r\n\nA ', euro.subarray(0, 1), euro.subarray(1), '\nB')
    assert.deepEqual(lines, ['PING', 'A €'])
  })

  it('gives up, once, on what has no end in sight', () => {
    assert.deepEqual(split('x'.repeat(16_384), '\n'), {lines: ['x'.repeat(16_384)], tooLong: 0})
    assert.deepEqual(split('A\n', 'x'.repeat(16_385), 'y'.repeat(16_385), '\nB\n'), {lines: ['A'], tooLong: 1})
  })
})
