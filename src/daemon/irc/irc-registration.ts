import type {IrcLine} from './irc-line.js'
import {cap, pong, unknownCommand} from './irc-notices.js'

/** All that Twitch has (facts of Twitch 6.1). */
const CAPABILITIES = ['twitch.tv/membership', 'twitch.tv/tags', 'twitch.tv/commands']
const KNOWN = new Set(CAPABILITIES)

/** What a client has said of itself. */
export interface IrcLogin {
  /** The text of an API token, whatever stood before it. */
  password: string
  nick: string
}

/** What came of a line before the login. */
export interface RegistrationStep {
  reply?: Buffer
  /** Everything has been said. */
  login?: IrcLogin
  /** It leaves, or asks for what is never given. */
  end?: 'quit' | 'anonymous'
}

/**
 * What a client says before it is let in (RFC 1459 4.1, IRCv3 capability negotiation), in any order: PASS and NICK are
 * all that is waited for, as at Twitch; who negotiates capabilities is answered as Twitch would.
 */
export class IrcRegistration {
  /** Those that the client was told it has. */
  readonly capabilities = new Set<string>()
  #password: string | undefined
  #nick: string | undefined

  /** @param line undefined for what is none. */
  take(line: IrcLine | undefined): RegistrationStep {
    const [first = ''] = line?.params ?? []
    switch (line?.command) {
      case 'CAP':
        return this.#negotiate(first.toUpperCase(), line.params.slice(1).join(' '))
      case 'PASS':
        this.#password = barePassword(first)
        return this.#conclude()
      case 'NICK':
        if (/^justinfan\d/i.test(first)) return {end: 'anonymous'}
        this.#nick = first
        return this.#conclude()
      case 'PING':
        return {reply: pong(first)}
      case 'QUIT':
        return {end: 'quit'}
      case 'USER':
      case 'PONG':
        return {}
      default:
        return {reply: unknownCommand('*', line?.command ?? '*')}
    }
  }

  #conclude(): RegistrationStep {
    const [password, nick] = [this.#password, this.#nick]
    return password === undefined || nick === undefined ? {} : {login: {password, nick}}
  }

  #negotiate(verb: string, text: string): RegistrationStep {
    if (verb === 'LS') return {reply: cap('LS', CAPABILITIES.join(' '))}
    if (verb === 'LIST') return {reply: cap('LIST', [...this.capabilities].join(' '))}
    if (verb !== 'REQ') return {}
    const asked = text.split(' ').filter((name) => name !== '')
    const isKnown = asked.every((name) => KNOWN.has(name.replace(/^-/, '')))
    if (isKnown) for (const name of asked) this.#switch(name)
    return {reply: cap(isKnown ? 'ACK' : 'NAK', asked.join(' '))}
  }

  #switch(name: string): void {
    if (name.startsWith('-')) this.capabilities.delete(name.slice(1))
    else this.capabilities.add(name)
  }
}

/** Chat clients write `oauth:` before a token, and some people `Bearer`. */
const barePassword = (text: string): string => text.replace(/^(?:oauth:|Bearer +)/i, '')
