import type {IncomingMessage, ServerResponse} from 'node:http'

import type {BehalfError} from '../../model/behalf-error.js'
import {HTTP_STATUSES} from '../http-statuses.js'
import {CallFailure} from './call-failure.js'

/** What a caller is told of a fault that is not its own, and that only the log may describe. */
const OUR_FAULT = 'The daemon could not do this; its log says why.'

/**
 * Answers with a failure of our own, in the shape that clients of TAU know (design 9).
 * @returns the status that was sent.
 */
export function sendFailure(request: IncomingMessage, response: ServerResponse, error: BehalfError): number {
  const status = statusOf(error)
  if (response.headersSent) {
    // Only a broken connection tells a caller that the rest of an answer is missing.
    response.destroy()
    return status
  }
  const detail = describe(error, status)
  const body = JSON.stringify({detail, error: detail, code: error.code})
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'X-Behalf-Error': error.code,
    ...(status === 401 && {'WWW-Authenticate': 'Bearer realm="behalf"'}),
    ...(error instanceof CallFailure && error.headers),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
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
  return isOurFault(error, status) ? OUR_FAULT : error.message
}

/** Such messages name files and settings of this machine. */
const isOurFault = ({code}: BehalfError, status: number): boolean =>
  status === 500 || code.startsWith('store-') || code === 'lock-timeout'
