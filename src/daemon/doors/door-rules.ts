import type {IncomingMessage} from 'node:http'

import type {DaemonSettings} from '../daemon-deps.js'

/** Why a request gets no further than the door. */
export interface Refusal {
  status: number
  /** For programs. */
  code: string
  /** What is wrong, for people. */
  message: string
  headers?: Readonly<Record<string, string>>
  /** What the person is to open whose account needs a login. */
  authorizationUrl?: string
}

/** What of a request the door looks at. */
export interface DoorRequest {
  method: string
  /** The request target as it was sent. */
  target: string
  httpVersion: string
  /** Every value of each header. */
  headers: Readonly<Record<string, readonly string[] | undefined>>
  /** The address that the client connected to; undefined on the Unix socket. */
  localAddress: string | undefined
}

type Settings = Pick<DaemonSettings, 'listen' | 'publicUrl' | 'corsOrigins'>

export const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]']
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

export function describeRequest(request: IncomingMessage): DoorRequest {
  return {
    method: request.method ?? '',
    target: request.url ?? '',
    httpVersion: request.httpVersion,
    headers: request.headersDistinct,
    localAddress: plainAddress(request.socket.localAddress),
  }
}

/** IPv4 as a socket that takes both calls it. */
const plainAddress = (address: string | undefined): string | undefined =>
  address?.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address

/**
 * Framing that Node's parser lets pass and another server on the way may have read differently (RFC 9112 6.1, 6.3):
 * such a request ends its connection.
 */
export function checkFraming({headers, httpVersion}: DoorRequest): Refusal | undefined {
  const codings = headers['transfer-encoding']
  if (codings !== undefined && (httpVersion !== '1.1' || codings.join().toLowerCase() !== 'chunked')) {
    return refuse(400, 'bad-request', 'Only HTTP/1.1 with the transfer coding “chunked” is understood here.')
  }
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return refuse(505, 'bad-request', 'HTTP/1.1 is spoken here.')
  if (headers.host === undefined && httpVersion === '1.1') return refuse(400, 'bad-request', 'There is no Host.')
  if ((headers.host?.length ?? 0) > 1) return refuse(400, 'bad-request', 'There is more than one Host.')
  return undefined
}

/** The path and query of the request target, in either of its forms; undefined for what names another host, or nothing. */
export function readTarget({target, headers}: DoorRequest): {host: string | undefined; path: string} | undefined {
  // RFC 9112 3.2.1: what all but proxies are sent.
  if (target.startsWith('/')) return target.includes('#') ? undefined : {host: headers.host?.[0], path: target}
  const [, authority, rest] = /^https?:\/\/([^/?#]+)(.*)$/is.exec(target) ?? []
  const path = authority === undefined ? target : rest?.startsWith('/') ? rest : `/${rest ?? ''}`
  if (!path.startsWith('/') || path.includes('#')) return undefined
  // RFC 9112 3.2.2: the host of an absolute target counts, and Host does not.
  return {host: authority ?? headers.host?.[0], path}
}

/**
 * The names under which this daemon is meant: a page elsewhere that has a name of its own lead to this machine (DNS
 * rebinding) sends its own. Whoever can open the socket is no web page.
 */
export function checkHost(host: string | undefined, request: DoorRequest, settings: Settings): Refusal | undefined {
  if (request.localAddress === undefined) return undefined
  const name = hostnameOf(host ?? '')
  if (name !== undefined && isOwnName(name, request.localAddress, settings)) return undefined
  return refuse(421, 'misdirected', 'This host is not served here. Name it with --public-url if it should be.')
}

/** Pages from elsewhere may neither change anything nor be told in advance that they could. */
export function checkOrigin(host: string | undefined, request: DoorRequest, settings: Settings): Refusal | undefined {
  const origins = request.headers.origin ?? []
  if (origins.length === 0 || (SAFE_METHODS.has(request.method) && !isPreflight(request))) return undefined
  if (origins.length === 1 && origins.every((origin) => isWelcome(origin, host, request, settings))) return undefined
  return refuse(
    403,
    'foreign-origin',
    'Pages of this origin may not call here. Allow it with --cors-origin if it should.',
  )
}

/** What a browser asks before it sends what a form could not. */
export const isPreflight = ({method, headers}: DoorRequest): boolean =>
  method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined

/** Where origins were named: what lets a page of one of them read the answer, and nobody else. */
export function corsHeaders({headers}: DoorRequest, {corsOrigins}: Settings): Record<string, string> {
  const [origin, ...others] = headers.origin ?? []
  if (origin === undefined || others.length > 0 || !corsOrigins.includes(origin)) return {Vary: 'Origin'}
  return {
    Vary: 'Origin',
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Expose-Headers':
      'Ratelimit-Limit, Ratelimit-Remaining, Ratelimit-Reset, Retry-After, WWW-Authenticate, X-Behalf-Authorization-Url, X-Behalf-Error',
  }
}

/** The answer to a preflight of an origin that was named. */
export const PREFLIGHT_HEADERS: Readonly<Record<string, string>> = {
  'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
  'Access-Control-Allow-Headers':
    'Accept, Authorization, Client-Id, Content-Type, Idempotency-Key, X-Behalf-Of, X-TAU-On-Behalf-Of',
  'Access-Control-Max-Age': '600',
}

function isWelcome(origin: string, host: string | undefined, request: DoorRequest, settings: Settings): boolean {
  if (settings.corsOrigins.includes(origin) || origin === settings.publicUrl) return true
  // Its own pages. The socket's callers choose their Host themselves, so it says nothing there; under the public name
  // its pages are those of the public address alone, and what stands there without TLS may be anybody's.
  const name = request.localAddress === undefined ? undefined : hostnameOf(host ?? '')
  if (host === undefined || name === undefined) return false
  if (isPublicName(name, settings) && !LOOPBACK_NAMES.includes(name)) return false
  return origin === `http://${host.toLowerCase()}`
}

const isPublicName = (name: string, {publicUrl}: Pick<Settings, 'publicUrl'>): boolean =>
  publicUrl !== undefined && new URL(publicUrl).hostname === name

function isOwnName(name: string, localAddress: string, settings: Settings): boolean {
  const address = localAddress.includes(':') ? `[${localAddress}]` : localAddress
  if (name === address || name === settings.listen.host || LOOPBACK_NAMES.includes(name)) return true
  return isPublicName(name, settings)
}

/** Without the port, which a tunnel may change; undefined when it is none. */
function hostnameOf(host: string): string | undefined {
  if (!/^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i.test(host)) return undefined
  return host.replace(/:\d+$/, '').toLowerCase()
}

const refuse = (status: number, code: string, message: string): Refusal => ({status, code, message})
