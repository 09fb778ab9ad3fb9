import {randomUUID} from 'node:crypto'

import type {EpochMs} from '../../model/time.js'
import type {User} from '../records.js'
import {formatIrcMessage, type IrcMessage} from './irc-message.js'

export const CAPABILITIES = ['twitch.tv/membership', 'twitch.tv/tags', 'twitch.tv/commands'] as const
export type Capability = (typeof CAPABILITIES)[number]
export type Transport = 'tcp' | 'tls' | 'websocket'

/** What carries lines to a client. */
export interface ChatWire {
  readonly transport: Transport
  /** A whole line, with its end. */
  send(line: string): void
  /** Closes in order, after what was sent. */
  close(): void
  /** Cuts, as a failing network does. */
  cut(): void
}

/** Who speaks on a connection, once it is known. */
export interface Speaker {
  /** As the server calls them from now on. */
  readonly nick: string
  /** Undefined for `justinfan…`, who may only read. */
  readonly user: User | undefined
  readonly mayRead: boolean
  readonly mayWrite: boolean
  /** `shortHash` of the token they came with; `justinfan…` needs none. */
  readonly tokenHash?: string
}

/** What only those get who asked for `twitch.tv/commands` (facts 6.1). */
const NEEDS_COMMANDS = new Set([
  'NOTICE',
  'USERNOTICE',
  'ROOMSTATE',
  'USERSTATE',
  'GLOBALUSERSTATE',
  'CLEARCHAT',
  'CLEARMSG',
  'WHISPER',
])

const NO_TAGS: ReadonlyMap<string, string> = new Map()
export const SERVER = 'tmi.twitch.tv'

/** One client, from its first byte to its last. */
export class ChatConnection {
  readonly id = randomUUID()
  readonly since: EpochMs
  readonly wire: ChatWire
  readonly capabilities = new Set<Capability>()
  /** What `PASS` said, until `NICK` came. */
  pass: string | undefined
  speaker: Speaker | undefined
  /** Ids of the broadcasters whose rooms it is in. */
  readonly rooms = new Set<string>()
  /** Nothing it still says is heard. */
  isOver = false

  constructor(wire: ChatWire, since: EpochMs) {
    this.wire = wire
    this.since = since
  }

  /** Sends what this client has asked for: tags and Twitch's own commands are left out without the capability. */
  send(message: IrcMessage): void {
    if (NEEDS_COMMANDS.has(message.command) && !this.capabilities.has('twitch.tv/commands')) return
    this.sendAlways(message)
  }

  /** Sends it whatever the client asked for, tags apart. */
  sendAlways(message: IrcMessage): void {
    const tags = this.capabilities.has('twitch.tv/tags') ? message.tags : NO_TAGS
    this.wire.send(`${formatIrcMessage({...message, tags})}\r\n`)
  }

  /** The last word of a login that failed (facts 6.2). */
  refuse(text: string): void {
    this.sendAlways(fromServer('NOTICE', ['*', text]))
    this.close()
  }

  close(): void {
    this.isOver = true
    this.wire.close()
  }
}

type Tags = Readonly<Record<string, string>>

export const fromServer = (command: string, params: readonly string[], tags: Tags = {}): IrcMessage => ({
  tags: new Map(Object.entries(tags)),
  prefix: SERVER,
  command,
  params,
})

export const fromUser = (
  {login}: Pick<User, 'login'>,
  command: string,
  params: readonly string[],
  tags: Tags = {},
): IrcMessage => ({
  tags: new Map(Object.entries(tags)),
  prefix: `${login}!${login}@${login}.${SERVER}`,
  command,
  params,
})
