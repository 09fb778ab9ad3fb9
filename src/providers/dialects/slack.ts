import {z} from 'zod'

import {textOf, type JsonAnswer} from '../json-answer.js'
import type {DialectRules} from './dialect.js'
import {rfcDialect} from './rfc.js'

/** Slack's own words for what the RFCs have a code for. */
const rfcErrors: Readonly<Record<string, string>> = {
  invalid_refresh_token: 'invalid_grant',
  invalid_code: 'invalid_grant',
  code_already_used: 'invalid_grant',
  bad_client_secret: 'invalid_client',
  invalid_client_id: 'invalid_client',
  bad_redirect_uri: 'redirect_uri_mismatch',
  invalid_auth: 'invalid_token',
  token_revoked: 'invalid_token',
  token_expired: 'invalid_token',
  account_inactive: 'invalid_token',
}

/** These say that Slack itself is in trouble. */
const OWN_TROUBLES: readonly string[] = ['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout']

const person = z.looseObject({access_token: z.string().min(1)})

export const slackDialect: DialectRules = {
  ...rfcDialect,
  toRfc: (answer) => (answer.body.ok === false ? withRfcError(answer) : withPersonsToken(answer)),
  faultOfClient: (words) =>
    words === 'bad_client_secret' ? 'client-secret' : words === 'invalid_client_id' ? 'client-id' : undefined,
}

/** Every answer has status 200; `ok` says what it would have been. */
function withRfcError({body}: JsonAnswer): JsonAnswer {
  const own = textOf(body.error)
  const error = Object.hasOwn(rfcErrors, own) ? rfcErrors[own] : own
  return OWN_TROUBLES.includes(own)
    ? {status: 503, body: {error: 'temporarily_unavailable', error_description: own}}
    : {status: 400, body: {error, error_description: own}}
}

/**
 * A login answers with the person's token inside `authed_user`, beside the bot's if there is one; a refresh with the
 * token that was refreshed, at the top.
 */
function withPersonsToken({status, body}: JsonAnswer): JsonAnswer {
  const found = person.safeParse(body.authed_user)
  return {status, body: found.success ? found.data : body}
}
