import {createRoute} from '@hono/zod-openapi'
import {z} from 'zod'

import {inspectApiToken} from '../../broker/api-tokens.js'
import type {ApiTokenView} from '../../model/api-token.js'
import {isoTime as formatTime} from '../../model/iso-time.js'
import {Secret} from '../../model/secret.js'
import {SECOND_MS, type EpochMs} from '../../model/time.js'
import {addRoute, type ApiApp, type ApiDeps} from './api-app.js'
import {oauthFailure} from './envelope.js'
import {isoTime} from './iso-time-schema.js'
import {requireScope} from './require-caller.js'
import {requirePlainBody} from './require-plain-body.js'
import {jsonAnswer, SECURED} from './route-answers.js'

const introspection = z
  .discriminatedUnion('active', [
    z.strictObject({active: z.literal(false)}),
    z.strictObject({
      active: z.literal(true),
      token_type: z.literal('Bearer'),
      scope: z.string().describe('its scopes, with spaces between them'),
      jti: z.string().describe('its id'),
      iat: z.int().describe('when it was issued, in seconds since 1970'),
      exp: z.int().optional().describe('when it ends, in seconds since 1970'),
      name: z.string(),
      scopes: z.array(z.string()),
      as: z.array(z.string()).describe('the accounts it may act as'),
      as_any: z.boolean().describe('it may act as the owner and every bot'),
      default_as: z.string().optional(),
      issued_to: z.string().optional(),
      issued_at: isoTime,
    }),
  ])
  .meta({id: 'Introspection'})

const failure = (description: string) => jsonAnswer(oauthFailure, description)

const introspectRoute = createRoute({
  method: 'post',
  path: '/oauth2/introspect',
  summary: 'What an API token is (RFC 7662)',
  description:
    'Scope: `introspect`. A token that is unknown, expired or revoked is not active, and nothing else is said.',
  security: SECURED,
  request: {
    body: {
      required: true,
      content: {
        'application/x-www-form-urlencoded': {
          schema: z.object({
            token: z.string().min(1).describe('the API token'),
            token_type_hint: z.string().optional().describe('not looked at'),
          }),
        },
      },
    },
  },
  responses: {
    200: jsonAnswer(introspection, 'What it is'),
    400: failure('There is no token in it'),
    401: failure('No API token, or one that is unknown, expired or revoked'),
    403: failure('The API token lacks the scope'),
    413: failure('The body is too large'),
    415: failure('The body is no form'),
    500: failure('A fault of behalf’s own'),
    503: failure('Not now; try again'),
  },
})

/** What API tokens are, for programs that are handed one. */
export function addIntrospectRoute(app: ApiApp, deps: ApiDeps): void {
  const middleware = [requireScope(deps, 'introspect'), requirePlainBody]
  addRoute(app, {...introspectRoute, middleware}, async (context) => {
    const {token} = context.req.valid('form')
    const view = await inspectApiToken(deps, new Secret(token))
    return context.json(view ? describeActive(view) : {active: false})
  })
}

function describeActive(view: ApiTokenView): Record<string, unknown> {
  return {
    active: true,
    token_type: 'Bearer',
    scope: view.scopes.join(' '),
    jti: view.id,
    iat: toSeconds(view.issuedAt),
    ...(view.expiresAt !== undefined && {exp: toSeconds(view.expiresAt)}),
    name: view.name,
    scopes: view.scopes,
    as: view.as,
    as_any: view.asAny,
    ...(view.defaultAs !== undefined && {default_as: view.defaultAs}),
    ...(view.issuedTo !== undefined && {issued_to: view.issuedTo}),
    issued_at: formatTime(view.issuedAt),
  }
}

const toSeconds = (at: EpochMs): number => Math.floor(at / SECOND_MS)
