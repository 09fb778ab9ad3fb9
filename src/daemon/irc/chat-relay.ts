import type {Duplex} from 'node:stream'

import {nameOf} from '../../model/account-name.js'
import {BehalfError} from '../../model/behalf-error.js'
import type {ChatMetrics} from '../daemon-deps.js'
import {findTag, parseLine, type IrcLine} from './irc-line.js'
import {cap, channelNotice, unknownCommand} from './irc-notices.js'
import {joinLines} from './line-splitter.js'
import {once} from './once.js'
import type {OpenChat} from './open-chat.js'
import type {PacedLine} from './waiting-lines.js'

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
/** Of so many channels a client is told by name, until nothing waits any more. */
const MAX_TOLD = 100
/** A client that does not say goodbye to the end. */
const LINGER_MS = 2000

export interface RelayEvents {
  /** Lines are taken again, or none waits any more. */
  onDrain(): void
  /** It is over. `error`: why, where nobody wished it. */
  onEnd(error?: BehalfError): void
}

/** Of this connection. */
type OwnLine = Omit<PacedLine, 'owner' | 'apiTokenId'>

/** Lines of one connection, both ways, as they are. */
export class ChatRelay {
  readonly #peer: Duplex
  readonly #chat: OpenChat
  readonly #from: Pick<PacedLine, 'owner' | 'apiTokenId'>
  readonly #withTags: boolean
  readonly #metrics: ChatMetrics
  readonly #events: RelayEvents
  /** Channels whose client has been told that its lines wait, and `*` where there were too many. */
  readonly #told = new Set<string>()
  /** The client's last line, until what it said before has gone. */
  #quit: Buffer | undefined
  /** Lines of which it is not known yet whether they have to wait. */
  #undecided = 0
  /** The chat server takes no more at the moment. */
  #isFull = false

  constructor(
    peer: Duplex,
    chat: OpenChat,
    {withTags, metrics, ...events}: {withTags: boolean; metrics: ChatMetrics} & RelayEvents,
  ) {
    this.#peer = peer
    this.#chat = chat
    this.#from = {owner: this, apiTokenId: chat.caller.apiToken.id}
    this.#withTags = withTags
    this.#metrics = metrics
    this.#events = events
  }

  start(): void {
    const {socket, first, refused} = this.#chat.upstream
    socket.on('data', (piece: Buffer) => this.#receive(this.#chat.upstream.splitter.split(piece)))
    socket.on('drain', () => {
      this.#isFull = false
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
    if (this.#quit) return
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
        this.#quit = line
        if (!this.hasWaiting) this.#leave(line)
        return
      case 'PRIVMSG':
      case 'NOTICE':
        this.#submit({kind: 'message', channels, send: () => this.#pass(line)})
        return
      case 'JOIN':
        this.#join(line, parsed, channels)
        return
      case 'PART':
        this.#submit({kind: 'free', channels, send: () => this.#pass(line)})
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

  #leave(quit: Buffer): void {
    this.#pass(quit)
    this.end()
  }

  close(): void {
    this.#chat.pace.drop(this)
    this.#chat.upstream.socket.destroy()
    this.#chat.leave()
  }

  /** Takes no line at the moment, so that all stays in order. */
  get isBusy(): boolean {
    return this.#isFull || this.#undecided > 0
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
    // A client that did not ask for tags is told nothing of standing.
    if (parsed?.command !== 'USERSTATE' || parsed.tags === '') return
    if (channel === undefined || channel === `#${this.#nick}`) return
    const isPrivileged =
      findTag(parsed.tags, 'mod') === '1' || PRIVILEGED_BADGE.test(findTag(parsed.tags, 'badges') ?? '')
    this.#chat.pace.noteStanding(channel.toLowerCase(), isPrivileged)
  }

  /** A list that would have to wait goes a channel at a time, as many as may go now. */
  #join(line: Buffer, {params}: IrcLine, channels: readonly string[]): void {
    const whole: OwnLine = {kind: 'join', channels, send: () => this.#pass(line)}
    if (channels.length <= 1 || this.#chat.pace.hasRoomFor({...this.#from, ...whole})) {
      this.#submit(whole)
      return
    }
    const keys = (params[1] ?? '').split(',')
    for (const [at, channel] of (params[0] ?? '').split(',').entries()) {
      if (channel === '') continue
      const single = Buffer.from(`JOIN ${channel}${keys[at] ? ` ${keys[at]}` : ''}`)
      this.#submit({kind: 'join', channels: [channel.toLowerCase()], send: () => this.#pass(single)})
    }
  }

  #submit(line: OwnLine): void {
    let isNow = true
    this.#undecided += 1
    const decide = once(() => (this.#undecided -= 1))
    const goOn = (): void => {
      // Not in the middle of what another connection says.
      if (!isNow) queueMicrotask(() => this.#events.onDrain())
    }
    const isTaken = this.#chat.pace.submit({
      ...this.#from,
      ...line,
      send: () => {
        line.send()
        decide()
        if (!this.hasWaiting) this.#rest()
        goOn()
      },
      onWait: () => {
        decide()
        this.#tellOfWait(line)
        goOn()
      },
    })
    isNow = false
    if (isTaken) return
    decide()
    const [channel = '*'] = line.channels
    this.#tell('*', channel, TOO_MUCH, 'behalf_too_much')
    if (!this.hasWaiting) this.#told.clear()
  }

  #tellOfWait({kind, channels: [channel = '*']}: OwnLine): void {
    // What only follows others, such as PART, has been told of with them.
    if (kind === 'free') return
    const isJoin = kind === 'join'
    const isNew = this.#tell(isJoin ? 'JOIN' : channel, channel, isJoin ? WAITS_TO_JOIN : WAITS, 'behalf_waits')
    if (isNew) this.#metrics.countWait(kind)
  }

  /** Once, until nothing waits any more. */
  #tell(key: string, channel: string, text: string, id: string): boolean {
    if (this.#told.has(key) || this.#told.size > MAX_TOLD) return false
    this.#told.add(key)
    this.#peer.write(channelNotice(channel, text, id, this.#withTags))
    return true
  }

  /** Nothing waits any more. */
  #rest(): void {
    this.#told.clear()
    if (this.#quit) this.#leave(this.#quit)
  }

  #answer(line: Buffer): void {
    this.#peer.write(line)
  }

  #pass(line: Buffer): void {
    this.#metrics.countLines('to-upstream', 1)
    if (!this.#chat.upstream.socket.write(joinLines([line]))) this.#isFull = true
  }
}

const WAITS = 'Your message waits: Twitch takes only so many in 30 seconds. It is sent as soon as it can be.'
const WAITS_TO_JOIN = 'Some joins wait: Twitch takes only so many in 10 seconds. They follow as soon as they can.'
const TOO_MUCH = 'This was not sent: too much waits already.'

function channelsOf({params: [list = '']}: IrcLine): string[] {
  const names = list.toLowerCase().split(',')
  return [...new Set(names.filter((name) => name !== ''))]
}
