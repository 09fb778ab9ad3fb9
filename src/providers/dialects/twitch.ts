import {isConfidential} from '../../model/provider.js'
import {DAY_MS} from '../../model/time.js'
import {textOf, type JsonAnswer} from '../json-answer.js'
import type {ClientFault} from '../provider-client.js'
import {buildFormRequest, type DialectRules} from './dialect.js'
import {rfcDialect} from './rfc.js'

/** Twitch says what is wrong in `message`, in varying case; `error`, if present, is the HTTP reason phrase. */
const errorOfMessage: Readonly<Record<string, string>> = {
  'missing client secret': 'invalid_client',
  'invalid client secret': 'invalid_client',
  'invalid client': 'invalid_client',
  'invalid client credentials': 'invalid_client',
  'invalid authorization code': 'invalid_grant',
  'parameter redirect_uri does not match registered uri': 'redirect_uri_mismatch',
  authorization_pending: 'authorization_pending',
  slow_down: 'slow_down',
  access_denied: 'access_denied',
  authorization_declined: 'access_denied',
  expired_token: 'expired_token',
  // Unknown or exchanged before, and in all likelihood also expired.
  'invalid device code': 'expired_token',
  'invalid token': 'invalid_token',
}

/** What each refusal of the client is about. */
const faultOfMessage: Readonly<Record<string, ClientFault>> = {
  'invalid client': 'client-id',
  'invalid client secret': 'client-secret',
  'missing client secret': 'secret-missing',
  'invalid client credentials': 'secret-given',
}

/** The refusals of a refresh token count with these statuses only (design 7, rule 4). */
const refreshRefusals: readonly string[] = ['invalid refresh token', 'invalid grant']
const REFUSING_STATUSES: readonly number[] = [400, 401]

export const twitchDialect: DialectRules = {
  ...rfcDialect,
  toRfc: (answer) => (answer.status < 400 ? withoutZeroLife(answer) : withRfcError(answer)),
  // No secret when asking for a device code or polling, also for applications that have one.
  device: {scopeParameter: 'scopes', authenticates: false},
  refreshTokenLifeMs: (provider) => (isConfidential(provider) ? undefined : 30 * DAY_MS),
  demandsSecretAtRefresh: true,
  faultOfClient: (words) => (Object.hasOwn(faultOfMessage, words) ? faultOfMessage[words] : undefined),
  validationScheme: 'OAuth',
  identifyBy: 'validate',
  revocation: {
    takes: ['access_token'],
    buildRequest: (provider, revokeUrl, token) =>
      buildFormRequest(revokeUrl, {client_id: provider.clientId, token: token.reveal()}),
    deadStatuses: [],
  },
}

/** Very old applications get tokens that never expire, announced as 0. */
function withoutZeroLife(answer: JsonAnswer): JsonAnswer {
  const {expires_in: expiresIn, ...rest} = answer.body
  const isZero = expiresIn === 0 || Number(textOf(expiresIn) || NaN) === 0
  return isZero ? {...answer, body: rest} : answer
}

function withRfcError(answer: JsonAnswer): JsonAnswer {
  const {message} = answer.body
  if (typeof message !== 'string') return answer
  const error = findError(message.trim().toLowerCase(), answer.status)
  return {...answer, body: {...answer.body, ...(error !== undefined && {error}), error_description: message}}
}

function findError(message: string, status: number): string | undefined {
  if (refreshRefusals.includes(message)) return REFUSING_STATUSES.includes(status) ? 'invalid_grant' : undefined
  if (message.startsWith('invalid scope requested')) return 'invalid_scope'
  return Object.hasOwn(errorOfMessage, message) ? errorOfMessage[message] : undefined
}
