import {STATUS_CODES, type IncomingMessage, type ServerResponse} from 'node:http'
import type {Duplex} from 'node:stream'

import type {Refusal} from './door-rules.js'

/** How much of a body is still read, and thrown away, so that a client that sends first and reads later sees the answer. */
const LINGER_BYTES = 4 * 1024 * 1024
const LINGER_MS = 2_000

/** Answers a request that gets no further, in the words of the part it was meant for; the connection goes on. */
export function answerRefusal(response: ServerResponse, refusal: Refusal): void {
  if (writeRefusal(response, refusal)) response.end()
}

/** The same, and ends the connection. */
export function refuseRequest(response: ServerResponse, refusal: Refusal): void {
  if (!writeRefusal(response, refusal, {Connection: 'close'})) return
  // Who asked first whether to send the body was not told to.
  if (response.req.headers.expect !== undefined) response.end()
  else discardBody(response.req, () => response.end())
}

/** The same for a request whose rest cannot be understood, or does not come. */
export function refuseRest(response: ServerResponse, refusal: Refusal): void {
  if (writeRefusal(response, refusal, {Connection: 'close'})) response.end()
}

/** @returns false when it is too late to say so: then the connection just ends. */
function writeRefusal(response: ServerResponse, refusal: Refusal, connection?: {Connection: 'close'}): boolean {
  if (response.headersSent) {
    response.destroy()
    return false
  }
  const {url = '', method} = response.req
  const body = refusalBody(url, refusal)
  response.writeHead(refusal.status, {...bodyHeaders(body, refusal), ...refusal.headers, ...connection})
  if (method !== 'HEAD') response.write(body)
  return true
}

/** The same where there is no request to answer, but only what could not be understood. */
export function refuseConnection(socket: Duplex, refusal: Refusal): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const {status} = refusal
  const body = refusalBody('', refusal)
  const headers = Object.entries({...bodyHeaders(body, refusal), Connection: 'close'}).map(
    ([name, text]) => `${name}: ${text}`,
  )
  socket.end(`HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}\r\n${headers.join('\r\n')}\r\n\r\n${body}`)
  // A client that never closes its side does not keep it.
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
}

/** Ending the answer ends the connection, and with unread bytes in it that is a reset, which may overtake the answer. */
function discardBody(request: IncomingMessage, done: () => void): void {
  if (request.readableEnded || request.destroyed) {
    done()
    return
  }
  let size = 0
  const timer = setTimeout(done, LINGER_MS)
  const finish = (): void => {
    clearTimeout(timer)
    done()
  }
  request.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > LINGER_BYTES) finish()
  })
  request.once('end', finish)
  request.once('close', finish)
}

const bodyHeaders = (body: string, {code}: Refusal): Record<string, string> => ({
  'Content-Type': 'application/json',
  'Content-Length': String(Buffer.byteLength(body)),
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'X-Behalf-Error': code,
})

/** The envelope of `/api/v1/*`, and what callers of the passthrough expect everywhere else (design 9). */
function refusalBody(target: string, {status, code, message, authorizationUrl}: Refusal): string {
  const isOurs = /^\/api\/v1(?:[/?]|$)/.test(target)
  return JSON.stringify(
    isOurs
      ? {code: String(status), message, error: 'true'}
      : {detail: message, error: message, code, ...(authorizationUrl && {authorization_url: authorizationUrl})},
  )
}
