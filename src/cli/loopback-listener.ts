import {once} from 'node:events'
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import {setTimeout as wait} from 'node:timers/promises'

import {BehalfError} from '../model/behalf-error.js'
import {PAGE_HEADERS, renderCallbackPage, type CallbackPage} from '../model/callback-page.js'

/** The browser has come back. */
export interface LoopbackCallback {
  query: URLSearchParams
  /** Shows the page and resolves when the browser has it, or is gone. */
  answer(page: CallbackPage): Promise<void>
}

export interface LoopbackListener {
  /** The first callback there is; later ones are turned away. Rejects when `signal` aborts. */
  waitForCallback(signal: AbortSignal): Promise<LoopbackCallback>
  /** Lets go of the port. Idempotent. */
  close(): Promise<void>
}

const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]'])
const REQUEST_TIMEOUT_MS = 10_000
/** How long connections may end by themselves. Browsers also open some ahead of need, and never say a word on them. */
const LINGER_MS = 200

/**
 * Listens where the redirect URI leads (RFC 8252 7.3). On 127.0.0.1 and ::1 both, for `localhost` may mean either,
 * and a neighbour on the other one would get the codes; a machine without IPv6 is fine.
 * @throws BehalfError `configuration` for a redirect URI that leads elsewhere, `callback-port-taken`.
 */
export async function listenForCallback(redirectUri: string): Promise<LoopbackListener> {
  const target = new URL(redirectUri)
  if (target.protocol !== 'http:' || !LOOPBACK_HOSTS.has(target.hostname)) {
    throw new BehalfError('configuration', `The redirect URI ${redirectUri} does not lead back to this command.`, {
      hint: 'Log in with --paste or --device, or set BEHALF_CALLBACK_URL to an http://localhost address.',
    })
  }
  let deliver: (callback: LoopbackCallback) => void = () => undefined
  const arrived = new Promise<LoopbackCallback>((resolve) => (deliver = resolve))
  const handle = handleOneCallback(target, deliver)
  const servers: Server[] = []
  const close = async () => {
    await Promise.all(servers.splice(0).map(closeServer))
  }
  try {
    const port = Number(target.port || 80)
    servers.push(await listen(handle, {host: '127.0.0.1', port}))
    const onIPv6 = await listen(handle, {host: '::1', port, ipv6Only: true}).catch(ignoreMissingIPv6)
    if (onIPv6) servers.push(onIPv6)
  } catch (error) {
    await close()
    throw portTaken(redirectUri, error)
  }
  return {
    waitForCallback: (signal) => unlessAborted(arrived, signal),
    close,
  }
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  let fail: () => void = () => undefined
  const aborted = new Promise<never>((_, reject) => {
    fail = () => {
      reject(signal.reason as Error)
    }
  })
  signal.addEventListener('abort', fail, {once: true})
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', fail)
  }
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** Only a GET of the callback path that says how the login went is a callback: favicons and strays do not end the wait. */
function handleOneCallback(target: URL, deliver: (callback: LoopbackCallback) => void): Handler {
  let taken = false
  return (request, response) => {
    const answer = (page: CallbackPage, headers?: Record<string, string>) => send(request, response, page, headers)
    if (request.headers.host?.toLowerCase() !== target.host) return void answer(MISDIRECTED)
    const [path, query = ''] = splitOnce(request.url ?? '', '?')
    if (path !== target.pathname) return void answer(NOT_FOUND)
    if (request.method !== 'GET') return void answer(WRONG_METHOD, {Allow: 'GET'})
    const parameters = new URLSearchParams(query)
    if (!parameters.has('code') && !parameters.has('error')) return void answer(NO_ANSWER)
    if (taken) return void answer(ALREADY)
    taken = true
    deliver({query: parameters, answer})
  }
}

const MISDIRECTED = {status: 421, title: 'Wrong address', text: 'This is not the host that is waiting for a login.'}
const NOT_FOUND = {status: 404, title: 'Nothing here', text: 'Only the end of a login is answered here.'}
const WRONG_METHOD = {status: 405, title: 'Not like this', text: 'Only GET is answered here.'}
const NO_ANSWER = {
  status: 400,
  title: 'Nothing to do yet',
  text: 'There is no answer of the provider in this address. The login is still waiting for it.',
}
const ALREADY = {
  status: 409,
  title: 'Already answered',
  text: 'This login has had its answer. Look at the terminal to see how it went.',
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  page: CallbackPage,
  headers: Record<string, string> = {},
): Promise<void> {
  const closed = new Promise<void>((resolve) => response.once('close', resolve))
  request.resume()
  response.writeHead(page.status, {...PAGE_HEADERS, ...headers})
  response.end(request.method === 'HEAD' ? undefined : renderCallbackPage(page))
  await closed
}

async function listen(handle: Handler, options: {host: string; port: number; ipv6Only?: boolean}): Promise<Server> {
  const server = createServer({requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS}, handle)
  server.listen(options)
  await once(server, 'listening')
  return server
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  await Promise.race([closed, wait(LINGER_MS, undefined, {ref: false})])
  server.closeAllConnections()
  await closed
}

function ignoreMissingIPv6(error: unknown): undefined {
  if (codeOf(error) !== 'EADDRNOTAVAIL' && codeOf(error) !== 'EAFNOSUPPORT') throw error
}

function portTaken(redirectUri: string, cause: unknown): BehalfError {
  const code = codeOf(cause)
  const why =
    code === 'EADDRINUSE'
      ? 'another program is listening there'
      : code === 'EACCES'
        ? 'this user may not listen there'
        : cause instanceof Error
          ? cause.message
          : String(cause)
  return new BehalfError('callback-port-taken', `Cannot wait for the login at ${redirectUri}: ${why}.`, {
    hint:
      'Stop that program; or log in with --paste or --device; or set BEHALF_CALLBACK_URL to a URL with another port, ' +
      'and register it at the provider.',
    cause,
  })
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}
