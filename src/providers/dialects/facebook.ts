import {z} from 'zod'

import type {JsonAnswer} from '../json-answer.js'
import {buildFormRequest, type DialectRules} from './dialect.js'
import {rfcDialect} from './rfc.js'

/** An error of the Graph API. */
const graphError = z.object({
  message: z.string().catch(''),
  code: z.number(),
  error_subcode: z.number().optional().catch(undefined),
})

/** Of the code that was exchanged: of another redirect URI, used, expired. */
const CODE_SUBCODES: readonly number[] = [36007, 36008, 36009]

export const facebookDialect: DialectRules = {
  ...rfcDialect,
  toRfc: (answer) => (answer.status < 400 ? answer : withRfcError(answer)),
  // The token of a login lives an hour or two; there is no refresh token.
  lengthen: ({tokenUrl, clientId, clientSecret}, accessToken) =>
    tokenUrl === undefined || clientSecret === undefined
      ? undefined
      : buildFormRequest(tokenUrl, {
          grant_type: 'fb_exchange_token',
          client_id: clientId,
          client_secret: clientSecret.reveal(),
          fb_exchange_token: accessToken.reveal(),
        }),
  revocation: {
    takes: ['access_token'],
    buildRequest: (_provider, revokeUrl, token) => ({
      method: 'DELETE',
      url: revokeUrl,
      headers: {accept: 'application/json', authorization: `Bearer ${token.reveal()}`},
    }),
    deadStatuses: [],
  },
}

function withRfcError({status, body}: JsonAnswer): JsonAnswer {
  const found = graphError.safeParse(body.error)
  return found.success
    ? {status, body: {error: nameError(found.data), error_description: found.data.message}}
    : {status, body}
}

function nameError({code, error_subcode: subcode = 0, message}: z.infer<typeof graphError>): string {
  if (code === 190) return 'invalid_token'
  if (CODE_SUBCODES.includes(subcode)) return 'invalid_grant'
  if (code === 191) return 'redirect_uri_mismatch'
  return code === 101 || /client secret/i.test(message) ? 'invalid_client' : 'invalid_request'
}
