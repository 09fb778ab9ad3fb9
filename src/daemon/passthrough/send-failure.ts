import type {IncomingMessage, ServerResponse} from 'node:http'

import type {BehalfError} from '../../model/behalf-error.js'
import type {Refusal} from '../doors/door-rules.js'
import {answerRefusal, refuseRequest} from '../doors/refuse-request.js'
import {HTTP_STATUSES} from '../http-statuses.js'
import {isStoreAway, STORE_AWAY} from '../store-away.js'
import {CallFailure} from './call-failure.js'

/** What a caller is told of a fault that is not its own: the reason may name files and settings of this machine. */
const OUR_FAULT = 'The daemon could not do this; its log says why.'

/** So much of a body that nobody wants is read, to go on with the connection; for more it is ended. */
const DISCARDED_BYTES = 64 * 1024

/**
 * Answers with a failure of our own, in the shape that clients of TAU know (design 9); ends the connection where an
 * answer has begun, for nothing else tells a caller that the rest is missing.
 * @returns the status that was sent.
 */
export function sendFailure(response: ServerResponse, error: BehalfError): number {
  const status = statusOf(error)
  const headers = {
    ...(status === 401 && {'WWW-Authenticate': 'Bearer realm="behalf"'}),
    ...(isStoreAway(error) && STORE_AWAY.headers),
    ...(error instanceof CallFailure && error.headers),
  }
  const {authorizationUrl} = error
  const refusal: Refusal = {
    status,
    code: error.code,
    message: describe(error, status),
    headers,
    ...(authorizationUrl !== undefined && {authorizationUrl}),
  }
  if (isSoonRead(response.req)) answerRefusal(response, refusal)
  else refuseRequest(response, refusal)
  return status
}

function statusOf(error: BehalfError): number {
  if (error instanceof CallFailure) return error.httpStatus
  // Here it is the provider that could not be reached for a new token.
  return error.code === 'unavailable' ? 502 : HTTP_STATUSES[error.code]
}

function describe(error: BehalfError, status: number): string {
  if (status === 401) return 'You must be logged into access this endpoint.'
  if (status === 404) return 'Not found.'
  if (isStoreAway(error)) return STORE_AWAY.message
  const isOurFault = status === 500 || error.code.startsWith('store-') || error.code === 'lock-timeout'
  return isOurFault ? OUR_FAULT : error.message
}

/** Whether what is left of the request is nothing, or little that comes by itself. */
function isSoonRead({complete, headers}: IncomingMessage): boolean {
  if (complete || (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined)) return true
  return headers.expect === undefined && Number(headers['content-length'] ?? Infinity) <= DISCARDED_BYTES
}
