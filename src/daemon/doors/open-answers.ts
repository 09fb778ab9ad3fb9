import type {ServerResponse} from 'node:http'
import type {Socket} from 'node:net'

import {Presence} from './presence.js'

/** Connections, and which answers are still to come on each: a client may send requests ahead of them (RFC 9112 9.3.2). */
export class OpenAnswers {
  readonly #bySocket = new Map<Socket, Presence[]>()
  readonly #condemned = new WeakSet<Socket>()

  addConnection(socket: Socket): void {
    const open: Presence[] = []
    this.#bySocket.set(socket, open)
    socket.once('close', () => {
      this.#bySocket.delete(socket)
      // Node does not tell answers that wait for their turn that their connection is gone.
      for (const presence of open) presence.leave()
    })
  }

  /** From now on it speaks something else than HTTP, and is no longer looked after here. */
  release(socket: Socket): void {
    this.#bySocket.delete(socket)
  }

  /** @returns whether the caller still waits for this answer. */
  add(response: ServerResponse): Presence {
    const {socket} = response.req
    const presence = new Presence(response)
    const open = this.#bySocket.get(socket) ?? []
    open.push(presence)
    response.on('close', () => {
      open.splice(open.indexOf(presence), 1)
      if (!response.writableFinished) presence.leave()
    })
    if (socket.destroyed) presence.leave()
    return presence
  }

  /** Ends connections on which no answer is to come, also those on which no request ever came. */
  closeQuietConnections(): void {
    for (const [socket, open] of this.#bySocket) if (open.length === 0) socket.destroy()
  }

  *[Symbol.iterator](): Generator<ServerResponse> {
    for (const open of this.#bySocket.values()) for (const {response} of open) yield response
  }

  /** What follows on this connection counts no more: where one request ends and the next begins is in doubt. */
  condemn(socket: Socket): void {
    this.#condemned.add(socket)
  }

  isCondemned(socket: Socket): boolean {
    return this.#condemned.has(socket)
  }

  /** The answer to a request that has not come whole. */
  findUnfinished(socket: Socket): ServerResponse | undefined {
    return this.#openOn(socket).find((response) => !response.req.complete)
  }

  /** Resolves once nothing more is to come on this connection. */
  async settled(socket: Socket): Promise<void> {
    const gone = new Promise<void>((resolve) => void socket.once('close', resolve))
    const answered = Promise.all(
      this.#openOn(socket).map((response) => new Promise<void>((resolve) => response.once('close', resolve))),
    )
    await Promise.race([answered, gone])
  }

  #openOn(socket: Socket): ServerResponse[] {
    return (this.#bySocket.get(socket) ?? []).map(({response}) => response)
  }
}
