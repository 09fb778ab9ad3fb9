import type {Duplex} from 'node:stream'

import type {ChatCaller} from '../../broker/authorize-chat.js'
import type {ApiToken} from '../../model/api-token.js'
import {BehalfError} from '../../model/behalf-error.js'
import type {Clock} from '../../model/time.js'
import type {ChatMetrics} from '../daemon-deps.js'
import {ChatRelay} from './chat-relay.js'
import {isCleanLine, parseLine} from './irc-line.js'
import {LOGIN_FAILED, notice, RECONNECT} from './irc-notices.js'
import {IrcRegistration, type IrcLogin} from './irc-registration.js'
import {LineSplitter} from './line-splitter.js'
import type {ChatRequest, OpenChat} from './open-chat.js'

/** With its tags. */
const MAX_LINE_BYTES = 8 * 1024
/** A client that reads no more does not keep its connection. */
const LINGER_MS = 2000

/** Clients take LOGIN_FAILED for a wrong password, and many come never again. */
const WRONG_PASSWORD: ReadonlySet<string> = new Set(['unauthenticated', 'refused', 'account-not-found'])

export interface IrcConnectionDeps {
  clock: Pick<Clock, 'sleep'>
  metrics: ChatMetrics
  /** How long a client may take to say who it is. */
  registrationMs: number
  /** Lets a client in that has said who it is. Rejects for every reason there is. */
  open(request: ChatRequest): Promise<OpenChat>
  /** What is told of it as it goes on. */
  events: IrcConnectionEvents
}

/** Each is called once at most, `onEnd` always. */
export interface IrcConnectionEvents {
  /** It has said who it is. */
  onLogin(): void
  onOpen(chat: OpenChat): void
  onEnd(end: IrcEnd): void
}

export interface IrcEnd {
  apiToken?: ApiToken
  caller?: ChatCaller
  /** Why, where it was not the client or the chat server that left. */
  error?: BehalfError
}

/** One client of the gateway, from its first byte to its last. */
export class IrcConnection {
  readonly #peer: Duplex
  readonly #deps: IrcConnectionDeps
  readonly #splitter = new LineSplitter(MAX_LINE_BYTES)
  readonly #registration = new IrcRegistration()
  readonly #over = new AbortController()
  readonly #inTime = new AbortController()
  /** Lines that have come, and are not looked at yet. */
  #inbox: Buffer[] = []
  #isLoggingIn = false
  #hasClientEnded = false
  #relay: ChatRelay | undefined
  #known: Pick<IrcEnd, 'apiToken' | 'caller'> = {}

  constructor(peer: Duplex, deps: IrcConnectionDeps) {
    this.#peer = peer
    this.#deps = deps
    peer.on('data', (piece: Buffer) => this.#receive(piece))
    peer.on('end', () => {
      this.#hasClientEnded = true
      this.#work()
    })
    peer.on('drain', () => this.#work())
    peer.on('error', () => undefined)
    peer.on('close', () => this.#finish())
    deps.clock.sleep(deps.registrationMs, this.#inTime.signal).then(
      () => this.refuse(new BehalfError('unauthenticated', 'It did not say who it is in time.')),
      () => undefined,
    )
  }

  /** Ends it as Twitch ends a connection that it does not let in. */
  refuse(error: BehalfError): void {
    this.#end(LOGIN_FAILED, error)
  }

  /** Ends it after it had been let in; who could not be asked about it may come again by itself. */
  cut(error: BehalfError): void {
    this.#end(WRONG_PASSWORD.has(error.code) ? LOGIN_FAILED : RECONNECT, error)
  }

  /** Asks the client to come again, elsewhere or later. */
  sayGoodbye(): void {
    if (this.#relay) this.#peer.write(RECONNECT)
    else this.#end(Buffer.alloc(0))
  }

  /** At once. */
  destroy(): void {
    this.#peer.destroy()
    this.#finish()
  }

  #receive(piece: Buffer): void {
    if (this.#over.signal.aborted) return
    const lines = this.#splitter.split(piece)
    if (lines === undefined) {
      this.#fault('A line is longer than 8 kB.')
      return
    }
    this.#inbox.push(...lines)
    this.#work()
  }

  #work(): void {
    while (!this.#isBusy) {
      const line = this.#inbox.shift()
      if (line === undefined) break
      if (!isCleanLine(line)) {
        this.#fault('A line is not UTF-8, or has a NUL or a CR in it.')
        return
      }
      if (this.#relay) this.#relay.say(line)
      else this.#register(line)
    }
    if (this.#over.signal.aborted) return
    // What is not looked at yet is bounded by one read.
    if (this.#inbox.length > 0) this.#peer.pause()
    else this.#peer.resume()
    if (this.#hasClientEnded && this.#inbox.length === 0) this.#leave()
  }

  get #isBusy(): boolean {
    // Who does not read the answers is asked for no more lines: each may have one.
    return (
      this.#over.signal.aborted || this.#isLoggingIn || this.#relay?.isBusy === true || this.#peer.writableNeedDrain
    )
  }

  /** The client has said its last. */
  #leave(): void {
    if (this.#isLoggingIn || this.#relay?.hasWaiting) return
    if (this.#relay) this.#relay.end()
    else this.#end(Buffer.alloc(0))
  }

  #register(line: Buffer): void {
    const {reply, login, end} = this.#registration.take(parseLine(line))
    if (reply && !this.#peer.write(reply)) {
      // Nobody is known to be worth the wait.
      this.refuse(new BehalfError('unauthenticated', 'It does not read what it is answered.'))
      return
    }
    if (end === 'quit') this.#end(Buffer.alloc(0))
    if (end === 'anonymous') this.refuse(new BehalfError('unauthenticated', 'Nobody may listen without a name.'))
    if (login) void this.#logIn(login)
  }

  async #logIn(login: IrcLogin): Promise<void> {
    this.#isLoggingIn = true
    this.#inTime.abort()
    this.#deps.events.onLogin()
    const capabilities = [...this.#registration.capabilities]
    try {
      const chat = await this.#deps.open({
        ...login,
        capabilities,
        signal: this.#over.signal,
        onAuthenticated: (apiToken) => void (this.#known = {apiToken}),
        onAuthorized: (caller) => void (this.#known = {apiToken: caller.apiToken, caller}),
      })
      this.#isLoggingIn = false
      this.#start(chat, capabilities.includes('twitch.tv/tags'))
    } catch (error) {
      this.refuse(
        error instanceof BehalfError ? error : new BehalfError('internal', 'The login failed.', {cause: error}),
      )
    }
  }

  #start(chat: OpenChat, withTags: boolean): void {
    const relay = new ChatRelay(this.#peer, chat, {
      withTags,
      metrics: this.#deps.metrics,
      onDrain: () => this.#work(),
      onEnd: (error) => this.#end(error ? notice(error.message) : Buffer.alloc(0), error),
    })
    if (this.#over.signal.aborted) {
      relay.close()
      return
    }
    this.#relay = relay
    this.#deps.events.onOpen(chat)
    relay.start()
    this.#work()
  }

  /** What comes from the client is no IRC. */
  #fault(text: string): void {
    this.#end(this.#relay ? notice(text) : LOGIN_FAILED, new BehalfError('invalid-input', text))
  }

  #end(last: Buffer, error?: BehalfError): void {
    if (this.#over.signal.aborted) return
    this.#peer.end(last)
    setTimeout(() => this.#peer.destroy(), LINGER_MS).unref()
    this.#finish(error)
  }

  #finish(error?: BehalfError): void {
    if (this.#over.signal.aborted) return
    this.#over.abort()
    this.#inTime.abort()
    this.#inbox = []
    this.#relay?.close()
    // What still comes is thrown away, so that the last line is not lost to a reset.
    this.#peer.resume()
    this.#deps.events.onEnd({...this.#known, ...(error && {error})})
  }
}
