import {BehalfError} from '../model/behalf-error.js'
import type {HelixCredentials, HelixRequest, HelixResponse} from '../model/helix-call.js'
import {SECOND_MS} from '../model/time.js'

const CONNECT_LIMIT_MS = 5 * SECOND_MS
const ANSWER_LIMIT_MS = 60 * SECOND_MS

/**
 * Calls Helix once: nothing is retried, no redirect followed.
 * @throws BehalfError `unavailable` when no answer came.
 */
export async function callHelix(request: HelixRequest, credentials: HelixCredentials): Promise<HelixResponse> {
  const {got, RequestError} = await import('got')
  const url = `${request.apiUrl}${request.path}${request.query === '' ? '' : `?${request.query}`}`
  try {
    const response = await got(url, {
      method: request.method,
      headers: {
        authorization: `Bearer ${credentials.accessToken.reveal()}`,
        'client-id': credentials.clientId,
        'user-agent': 'behalf',
        accept: 'application/json, */*;q=0.5',
        ...(request.body !== undefined && {'content-type': 'application/json'}),
      },
      ...(request.body !== undefined && {body: request.body}),
      retry: {limit: 0},
      followRedirect: false,
      throwHttpErrors: false,
      timeout: {
        lookup: CONNECT_LIMIT_MS,
        connect: CONNECT_LIMIT_MS,
        secureConnect: CONNECT_LIMIT_MS,
        request: ANSWER_LIMIT_MS,
      },
    })
    return {
      status: response.statusCode,
      statusText: response.statusMessage ?? '',
      headers: pairHeaders(response.rawHeaders),
      body: response.body,
      tokenRefused: isTokenRefusal(response.statusCode, response.body),
    }
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    throw unreachable(request, new URL(url).host, error.code)
  }
}

/** Facts 3.2: `Invalid OAuth token` alone means expired, revoked or wrong. */
function isTokenRefusal(status: number, body: string): boolean {
  if (status !== 401) return false
  try {
    const answer: unknown = JSON.parse(body)
    const message = typeof answer === 'object' && answer !== null && 'message' in answer ? answer.message : undefined
    return typeof message === 'string' && message.toLowerCase() === 'invalid oauth token'
  } catch {
    return false
  }
}

const pairHeaders = (raw: readonly string[]): [string, string][] =>
  raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : []))

function unreachable(request: HelixRequest, host: string, code: string): BehalfError {
  const unknown = request.method === 'GET' ? '' : ' Whether the call was carried out is not known.'
  return new BehalfError('unavailable', `${host} did not answer (${code}).${unknown}`, {
    hint: 'Check the network, then try again.',
  })
}

/** `name=value` pairs as a query string; a `+` in a value stays a plus. */
export const encodeQuery = (pairs: readonly (readonly [string, string])[]): string =>
  pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')
