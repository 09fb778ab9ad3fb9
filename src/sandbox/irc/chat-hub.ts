import {fromServer, SERVER, type ChatConnection} from './chat-connection.js'
import type {IrcMessage} from './irc-message.js'

/** Everyone who is connected to chat. */
export class ChatHub {
  /** Where chat is spoken, besides WebSockets on the HTTP port. */
  ports: {readonly port: number | undefined; readonly tlsPort: number | undefined} = {
    port: undefined,
    tlsPort: undefined,
  }
  readonly #connections = new Set<ChatConnection>()

  add(connection: ChatConnection): void {
    this.#connections.add(connection)
  }

  remove(connection: ChatConnection): void {
    this.#connections.delete(connection)
  }

  list(): ChatConnection[] {
    return [...this.#connections]
  }

  /** Those in a broadcaster's room who may read there. */
  inRoom(broadcasterId: string): ChatConnection[] {
    return this.list().filter(({rooms, speaker}) => rooms.has(broadcasterId) && speaker?.mayRead === true)
  }

  /** Tells a room; `except` is who said it: nobody hears themselves (facts 6.4). */
  tellRoom(broadcasterId: string, message: IrcMessage, except?: ChatConnection): void {
    for (const connection of this.inRoom(broadcasterId)) if (connection !== except) connection.send(message)
  }

  /** Asks everyone whether they are there (facts 6.3). */
  pingAll(): void {
    for (const connection of this.#connections) if (connection.speaker) connection.send(PING)
  }

  /** Tells everyone, or one user's connections, that the server is about to restart. */
  sayReconnect(userId?: string): number {
    const chosen = this.#chosen(userId)
    for (const connection of chosen) connection.send(fromServer('RECONNECT', []))
    return chosen.length
  }

  /** Cuts everyone, or one user's connections, without a word. */
  cut(userId?: string): number {
    const chosen = this.#chosen(userId)
    for (const connection of chosen) connection.wire.cut()
    return chosen.length
  }

  #chosen(userId: string | undefined): ChatConnection[] {
    return this.list().filter(({speaker}) => userId === undefined || speaker?.user?.id === userId)
  }
}

const PING: IrcMessage = {tags: new Map(), prefix: undefined, command: 'PING', params: [SERVER]}
