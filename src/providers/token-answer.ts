import type {Provider} from '../model/provider.js'
import type {RawReply} from '../model/refresh.js'
import {dialectOf} from './dialects/dialect-of.js'
import {readJsonAnswer, type JsonAnswer} from './json-answer.js'

/**
 * An answer of the token or device endpoint as the RFCs prescribe it (RFC 6749 5.1 and 5.2, RFC 8628 3.2),
 * whatever the provider's dialect and slips. Undefined when it is not a JSON object.
 */
export function readTokenAnswer(provider: Provider, reply: RawReply): JsonAnswer | undefined {
  const answer = readJsonAnswer(reply)
  if (answer === undefined) return undefined
  const {status, body} = dialectOf(provider).toRfc(answer)
  return {
    status,
    body: {
      ...body,
      access_token: isTokenText(body.access_token) ? body.access_token : undefined,
      refresh_token: isTokenText(body.refresh_token) ? body.refresh_token : undefined,
      token_type: typeof body.token_type === 'string' && body.token_type !== '' ? body.token_type : 'Bearer',
      id_token: typeof body.id_token === 'string' && body.id_token !== '' ? body.id_token : undefined,
      scope: readScope(body.scope),
      expires_in: readSeconds(body.expires_in),
      refresh_token_expires_in: readSeconds(body.refresh_token_expires_in ?? body.refresh_expires_in),
      interval: readSeconds(body.interval) === 0 ? undefined : readSeconds(body.interval),
      error: typeof body.error === 'string' ? body.error : undefined,
      error_description: typeof body.error_description === 'string' ? body.error_description : undefined,
    },
  }
}

/** What a token can be made of (RFC 6749 appendix A.12 and A.17: VSCHAR). Anything else breaks headers or is damaged. */
export const isTokenText = (value: unknown): value is string =>
  typeof value === 'string' && /^[\x20-\x7e]+$/.test(value)

/** A list, `null` and nothing at all are also met. */
function readScope(scope: unknown): string | undefined {
  if (Array.isArray(scope)) return scope.filter((item) => typeof item === 'string').join(' ')
  return typeof scope === 'string' ? scope : undefined
}

/** Also from a string. Undefined for what says nothing: negative, not a number. */
function readSeconds(value: unknown): number | undefined {
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text !== 'string' || !/^\s*\d+(\.\d+)?(e\+?\d+)?\s*$/i.test(text)) return undefined
  return Math.min(Number(text), Number.MAX_SAFE_INTEGER)
}
