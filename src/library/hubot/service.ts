import type {Behalf} from '../behalf.js'

/** One message of one person, and what is needed to answer it. */
export interface Turn {
  behalf: Behalf
  /** People bring a PIN back, for there is no address to which a service could send their browser. */
  asksForPin: boolean
  /** The person, as behalf knows them: `slack:U02AB`. */
  subject: string
  /** The person, as the chat service knows them. */
  userId: string
  /** Nobody else reads along. */
  isPrivate: boolean
  botName: string
  /** Has the person told, where they are now, how the authorization ends that they were asked for. */
  awaitNotice(provider: string): void
  /** Keeps what the person is called at the service in the brain, for other scripts; without a name, forgets it. */
  remember(provider: string, login?: string): void
}

/** Something that people say to the bot. */
export interface Command {
  /** As it is said, without the bot's name: `t search <query>`. */
  usage: string
  summary: string
  /** What follows the bot's name, to its end. Its groups are the words that `answer` gets. */
  pattern: RegExp
  /** @returns a text for each message. What it throws is explained to the person. */
  answer(turn: Turn, words: readonly (string | undefined)[]): Promise<string[]>
}

/** A service that people use through the bot, each with a credential of their own. */
export interface Service {
  /** The name of its provider. */
  provider: string
  title: string
  commands: Command[]
  /** What to say to have the credential forgotten, as in `usage`. */
  clearing: string
  /** Tells someone without a credential how to give one. */
  invite(turn: Turn): string
  /** The same for someone whose credential the service no longer takes. */
  renew(turn: Turn): Promise<string[]>
}

/** The service answered, and it was no. */
export class ServiceRefusal extends Error {
  override readonly name = 'ServiceRefusal'

  /** @param message in the service's own words, or what they mean. */
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message)
  }
}
