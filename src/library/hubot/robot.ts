import type {IncomingMessage, ServerResponse} from 'node:http'

import type {Logger} from '../behalf-options.js'

/** What of Hubot 14 the script uses. Hubot has no types of its own. */
export interface Robot {
  readonly name: string
  /** What the adapter calls itself, or its class. */
  readonly adapterName: string
  readonly brain: Brain
  /** The Express app; something without `use` where Hubot runs without HTTP. */
  readonly router?: {use?: (path: string, handler: RequestHandler) => unknown}
  readonly logger: Logger
  /** What the package `hubot-help` lists. */
  readonly helpStrings: string[]
  /** What Hubot's own `help` lists. */
  readonly commands: CommandBus
  /** Also matches the bot's name, or its alias, in front. */
  respondPattern(pattern: RegExp): RegExp
  listen(matcher: (message: Message) => unknown, options: {id: string}, callback: (chat: Chat) => Promise<void>): void
  send(envelope: Envelope, ...texts: string[]): Promise<unknown>
}

/** Kept by whatever brain script there is, often as readable JSON. */
export interface Brain {
  get(key: string): unknown
  set(key: string, value: unknown): unknown
  on(event: 'close', listener: () => void): unknown
}

export interface CommandBus {
  getCommand(id: string): unknown
  register(command: {id: string; description: string; confirm: 'never'; handler: () => string}): unknown
}

/** What was said, by whom, and where. Entering and leaving a room have no text. */
export interface Message {
  readonly user: {readonly id: string | number; readonly name?: string}
  readonly room?: string | undefined
  /** Set by some adapters. */
  readonly private?: unknown
  match?(pattern: RegExp): RegExpMatchArray | null
}

/** Where an answer goes. */
export interface Envelope {
  readonly room?: string | undefined
  readonly user: Message['user']
}

export interface Chat {
  readonly message: Message
  readonly match: RegExpMatchArray
  readonly envelope: Envelope
  send(...texts: string[]): Promise<unknown>
  /** Keeps the message from other scripts. */
  finish(): void
}

/** Of Express, which Hubot brings along. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void
