import type {ServerResponse} from 'node:http'
import type {Socket} from 'node:net'

/** Connections, and which answers are still to come on each: a client may send requests ahead of them (RFC 9112 9.3.2). */
export class OpenAnswers {
  readonly #bySocket = new Map<Socket, Set<ServerResponse>>()
  readonly #condemned = new WeakSet<Socket>()

  addConnection(socket: Socket): void {
    this.#bySocket.set(socket, new Set())
    // Answers that wait for their turn are not told when their connection is gone.
    socket.once('close', () => this.#bySocket.delete(socket))
  }

  add(socket: Socket, response: ServerResponse): void {
    const open = this.#bySocket.get(socket)
    open?.add(response)
    response.once('close', () => open?.delete(response))
  }

  /** Ends connections on which no answer is to come, also those on which no request ever came. */
  closeQuietConnections(): void {
    for (const [socket, open] of this.#bySocket) if (open.size === 0) socket.destroy()
  }

  *[Symbol.iterator](): Generator<ServerResponse> {
    for (const open of this.#bySocket.values()) yield* open
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
    return [...(this.#bySocket.get(socket) ?? [])].find((response) => !response.req.complete)
  }

  /** Resolves once nothing more is to come on this connection. */
  async settled(socket: Socket): Promise<void> {
    const open = [...(this.#bySocket.get(socket) ?? [])]
    const gone = new Promise<void>((resolve) => void socket.once('close', resolve))
    const answered = Promise.all(
      open.map((response) => new Promise<void>((resolve) => response.once('close', resolve))),
    )
    await Promise.race([answered, gone])
  }
}
