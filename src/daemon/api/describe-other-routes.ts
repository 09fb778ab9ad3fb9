import type {OpenAPIHono, RouteConfig} from '@hono/zod-openapi'
import {z} from 'zod'

import {refused} from './envelope.js'
import {jsonAnswer, SECURED} from './route-answers.js'

type Registry = OpenAPIHono['openAPIRegistry']

const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete'] as const

const provider = z.string().describe('the name of a provider')
const path = z.string().describe('the path of the call; it may have more segments than one')

const actAs = z.object({
  'X-Behalf-Of': z
    .string()
    .optional()
    .describe(
      'the account that acts: LOGIN, PROVIDER/LOGIN, id:ID or subject:SUBJECT. `X-TAU-On-Behalf-Of` means the same',
    ),
})

const anyBody = {'*/*': {schema: z.any().openapi({})}}

const needsLogin = z.object({
  detail: z.string(),
  error: z.string().describe('the same'),
  code: z.literal('login-needed'),
  authorization_url: z
    .url()
    .optional()
    .describe('what the person is to open; for a caller with `flow:start`, and the account of a subject'),
})

/** What a call that is passed through answers: what the API does, or why it did not get there. */
const CALL_ANSWERS: RouteConfig['responses'] = {
  default: {
    description:
      'What the API answered, or our own refusal with the header `X-Behalf-Error`. An API’s own 401 has it too where the account needs a login, and `X-Behalf-Authorization-Url` for a caller with `flow:start` and a subject’s account',
    content: anyBody,
  },
  409: jsonAnswer(needsLogin, 'The account needs a login'),
  401: jsonAnswer(refused, 'No API token, or one that is unknown, expired or revoked; or the API’s own'),
}

/** What the pages of a flow answer. */
const PAGE_ANSWERS: RouteConfig['responses'] = {
  default: {
    description: 'A page, the way on, or JSON in the envelope of `/api/v1`',
    content: {'text/html': {schema: z.string()}, 'application/json': {schema: z.looseObject({code: z.string()})}},
  },
}

/** The routes that are not the application's own: calls that are passed through, and the end of logins. */
export function describeOtherRoutes(registry: Registry): void {
  for (const method of METHODS) {
    const request = {
      params: z.object({provider, path}),
      headers: actAs,
      ...(!['get', 'head'].includes(method) && {body: {content: anyBody}}),
    }
    registry.registerPath({
      method,
      path: '/api/{provider}/helix/{path}',
      summary: 'A call of the Twitch API on behalf of an account',
      description: 'Scope: `helix…`. For providers of the Twitch dialect.',
      security: SECURED,
      request,
      responses: CALL_ANSWERS,
    })
    registry.registerPath({
      method,
      path: '/api/{provider}/{path}',
      summary: 'A call of a provider’s API on behalf of an account',
      description: 'Scope: `api:<provider>…`.',
      security: SECURED,
      request,
      responses: CALL_ANSWERS,
    })
  }
  for (const page of ['start', 'confirm']) {
    for (const method of ['get', 'post'] as const) {
      registry.registerPath({
        method,
        path: `/flows/{id}/${page}`,
        summary: page === 'start' ? 'The page at which a flow begins' : 'The question that ends a flow',
        request: {params: z.object({id: z.string().describe('the id of the flow')})},
        responses: PAGE_ANSWERS,
      })
    }
  }
  for (const callback of [
    '/callback',
    '/redirect',
    '/twitch-callback',
    '/twitch-bot-callback',
    '/api/v1/oauth/callback',
  ]) {
    for (const method of ['get', 'post'] as const) {
      registry.registerPath({
        method,
        path: callback,
        summary: 'Where providers send people back to; ends a flow, or asks the person to confirm it',
        description: 'JSON for a POST, or with `Accept: application/json`; otherwise a page.',
        request: {
          query: z.object({code: z.string().optional(), state: z.string().optional(), error: z.string().optional()}),
          ...(method === 'post' && {body: {content: anyBody}}),
        },
        responses: PAGE_ANSWERS,
      })
    }
  }
}
