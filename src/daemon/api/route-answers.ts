import type {z} from 'zod'

import {enveloped, failed, refused, unauthorized} from './envelope.js'

const json = (schema: z.ZodType, description: string) => ({description, content: {'application/json': {schema}}})

type Status = 400 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 426 | 429 | 500 | 502 | 503

const WORDS: Record<Status, string> = {
  400: 'What was sent is not what is taken here, or it is not clear who acts',
  403: 'The API token lacks the scope, or may not act as the account',
  404: 'There is no such thing',
  405: 'Another method is taken here; `Allow` names it',
  409: 'The account needs a login first',
  413: 'The body is too large',
  415: 'The body has another content type',
  422: 'The service does not take the credential',
  426: 'It is a WebSocket',
  429: 'Too many; `Retry-After` says how long to wait',
  500: 'A fault of behalf’s own',
  502: 'The provider refuses the client',
  503: 'Not now; try again',
}

const failuresOf = (schema: z.ZodType, statuses: readonly Status[]) =>
  Object.fromEntries([...statuses, 500 as const, 503 as const].map((status) => [status, json(schema, WORDS[status])]))

const NO_TOKEN = 'No API token, or one that is unknown, expired or revoked'

/** What a route below `/api/v1` answers. */
export const answers = <S extends z.core.$ZodShape>(
  data: z.ZodObject<S>,
  description: string,
  failures: readonly Status[] = [],
) => ({
  200: json(enveloped(data), description),
  401: json(unauthorized, NO_TOKEN),
  ...failuresOf(failed, [403, ...failures]),
})

/** How routes elsewhere fail. */
export const refusals = (statuses: readonly Status[]) => failuresOf(refused, statuses)

export const refusedWithoutToken = {401: json(refused, NO_TOKEN)}

/** API tokens are bearer tokens (RFC 6750). */
export const SECURED = [{apiToken: []}]

export {json as jsonAnswer}
