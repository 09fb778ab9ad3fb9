import {textOf} from '../json-answer.js'
import type {DialectRules} from './dialect.js'
import {rfcDialect} from './rfc.js'

export const atlassianDialect: DialectRules = {
  ...rfcDialect,
  // It says `unauthorized_client` to a refresh token that is dead: that is no fault of the client.
  toRfc: (answer) =>
    answer.body.error === 'unauthorized_client' && /refresh[ _]token/i.test(textOf(answer.body.error_description))
      ? {...answer, body: {...answer.body, error: 'invalid_grant'}}
      : answer,
}
