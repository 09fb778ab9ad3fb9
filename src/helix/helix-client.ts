import {Agent as HttpAgent} from 'node:http'
import {Agent as HttpsAgent} from 'node:https'

import type {RequestError} from 'got'

import type {AddressGuard} from '../model/address-guard.js'
import {BehalfError} from '../model/behalf-error.js'
import {UnsentRequest, type HelixCredentials, type HelixRequest, type HelixResponse} from '../model/helix-call.js'
import {SECOND_MS} from '../model/time.js'
import {isTokenRefusal} from '../model/token-refusal.js'

const CONNECT_LIMIT_MS = 5 * SECOND_MS
const ANSWER_LIMIT_MS = 60 * SECOND_MS

/** What a connection says that the other side closed while it was not used. */
const CLOSED_CODES = ['ECONNRESET', 'EPIPE']
/** Where a time limit was reached before the request was written. */
const CONNECTING: readonly string[] = ['lookup', 'connect', 'secureConnect']
const UNREACHED_CODES = ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH']

/**
 * Calls Helix once, over a connection that was kept where there is one: nothing is retried, no redirect followed.
 * A GET is written again when the kept connection turns out to have been closed meanwhile (RFC 9112, 9.3.1).
 * @param addressGuard For an API whose URL was set over HTTP; without one it is not called.
 * @throws BehalfError `unavailable` when no answer came; its cause is an {@link UnsentRequest} if nobody was reached.
 */
export async function callHelix(
  request: HelixRequest,
  credentials: HelixCredentials,
  addressGuard?: AddressGuard,
): Promise<HelixResponse> {
  const {got, RequestError} = await import('got')
  const guard = request.addressesFrom === 'http' ? admit(request, addressGuard) : undefined
  const send = (agents?: Agents) => got(urlOf(request), toGotOptions(request, credentials, agents))
  try {
    const response = await send(guard && findAgents(guard)).catch((error: unknown) => {
      const wasClosed = error instanceof RequestError && error.request?.reusedSocket === true
      if (!wasClosed || !CLOSED_CODES.includes(error.code) || request.method !== 'GET') throw error
      return send(openAgents({keepAlive: false, guard}))
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
    throw unreachable(request, error)
  }
}

interface Agents {
  http: HttpAgent
  https: HttpsAgent
}

function openAgents({keepAlive, guard}: {keepAlive: boolean; guard: AddressGuard | undefined}): Agents {
  const options = {keepAlive, ...(guard && {lookup: guard.lookup})}
  return {http: new HttpAgent(options), https: new HttpsAgent(options)}
}

/** Connections that lead nowhere but where the guard lets them are kept apart from all others. */
const guardedAgents = new WeakMap<AddressGuard, Agents>()

function findAgents(guard: AddressGuard): Agents {
  const agents = guardedAgents.get(guard) ?? openAgents({keepAlive: true, guard})
  guardedAgents.set(guard, agents)
  return agents
}

/** @throws BehalfError `unavailable` when the API's host is an address that may not be reached. */
function admit({apiUrl}: HelixRequest, guard: AddressGuard | undefined): AddressGuard {
  if (!guard) throw new BehalfError('internal', 'A URL set over HTTP was to be called without a guard')
  const refusal = guard.refuse(new URL(apiUrl).hostname.replace(/^\[|\]$/g, ''))
  if (!refusal) return guard
  throw new BehalfError('unavailable', `${refusal.message}.`, {cause: new UnsentRequest(refusal.message)})
}

const urlOf = ({apiUrl, path, query}: HelixRequest): string => `${apiUrl}${path}${query === '' ? '' : `?${query}`}`

function toGotOptions({method, body}: HelixRequest, credentials: HelixCredentials, agents: Agents | undefined) {
  return {
    method,
    headers: {
      authorization: `Bearer ${credentials.accessToken.reveal()}`,
      'client-id': credentials.clientId,
      'user-agent': 'behalf',
      accept: 'application/json, */*;q=0.5',
      ...(body !== undefined && {'content-type': 'application/json'}),
    },
    ...(body !== undefined && {body}),
    ...(agents && {agent: agents}),
    retry: {limit: 0},
    followRedirect: false,
    throwHttpErrors: false,
    timeout: {
      lookup: CONNECT_LIMIT_MS,
      connect: CONNECT_LIMIT_MS,
      secureConnect: CONNECT_LIMIT_MS,
      request: ANSWER_LIMIT_MS,
    },
  }
}

const pairHeaders = (raw: readonly string[]): [string, string][] =>
  raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : []))

/** The error of got has the request with its token in it, and goes no further. */
function unreachable(request: HelixRequest, error: RequestError): BehalfError {
  const wasConnecting = 'event' in error && CONNECTING.includes(String(error.event))
  const unsent = wasConnecting || UNREACHED_CODES.includes(error.code)
  const unknown = unsent || request.method === 'GET' ? '' : ' Whether the call was carried out is not known.'
  return new BehalfError('unavailable', `${new URL(request.apiUrl).host} did not answer (${error.code}).${unknown}`, {
    hint: 'Check the network, then try again.',
    ...(unsent && {cause: new UnsentRequest(error.code)}),
  })
}

/** `name=value` pairs as a query string; a `+` in a value stays a plus. */
export const encodeQuery = (pairs: readonly (readonly [string, string])[]): string =>
  pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')
