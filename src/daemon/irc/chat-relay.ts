import type {Duplex} from 'node:stream'

import {nameOf} from '../../model/account-name.js'
import {BehalfError} from '../../model/behalf-error.js'
import type {ChatMetrics} from '../daemon-deps.js'
import type {PacedLine} from './account-pace.js'
import {findTag, parseLine, type IrcLine} from './irc-line.js'
import {cap, channelNotice, unknownCommand} from './irc-notices.js'
import {joinLines} from './line-splitter.js'
import type {OpenChat} from './open-chat.js'

/** Who is who is settled at the login; nothing of it reaches the chat server from a client. */
const NEVER_PASSED = new Set([
  'PASS',
  'NICK',
  'USER',
  'SERVER',
  'SERVICE',
  'WEBIRC',
  'AUTHENTICATE',
  'OPER',
  'STARTTLS',
])
const PRIVILEGED_BADGE = /(?:^|,)(?:broadcaster|moderator|lead_moderator|vip)\//
/** A client that does not say goodbye to the end. */
const LINGER_MS = 2000

export interface RelayEvents {
  /** The chat server takes lines again. */
  onDrain(): void
  /** It is over. `error`: why, where nobody wished it. */
  onEnd(error?: BehalfError): void
}

/** Lines of one connection, both ways, as they are. */
export class ChatRelay {
  readonly #peer: Duplex
  readonly #chat: OpenChat
  readonly #withTags: boolean
  readonly #metrics: ChatMetrics
  readonly #events: RelayEvents
  /** Channels whose client has been told that its lines wait, and `*` where there were too many. */
  readonly #told = new Set<string>()
  /** The chat server takes no more at the moment. */
  isFull = false

  constructor(
    peer: Duplex,
    chat: OpenChat,
    {withTags, metrics, ...events}: {withTags: boolean; metrics: ChatMetrics} & RelayEvents,
  ) {
    this.#peer = peer
    this.#chat = chat
    this.#withTags = withTags
    this.#metrics = metrics
    this.#events = events
  }

  start(): void {
    const {socket, first, refused} = this.#chat.upstream
    socket.on('data', (piece: Buffer) => this.#receive(this.#chat.upstream.splitter.split(piece)))
    socket.on('drain', () => {
      this.isFull = false
      this.#events.onDrain()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => this.#events.onEnd())
    this.#peer.on('drain', () => socket.resume())
    if (refused.length > 0) this.#peer.write(cap('DEL', refused.join(' ')))
    socket.resume()
    this.#receive(first)
    // It may have ended between its welcome and now.
    if (socket.destroyed) this.#events.onEnd()
  }

  /** Passes a line of the client on, now or when the account's limits let it. */
  say(line: Buffer): void {
    const parsed = parseLine(line)
    if (!parsed || NEVER_PASSED.has(parsed.command)) {
      // Many clients say USER after NICK, and none expects an answer to it.
      if (parsed?.command !== 'USER') this.#answer(unknownCommand(this.#nick, parsed?.command ?? '*'))
      return
    }
    const channels = channelsOf(parsed)
    switch (parsed.command) {
      case 'CAP':
        if (parsed.params[0]?.toUpperCase() !== 'END') this.#pass(line)
        return
      case 'QUIT':
        this.#pass(line)
        this.end()
        return
      case 'PRIVMSG':
      case 'NOTICE':
        this.#submit({owner: this, kind: 'message', channels, send: () => this.#pass(line)})
        return
      case 'JOIN':
        this.#join(line, parsed, channels)
        return
      case 'PART':
        this.#submit({owner: this, kind: 'free', channels, send: () => this.#pass(line)})
        return
      default:
        this.#pass(line)
    }
  }

  /** Nothing more comes from the client. */
  end(): void {
    const {socket} = this.#chat.upstream
    socket.end()
    setTimeout(() => socket.destroy(), LINGER_MS).unref()
  }

  close(): void {
    this.#chat.pace.drop(this)
    this.#chat.upstream.socket.destroy()
    this.#chat.leave()
  }

  get hasWaiting(): boolean {
    return this.#chat.pace.countWaiting(this) > 0
  }

  get #nick(): string {
    return this.#chat.caller.account.login
  }

  #receive(lines: Buffer[] | undefined): void {
    if (lines === undefined) {
      this.#events.onEnd(new BehalfError('unavailable', 'The chat server sent a line without end.'))
      return
    }
    if (lines.length === 0) return
    const text = joinLines(lines)
    if (this.#chat.upstream.holdsToken(text)) {
      const name = nameOf(this.#chat.caller.account)
      this.#events.onEnd(new BehalfError('refused', `The chat server sent the token of ${name} back.`))
      return
    }
    if (text.includes('USERSTATE')) for (const line of lines) this.#noteStanding(line)
    this.#metrics.countLines('from-upstream', lines.length)
    if (!this.#peer.write(text)) this.#chat.upstream.socket.pause()
  }

  #noteStanding(line: Buffer): void {
    const parsed = parseLine(line)
    const [channel] = parsed?.params ?? []
    if (parsed?.command !== 'USERSTATE' || channel === undefined || channel === `#${this.#nick}`) return
    const isPrivileged =
      findTag(parsed.tags, 'mod') === '1' || PRIVILEGED_BADGE.test(findTag(parsed.tags, 'badges') ?? '')
    this.#chat.pace.noteStanding(channel.toLowerCase(), isPrivileged)
  }

  /** A list that would have to wait goes a channel at a time, as many as may go now. */
  #join(line: Buffer, {params}: IrcLine, channels: readonly string[]): void {
    const whole: PacedLine = {owner: this, kind: 'join', channels, send: () => this.#pass(line)}
    if (channels.length <= 1 || this.#chat.pace.hasRoomFor(whole)) {
      this.#submit(whole)
      return
    }
    const keys = (params[1] ?? '').split(',')
    for (const [at, channel] of (params[0] ?? '').split(',').entries()) {
      if (channel === '') continue
      const single = Buffer.from(`JOIN ${channel}${keys[at] ? ` ${keys[at]}` : ''}`)
      this.#submit({owner: this, kind: 'join', channels: [channel.toLowerCase()], send: () => this.#pass(single)})
    }
  }

  #submit(line: PacedLine): void {
    const outcome = this.#chat.pace.submit({
      ...line,
      send: () => {
        line.send()
        if (this.#told.size > 0 && !this.hasWaiting) this.#told.clear()
      },
    })
    // What only follows others, such as PART, has been told of with them.
    if (outcome === 'sent' || (outcome === 'waits' && line.kind === 'free')) return
    const [channel = '*'] = line.channels
    const key = outcome === 'full' ? '*' : line.kind === 'join' ? 'JOIN' : channel
    if (this.#told.has(key)) return
    this.#told.add(key)
    if (outcome === 'waits') this.#metrics.countWait(line.kind)
    const [text, id] =
      outcome === 'waits'
        ? [line.kind === 'join' ? WAITS_TO_JOIN : WAITS, 'behalf_waits']
        : [TOO_MUCH, 'behalf_too_much']
    this.#answer(channelNotice(channel, text, id, this.#withTags))
  }

  #answer(line: Buffer): void {
    this.#peer.write(line)
  }

  #pass(line: Buffer): void {
    this.#metrics.countLines('to-upstream', 1)
    if (!this.#chat.upstream.socket.write(joinLines([line]))) this.isFull = true
  }
}

const WAITS = 'Your message waits: Twitch takes only so many in 30 seconds. It is sent as soon as it can be.'
const WAITS_TO_JOIN = 'Some joins wait: Twitch takes only so many in 10 seconds. They follow as soon as they can.'
const TOO_MUCH = 'This was not sent: too much waits already.'

function channelsOf({params: [list = '']}: IrcLine): string[] {
  const names = list.toLowerCase().split(',')
  return [...new Set(names.filter((name) => name !== ''))]
}
