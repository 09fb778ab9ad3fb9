import {textOf} from '../json-answer.js'
import type {DialectRules} from './dialect.js'
import {rfcDialect} from './rfc.js'

export const xDialect: DialectRules = {
  ...rfcDialect,
  // A code or refresh token that is dead is `invalid_request` here, as a parameter that is missing would be.
  toRfc: (answer) =>
    answer.body.error === 'invalid_request' &&
    /^Value passed for the (?:authorization code|token) was invalid/i.test(textOf(answer.body.error_description))
      ? {...answer, body: {...answer.body, error: 'invalid_grant'}}
      : answer,
}
