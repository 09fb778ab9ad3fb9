import type {Context} from 'hono'
import {HTTPException} from 'hono/http-exception'
import type {ContentfulStatusCode} from 'hono/utils/http-status'

import {BehalfError} from '../../model/behalf-error.js'
import type {DaemonDeps} from '../daemon-deps.js'
import {HTTP_STATUSES, isOurFault} from '../http-statuses.js'
import {isStoreAway, STORE_AWAY} from '../store-away.js'
import type {ApiEnv} from './api-app.js'
import {balanceJson} from './balance-json.js'

/** What a caller is told of a failure. */
export interface Failure {
  status: ContentfulStatusCode
  /** For programs. */
  code: string
  message: string
  hint?: string | undefined
  /** `login-needed`: what the person is to open. */
  authorizationUrl?: string | undefined
  /** `points-insufficient`: what there is. */
  balance?: BehalfError['balance']
}

const OUR_FAULT = 'The daemon could not do this; its log says why.'

/** What a caller is told of an error. What is not the caller's fault is logged. */
export function explainError(error: unknown, log: DaemonDeps['log']): Failure {
  if (error instanceof HTTPException) {
    const wrongType = error.status === 415
    const message = wrongType ? 'The body has another content type than is taken here.' : 'The body cannot be read.'
    return {status: error.status, code: 'invalid-input', message}
  }
  const known = error instanceof BehalfError ? error : new BehalfError('internal', 'A call failed', {cause: error})
  const {code, message, hint, authorizationUrl, balance} = known
  const status = HTTP_STATUSES[code] as ContentfulStatusCode
  // Told of once, by the schedule.
  if (isStoreAway(known)) return {status, code, message: STORE_AWAY.message}
  if (status >= 500) log.warn('call-failed', {error: known})
  return isOurFault(code)
    ? {status, code, message: OUR_FAULT}
    : {status, code, message, hint, authorizationUrl, balance}
}

/** Answers in the words of the place that was asked: our own below `/api/v1`, OAuth's, and elsewhere TAU's (design 9). */
export function answerFailure(context: Context<ApiEnv>, failure: Failure): Response {
  const {status, code} = failure
  context.header('X-Behalf-Error', code)
  if (status === 401) context.header('WWW-Authenticate', 'Bearer realm="behalf"')
  if (code === 'store-unavailable') context.header('Retry-After', STORE_AWAY.headers['Retry-After'])
  const {path} = context.req
  if (path === '/api/v1' || path.startsWith('/api/v1/')) return context.json(envelopeOf(failure), status)
  if (path === '/oauth2/introspect') return context.json(oauthErrorOf(failure), status)
  return context.json({detail: failure.message, error: failure.message, code}, status)
}

function envelopeOf({status, message, hint, authorizationUrl, balance}: Failure): Record<string, unknown> {
  if (status === 401) return {code: '401', message: 'Unauthorized', error: 'true'}
  const data = balance && {user: balanceJson(balance)}
  return {
    code: String(status),
    message,
    error: 'true',
    ...(hint !== undefined && {hint}),
    ...(authorizationUrl !== undefined && {authorization_url: authorizationUrl}),
    ...(data && {...data, data}),
  }
}

function oauthErrorOf({status, message}: Failure): Record<string, string> {
  const errors: Partial<Record<number, string>> = {401: 'invalid_token', 403: 'insufficient_scope'}
  return {
    error: errors[status] ?? (status < 500 ? 'invalid_request' : 'server_error'),
    error_description: message,
  }
}
