import {buildFormRequest, type DialectRules} from './dialect.js'
import {rfcDialect} from './rfc.js'

export const googleDialect: DialectRules = {
  ...rfcDialect,
  // The device endpoint's name for `verification_uri` is older than RFC 8628.
  toRfc: (answer) =>
    'verification_url' in answer.body
      ? {...answer, body: {verification_uri: answer.body.verification_url, ...answer.body}}
      : answer,
  identity: {userId: ['sub'], login: ['email'], displayName: ['name']},
  revocation: {
    takes: ['access_token', 'refresh_token'],
    // Knows no client authentication. The documented `?token=` would leave the token in logs; the form does as well.
    buildRequest: (_provider, revokeUrl, token) => buildFormRequest(revokeUrl, {token: token.reveal()}),
    deadStatuses: [],
  },
}
