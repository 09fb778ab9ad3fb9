import {textOf, type JsonAnswer} from '../json-answer.js'
import type {DialectRules} from './dialect.js'
import {rfcDialect} from './rfc.js'
import {withSpacedScopes} from './spaced-scopes.js'

/** GitHub's names for what the RFCs know under other ones. */
const rfcErrors: Readonly<Record<string, string>> = {
  bad_refresh_token: 'invalid_grant',
  bad_verification_code: 'invalid_grant',
  incorrect_client_credentials: 'invalid_client',
  incorrect_device_code: 'expired_token',
}

export const githubDialect: DialectRules = {
  ...rfcDialect,
  toRfc: (answer) => (typeof answer.body.error === 'string' ? withRfcError(answer) : withSpacedScopes(answer)),
  // A device-flow client may have no secret, and none is asked for.
  device: {scopeParameter: 'scope', authenticates: false},
  identity: {userId: ['id'], login: ['login'], displayName: ['name']},
  revocation: {
    takes: ['access_token'],
    // REST API, "Delete an app token".
    buildRequest: (provider, revokeUrl, token) => ({
      method: 'DELETE',
      url: `${revokeUrl}/${encodeURIComponent(provider.clientId)}/token`,
      headers: {
        accept: 'application/vnd.github+json',
        'content-type': 'application/json',
        authorization: `Basic ${btoa(`${provider.clientId}:${provider.clientSecret?.reveal() ?? ''}`)}`,
      },
      body: JSON.stringify({access_token: token.reveal()}),
    }),
    deadStatuses: [404, 422],
  },
}

/** Errors of the token endpoint come with status 200. */
function withRfcError(answer: JsonAnswer): JsonAnswer {
  const error = textOf(answer.body.error)
  const status = answer.status === 200 ? 400 : answer.status
  return {status, body: {...answer.body, error: Object.hasOwn(rfcErrors, error) ? rfcErrors[error] : error}}
}
