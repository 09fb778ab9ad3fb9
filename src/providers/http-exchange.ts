import {request as httpRequest, type IncomingMessage} from 'node:http'
import type {Socket} from 'node:net'

import type {AddressGuard} from '../model/address-guard.js'
import type {RawReply} from '../model/refresh.js'
import {SECOND_MS, type Clock, type EpochMs} from '../model/time.js'
import {connect} from './connect.js'
import {describeNetworkError} from './describe-network-error.js'
import {parseEndpointUrl} from './endpoint-url.js'
import type {Exchange} from './provider-client.js'

export interface HttpRequest {
  method: 'GET' | 'POST' | 'DELETE'
  url: string
  headers: Record<string, string>
  body?: string
}

export interface ExchangeLimits {
  /** Name look-up, TCP and TLS together. */
  connectMs: number
  /** From the start to the last byte of the answer. */
  totalMs: number
  /** What of a body is read. */
  bodyBytes: number
}

export const DEFAULT_LIMITS: ExchangeLimits = {connectMs: 5 * SECOND_MS, totalMs: 20 * SECOND_MS, bodyBytes: 1 << 20}

/** Says at the last moment whether the request may be written. */
export type BeforeWrite = () => Promise<boolean>

/**
 * One request and its answer, on a connection of its own: nothing is repeated, no redirect followed.
 * Never rejects for what the network, the server or `beforeWrite` did; only, with `configuration`,
 * for a URL that nothing secret may be sent to.
 */
export type HttpExchange = (request: HttpRequest, beforeWrite?: BeforeWrite) => Promise<Exchange>

export interface ExchangeDeps {
  clock: Clock
  userAgent: string
  limits: ExchangeLimits
  /** Says which addresses may be connected to; without one, all may. */
  guard?: AddressGuard
}

/**
 * Why not `fetch`: it reuses connections, repeats a request when one of them turns out to be dead, and does not tell
 * whether a byte of it was sent. A refresh token must not be sent twice, and its owner must know whether it was sent.
 */
export function createHttpExchange({clock, userAgent, limits, guard}: ExchangeDeps): HttpExchange {
  return async (request, beforeWrite) => {
    const url = parseEndpointUrl(request.url, 'An endpoint of the provider')
    const startedMs = performance.now()
    let socket: Socket
    try {
      socket = await connect(url, limits.connectMs, guard)
    } catch (error) {
      return {kind: 'not-sent', reason: describeNetworkError(error)}
    }
    const death = watchSocket(socket)
    const giveUp = () => socket.destroy(new Error(`no answer within ${String(limits.totalMs / SECOND_MS)} s`))
    // A process that was suspended past the limit finds its timers due before it reads the answer that came meanwhile.
    const timer = setTimeout(() => setImmediate(giveUp), limits.totalMs - (performance.now() - startedMs))
    try {
      const refusal = await Promise.race([askBeforeWrite(beforeWrite), death])
      if (refusal !== undefined) return {kind: 'not-sent', reason: refusal}
      if (socket.destroyed) return {kind: 'not-sent', reason: await death}
      const headers = {...request.headers, 'user-agent': userAgent}
      return await converse(socket, url, {...request, headers}, clock.now(), limits.bodyBytes)
    } finally {
      clearTimeout(timer)
      socket.destroy()
    }
  }
}

/** Resolves with the reason when the connection has ended. */
function watchSocket(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('error', (error) => {
      resolve(describeNetworkError(error))
    })
    socket.once('close', () => {
      resolve('the connection was closed')
    })
  })
}

async function askBeforeWrite(beforeWrite: BeforeWrite | undefined): Promise<string | undefined> {
  try {
    return beforeWrite === undefined || (await beforeWrite()) ? undefined : 'held back before it was sent'
  } catch {
    return 'held back before it was sent: a check failed'
  }
}

/** From here on the request counts as sent. */
function converse(
  socket: Socket,
  url: URL,
  request: HttpRequest,
  sentAt: EpochMs,
  bodyBytes: number,
): Promise<Exchange> {
  return new Promise((resolve) => {
    let incoming: IncomingMessage | undefined
    const chunks: Buffer[] = []
    let size = 0
    const finish = (complete: boolean, reason = 'the connection was closed without an answer'): void => {
      resolve(
        incoming === undefined
          ? {kind: 'no-reply', reason}
          : {kind: 'reply', reply: readReply(incoming, Buffer.concat(chunks), complete, sentAt)},
      )
    }
    const outgoing = httpRequest({
      createConnection: () => socket,
      setHost: false,
      method: request.method,
      path: url.pathname + url.search,
      headers: {
        ...request.headers,
        host: url.host,
        'accept-encoding': 'identity',
        connection: 'close',
        ...(request.body !== undefined && {'content-length': Buffer.byteLength(request.body)}),
      },
    })
    outgoing.on('response', (response) => {
      incoming = response
      response.on('data', (chunk: Buffer) => {
        const room = bodyBytes - size
        chunks.push(chunk.subarray(0, room))
        size += chunk.length
        if (chunk.length > room) finish(false)
      })
      response.on('end', () => {
        finish(response.complete)
      })
      response.on('error', () => {
        finish(false)
      })
      response.on('close', () => {
        finish(false)
      })
    })
    outgoing.on('error', (error) => {
      // What came in one piece with something that is not HTTP has not been handed out yet; reading emits `data`.
      while (incoming?.readableLength) incoming.read()
      finish(false, describeNetworkError(error))
    })
    outgoing.on('close', () => {
      finish(false)
    })
    outgoing.end(request.body)
  })
}

function readReply(incoming: IncomingMessage, body: Buffer, complete: boolean, sentAt: EpochMs): RawReply {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (typeof value === 'string') headers[name] = value
  }
  return {status: incoming.statusCode ?? 0, headers, body: new TextDecoder().decode(body), complete, sentAt}
}
