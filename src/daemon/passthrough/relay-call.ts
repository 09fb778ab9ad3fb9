import type {IncomingMessage, ServerResponse} from 'node:http'

import type {ApiCredentials} from '../../broker/call-as-account.js'
import {BehalfError} from '../../model/behalf-error.js'
import type {Provider} from '../../model/provider.js'
import type {Presence} from '../doors/presence.js'
import type {CallBody} from './call-body.js'
import type {CallSlots} from './call-slots.js'
import {CallerGone, Exchange, type ExchangeEnd, type ExchangeParts} from './exchange.js'
import {explainUpstreamError} from './explain-upstream-error.js'
import {headersToApi} from './forwarded-headers.js'
import type {PermittedCall} from './permit-call.js'
import type {Upstreams} from './upstreams.js'

/** A call, with the caller that waits for its answer. */
export interface CallInHand {
  permitted: PermittedCall
  request: IncomingMessage
  response: ServerResponse
  presence: Presence
  body: CallBody
}

export interface RelayParts {
  upstreams: Upstreams
  slots: CallSlots
  stallMs: number
}

/** RFC 9110 9.2.1: nothing is changed by sending these twice. */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/** How a call is sent with a token, and sent again with another one if that is refused. */
export function createSender(
  parts: RelayParts,
  call: CallInHand,
): (credentials: ApiCredentials) => Promise<ExchangeEnd> {
  const {provider, origin} = call.permitted
  let earlier: Promise<ExchangeEnd> | undefined
  return (credentials) => {
    // The refused token has been replaced by now: whoever sends the call again will have more luck.
    if (earlier && !call.body.isRepeatable) return earlier.then((refused) => ({...refused, tokenRefused: false}))
    if (credentials.apiOrigin !== origin) throw leavesHome(provider)
    const headers = headersToApi(call.request, provider)
    addCredentials(headers, provider, credentials)
    earlier = sendInTurn(parts, call, headers, () => headers)
    return earlier
  }
}

/**
 * One exchange, once there is room for it.
 * @param again the headers, where a connection that was kept turns out to be closed and the call may be written again.
 */
export async function sendInTurn(
  parts: RelayParts,
  call: CallInHand,
  headers: string[],
  again: (() => string[] | Promise<string[]>) | undefined,
): Promise<ExchangeEnd> {
  const {slots, upstreams} = parts
  if (!slots.take()) await slots.wait(call.presence)
  try {
    const first = dispatch(parts, call, headers)
    try {
      return await first.ended
    } catch (error) {
      const isWorthAnother = isSafe(call) && !first.hasBegun && upstreams.wasUsedConnection(error)
      if (!isWorthAnother || !again) throw error
      return await dispatch(parts, call, await again()).ended
    }
  } catch (error) {
    if (!(error instanceof Error) || error instanceof CallerGone) throw error
    throw explainUpstreamError(new URL(call.permitted.origin).host, error)
  } finally {
    slots.giveBack()
  }
}

function addCredentials(headers: string[], {dialect}: Provider, {accessToken, clientId}: ApiCredentials): void {
  headers.push('authorization', `Bearer ${accessToken.reveal()}`)
  if (dialect === 'twitch') headers.push('client-id', clientId)
}

const isSafe = ({permitted, body}: CallInHand): boolean => SAFE_METHODS.has(permitted.method) && body.isRepeatable

function dispatch({upstreams, stallMs}: RelayParts, call: CallInHand, headers: string[]): Exchange {
  const {response, presence, body} = call
  const {provider, origin, target, method} = call.permitted
  if (presence.isGone) throw new CallerGone()
  const parts: ExchangeParts = {dialect: provider.dialect, response, presence, stallMs}
  const exchange = new Exchange(parts)
  const {contentLength} = body
  upstreams.poolOf(origin, provider).dispatch(
    {
      path: target,
      method,
      headers: contentLength === undefined ? headers : [...headers, 'content-length', String(contentLength)],
      body: body.open(),
    },
    exchange,
  )
  return exchange
}

export const leavesHome = ({name}: Provider): BehalfError =>
  new BehalfError('login-needed', `The account was authorized for another API URL than ${name} has now.`)
