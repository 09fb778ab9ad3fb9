import type {IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeader} from 'node:http'

/** Names of headers and beginnings of names, in lower case. */
interface AllowList {
  names: ReadonlySet<string>
  prefixes: readonly string[]
}

/**
 * What of a request reaches the API. Whatever says who the caller is stays here: `Authorization`, `Cookie`,
 * `X-Behalf-*`, keys, addresses (`Forwarded`), and so does what would change the method behind the scope's back.
 */
const TO_API: AllowList = {
  names: new Set([
    'accept',
    'accept-encoding',
    'accept-language',
    'cache-control',
    'content-disposition',
    'content-encoding',
    'content-language',
    'content-md5',
    'content-range',
    'content-type',
    'digest',
    'idempotency-key',
    'if-match',
    'if-modified-since',
    'if-none-match',
    'if-range',
    'if-unmodified-since',
    'pragma',
    'prefer',
    'range',
    'user-agent',
    // GitHub's version of its API, Discord's reason for the audit log, Google's resumable uploads.
    'x-audit-log-reason',
    'x-github-api-version',
    'x-upload-content-length',
    'x-upload-content-type',
  ]),
  prefixes: [],
}

/**
 * What of an answer reaches the caller. Not `Set-Cookie`, nor anything by which an API could speak for this origin
 * (CORS, HSTS, `Clear-Site-Data`) or to a proxy before the daemon (`X-Accel-Redirect`).
 */
const TO_CALLER: AllowList = {
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
  prefixes: ['ratelimit', 'x-ratelimit-', 'x-rate-limit-', 'x-github-', 'x-goog-', 'x-guploader-'],
}

/** An answer must do nothing in a browser that was led to it, and must not be kept for another account. */
const ADDED_TO_ANSWERS = [
  'X-Content-Type-Options',
  'nosniff',
  'Content-Security-Policy',
  "sandbox; default-src 'none'; frame-ancestors 'none'",
]
const VARIES_BY = 'Authorization, X-Behalf-Of, X-TAU-On-Behalf-Of'

/** Names and values by turns, for the API. What is about the body's length is not among them. */
export function headersToApi({rawHeaders, headers}: IncomingMessage): string[] {
  const dropped = namedByConnection(headers.connection)
  const kept: string[] = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? ''
    if (isAllowed(TO_API, name) && !dropped?.has(name)) kept.push(name, rawHeaders[index + 1] ?? '')
  }
  if (headers['user-agent'] === undefined) kept.push('user-agent', 'behalf')
  return kept
}

/** Names and values by turns, for the caller. @param varies what the answer is known to vary by already. */
export function headersToCaller(headers: IncomingHttpHeaders, varies: OutgoingHttpHeader | undefined): string[] {
  const dropped = namedByConnection(headers.connection)
  const kept: string[] = []
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name === 'vary' || !isAllowed(TO_CALLER, name) || dropped?.has(name)) continue
    for (const one of Array.isArray(value) ? value : [value]) kept.push(name, one)
  }
  kept.push('Vary', [varies, headers.vary, VARIES_BY].filter((names) => names !== undefined).join(', '))
  kept.push(...ADDED_TO_ANSWERS)
  return kept
}

const isAllowed = ({names, prefixes}: AllowList, name: string): boolean =>
  names.has(name) || prefixes.some((prefix) => name.startsWith(prefix))

/** RFC 9110 7.6.1: what `Connection` names goes no further. */
function namedByConnection(connection: string | string[] | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined
  return new Set(
    String(connection)
      .toLowerCase()
      .split(/[\s,]+/),
  )
}
