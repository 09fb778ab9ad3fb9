import type {ServerResponse} from 'node:http'
import type {Socket} from 'node:net'

/**
 * Whoever waits on a connection. An answer that waits for its turn there, behind those to earlier requests (RFC 9112
 * 9.3.2), is not told by Node when the connection is gone.
 */
const waitingOn = new WeakMap<Socket, Set<Presence>>()

/** Whether the caller still waits for the answer. What goes on for it is ended when it leaves. */
export class Presence {
  #isGone = false
  #end: (() => void) | undefined

  constructor(response: ServerResponse) {
    const {socket} = response.req
    const waiting = waitingOn.get(socket) ?? watchConnection(socket)
    waiting.add(this)
    response.once('close', () => {
      waiting.delete(this)
      if (!response.writableFinished) this.leave()
    })
    if (socket.destroyed) this.leave()
  }

  get isGone(): boolean {
    return this.#isGone
  }

  /** What is to be done when the caller leaves, in place of what was set before; at once if it has left. */
  whenGone(end: (() => void) | undefined): void {
    this.#end = end
    if (this.#isGone) end?.()
  }

  leave(): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#end?.()
  }
}

function watchConnection(socket: Socket): Set<Presence> {
  const waiting = new Set<Presence>()
  waitingOn.set(socket, waiting)
  socket.once('close', () => {
    for (const presence of waiting) presence.leave()
  })
  return waiting
}
