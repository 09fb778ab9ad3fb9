import type {IncomingMessage, ServerResponse} from 'node:http'
import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'

/** What a framework may have made of a request before it comes here. */
interface HandledRequest extends IncomingMessage {
  /** Express and Connect: the URL before a mount path was taken off. */
  originalUrl?: string
  /** A body that was read and parsed already. */
  body?: unknown
}

/** No form of ours has more. */
const MAX_BODY_BYTES = 64 * 1024

/**
 * Makes a handler for `node:http`, Express and Connect of one that takes a `Request`, such as `behalf.handleRedirect`.
 * A body parser may have run before. The request's URL has the host `localhost`, whatever host was asked for: the pages
 * know their own address by `callbackUrl`, and what a caller writes into `Host` is not to be believed.
 */
export function toNodeHandler(
  handle: (request: Request) => Promise<Response>,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (incoming, outgoing) => {
    answer(handle, incoming)
      .then((response) => send(outgoing, response))
      .catch(() => {
        // Nearly always the caller has gone, and reads neither.
        if (outgoing.headersSent) outgoing.destroy()
        else outgoing.writeHead(500).end()
      })
  }
}

async function answer(handle: (request: Request) => Promise<Response>, incoming: HandledRequest): Promise<Response> {
  const {originalUrl, url = '/', method = 'GET'} = incoming
  const body = ['GET', 'HEAD'].includes(method) ? undefined : await readBody(incoming)
  if (body === null) return new Response(null, {status: 413, headers: {Connection: 'close'}})
  const target = originalUrl ?? url
  // A proxy's absolute form, or `//host`, is no path of ours.
  if (!/^\/(?!\/)/.test(target) || !URL.canParse(`http://localhost${target}`)) return new Response(null, {status: 400})
  return handle(
    new Request(`http://localhost${target}`, {
      method,
      headers: readHeaders(incoming),
      ...(body !== undefined && {body}),
    }),
  )
}

function readHeaders({rawHeaders}: IncomingMessage): Headers {
  const headers = new Headers()
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '')
  return headers
}

/** As it came, or written again from what a parser made of it. Null: it is too large. */
async function readBody(incoming: HandledRequest): Promise<string | Buffer | undefined | null> {
  if (incoming.readableEnded) return writeAgain(incoming.body, incoming.headers['content-type'] ?? '')
  const chunks: Buffer[] = []
  let bytes = 0
  // Not to be destroyed when it is left early: the answer goes the same way back.
  for await (const chunk of incoming.iterator({destroyOnReturn: false}) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_BODY_BYTES) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function writeAgain(body: unknown, type: string): string | Buffer | undefined {
  if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) return body
  if (!type.includes('x-www-form-urlencoded')) return JSON.stringify(body)
  const pairs = Object.entries(body ?? {}).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one): [string, string] => [name, String(one)]),
  )
  return new URLSearchParams(pairs).toString()
}

async function send(outgoing: ServerResponse, response: Response): Promise<void> {
  outgoing.statusCode = response.status
  for (const [name, value] of response.headers) if (name !== 'set-cookie') outgoing.setHeader(name, value)
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) outgoing.setHeader('Set-Cookie', cookies)
  if (response.body === null) outgoing.end()
  else await pipeline(Readable.fromWeb(response.body), outgoing)
}
