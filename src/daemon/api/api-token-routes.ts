import {createRoute} from '@hono/zod-openapi'
import {z} from 'zod'

import {listApiTokens, revokeApiToken, showApiToken} from '../../broker/api-tokens.js'
import {issueByDelegate, rotateByDelegate} from '../../broker/delegate-api-token.js'
import type {IssuedToken} from '../../broker/issue-api-token.js'
import {apiTokenJson} from '../../model/api-token-json.js'
import {SECOND_MS} from '../../model/time.js'
import {addRoute, type ApiApp, type ApiDeps} from './api-app.js'
import {apiToken, apiTokenFields} from './api-token-schema.js'
import {envelope} from './envelope.js'
import {requirePlainBody} from './require-plain-body.js'
import {requireScope} from './require-caller.js'
import {answers, SECURED} from './route-answers.js'

const id = z
  .string()
  .regex(/^[A-Za-z0-9]{8}$/, 'must be the 8 characters of an id')
  .describe('8 characters')

const accountName = z.string().min(1).max(256)

const MAX_LIFE_S = 3650 * 24 * 3600

const newToken = z
  .strictObject({
    name: z.string().min(1).max(100).describe('after the program that will hold it'),
    scopes: z.array(z.string().min(1).max(1000)).min(1).max(100).describe('what its holder may do'),
    as: z.array(accountName).max(1000).optional().describe('names of the accounts it may act as'),
    as_any: z.boolean().optional().describe('it may act as the owner and every bot'),
    default_as: accountName.optional().describe('as whom it acts when a request does not say'),
    issued_to: accountName.optional().describe('whose it is'),
    expires_in: z
      .int()
      .min(1)
      .max(MAX_LIFE_S)
      .optional()
      .describe('for how many seconds; not there: as long as it may'),
  })
  .meta({id: 'NewApiToken'})

const issued = z.strictObject({token: z.string().describe('the token itself, this once: a secret'), ...apiTokenFields})

const LIMITS =
  'Scope: `admin`. No token with `admin` or `token:read` comes of it, none for an account that the calling token may not act as, and none that outlives it.'

const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/tokens',
  summary: 'All API tokens, oldest first',
  description: 'Scope: `admin`. Without secrets.',
  security: SECURED,
  responses: answers(z.strictObject({tokens: z.array(apiToken)}), 'The API tokens'),
})

const issueRoute = createRoute({
  method: 'post',
  path: '/api/v1/tokens',
  summary: 'Issue an API token',
  description: LIMITS,
  security: SECURED,
  request: {body: {required: true, content: {'application/json': {schema: newToken}}}},
  responses: answers(issued, 'The API token, with its text', [400, 404, 413, 415]),
})

const showRoute = createRoute({
  method: 'get',
  path: '/api/v1/tokens/{id}',
  summary: 'One API token',
  description: 'Scope: `admin`.',
  security: SECURED,
  request: {params: z.object({id})},
  responses: answers(z.strictObject(apiTokenFields), 'The API token', [400, 404]),
})

const revokeRoute = createRoute({
  method: 'delete',
  path: '/api/v1/tokens/{id}',
  summary: 'Revoke an API token, for good',
  description: 'Scope: `admin`. Any token may be revoked; once more changes nothing.',
  security: SECURED,
  request: {params: z.object({id})},
  responses: answers(z.strictObject(apiTokenFields), 'The API token, revoked', [400, 404]),
})

const rotateRoute = createRoute({
  method: 'post',
  path: '/api/v1/tokens/{id}/rotate',
  summary: 'Give an API token a new secret',
  description: LIMITS,
  security: SECURED,
  request: {params: z.object({id})},
  responses: answers(issued, 'The API token, with its new text', [400, 404]),
})

/** API tokens, for programs that look after them (docs/decisions/0023). */
export function addApiTokenRoutes(app: ApiApp, deps: ApiDeps): void {
  const middleware = requireScope(deps, 'admin')

  addRoute(app, {...listRoute, middleware}, async (context) => {
    const tokens = await listApiTokens(deps)
    return context.json(envelope(`${String(tokens.length)} API tokens`, {tokens: tokens.map(apiTokenJson)}))
  })

  addRoute(app, {...issueRoute, middleware: [middleware, requirePlainBody]}, async (context) => {
    const asked = context.req.valid('json')
    const result = await issueByDelegate(deps, context.get('caller').apiToken, {
      name: asked.name,
      scopes: asked.scopes,
      as: asked.as ?? [],
      asAny: asked.as_any ?? false,
      ...(asked.default_as !== undefined && {defaultAs: asked.default_as}),
      ...(asked.issued_to !== undefined && {issuedTo: asked.issued_to}),
      ...(asked.expires_in !== undefined && {expiresInMs: asked.expires_in * SECOND_MS}),
    })
    return context.json(envelope('The API token is shown this once', issuedJson(result)))
  })

  addRoute(app, {...showRoute, middleware}, async (context) => {
    const token = await showApiToken(deps, context.req.valid('param').id)
    return context.json(envelope(`The API token ${token.name}`, apiTokenJson(token)))
  })

  addRoute(app, {...revokeRoute, middleware}, async (context) => {
    const token = await revokeApiToken(deps, context.req.valid('param').id)
    return context.json(envelope(`The API token ${token.name} is revoked`, apiTokenJson(token)))
  })

  addRoute(app, {...rotateRoute, middleware}, async (context) => {
    const result = await rotateByDelegate(deps, context.get('caller').apiToken, context.req.valid('param').id)
    return context.json(envelope('The API token is shown this once', issuedJson(result)))
  })
}

const issuedJson = ({token, apiToken: view}: IssuedToken) => ({token: token.reveal(), ...apiTokenJson(view)})
