import {textOf} from '../json-answer.js'
import type {DialectRules} from './dialect.js'
import {rfcDialect} from './rfc.js'

/** OpenID Connect knows the first three at the authorization page only; here they refuse a refresh until someone logs in. */
const rfcErrors: Readonly<Record<string, string>> = {
  interaction_required: 'invalid_grant',
  login_required: 'invalid_grant',
  consent_required: 'invalid_grant',
  authorization_declined: 'access_denied',
  bad_verification_code: 'expired_token',
}

export const microsoftDialect: DialectRules = {
  ...rfcDialect,
  toRfc(answer) {
    const error = textOf(answer.body.error)
    return Object.hasOwn(rfcErrors, error) ? {...answer, body: {...answer.body, error: rfcErrors[error]}} : answer
  },
}
