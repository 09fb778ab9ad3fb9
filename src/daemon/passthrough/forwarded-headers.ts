import type {IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeader} from 'node:http'

import {API_REQUEST_HEADERS} from '../../model/api-request-headers.js'
import type {Provider} from '../../model/provider.js'

/**
 * What of an answer reaches the caller. Not `Set-Cookie`, nor anything by which an API could speak for this origin
 * (CORS, HSTS, `Clear-Site-Data`) or to a proxy before the daemon (`X-Accel-Redirect`).
 */
const TO_CALLER = {
  names: new Set([
    'accept-ranges',
    'age',
    'allow',
    'cache-control',
    'content-disposition',
    'content-encoding',
    'content-language',
    'content-length',
    'content-location',
    'content-range',
    'content-type',
    'date',
    'deprecation',
    'etag',
    'expires',
    'last-modified',
    'link',
    'location',
    'range',
    'retry-after',
    'sunset',
    'vary',
    'warning',
    'www-authenticate',
    'x-accepted-oauth-scopes',
    'x-oauth-scopes',
    'x-request-id',
    'x-total-count',
    'trackingid',
  ]),
  prefixed: /^(?:ratelimit|x-ratelimit-|x-rate-limit-|x-github-|x-goog-|x-guploader-)/,
}

/** An answer must do nothing in a browser that was led to it, and must not be kept for another account. */
const ADDED_TO_ANSWERS = [
  'X-Content-Type-Options',
  'nosniff',
  'Content-Security-Policy',
  "sandbox; default-src 'none'; frame-ancestors 'none'",
]
const VARIES_BY = 'Authorization, X-Behalf-Of, X-TAU-On-Behalf-Of'

/**
 * Names and values by turns, for the API: the caller's, and those that the service wants with every request where the
 * caller does not say otherwise. What is about the body's length is not among them.
 */
export function headersToApi(
  {rawHeaders, headers}: IncomingMessage,
  {requestHeaders}: Pick<Provider, 'requestHeaders'>,
): string[] {
  const dropped = namedByConnection(headers.connection)
  const kept: string[] = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? ''
    const isAllowed = API_REQUEST_HEADERS.has(name) || (requestHeaders && Object.hasOwn(requestHeaders, name))
    if (isAllowed && !dropped?.has(name)) kept.push(name, rawHeaders[index + 1] ?? '')
  }
  for (const name in requestHeaders) if (headers[name] === undefined) kept.push(name, requestHeaders[name] ?? '')
  const hasAgent = headers['user-agent'] !== undefined || requestHeaders?.['user-agent'] !== undefined
  if (!hasAgent) kept.push('user-agent', 'behalf')
  return kept
}

/** Names and values by turns, for the caller. @param varies what the answer is known to vary by already. */
export function headersToCaller(headers: IncomingHttpHeaders, varies: OutgoingHttpHeader | undefined): string[] {
  const dropped = namedByConnection(headers.connection)
  const kept: string[] = []
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined || name === 'vary' || !reachesCaller(name) || dropped?.has(name)) continue
    if (typeof value === 'string') kept.push(name, value)
    else for (const one of value) kept.push(name, one)
  }
  const isPlain = varies === undefined && headers.vary === undefined
  kept.push('Vary', isPlain ? VARIES_BY : [varies, headers.vary, VARIES_BY].filter(Boolean).join(', '))
  kept.push(...ADDED_TO_ANSWERS)
  return kept
}

const reachesCaller = (name: string): boolean => TO_CALLER.names.has(name) || TO_CALLER.prefixed.test(name)

/** RFC 9110 7.6.1: what `Connection` names goes no further. */
function namedByConnection(connection: string | string[] | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined
  return new Set(
    String(connection)
      .toLowerCase()
      .split(/[\s,]+/),
  )
}
