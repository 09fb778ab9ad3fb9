import {createRoute} from '@hono/zod-openapi'
import {z} from 'zod'

import {failed} from './envelope.js'
import {pointsChange, pointsToAdd, pointsToSet, pointsUser} from './points-schema.js'
import {answers, jsonAnswer, SECURED} from './route-answers.js'

const MAX_LISTED = 1000

const params = z.object({user: z.string().describe('any name or id, URL-encoded')})

/** How many of a list; a text in the query. */
const listed = (usual: number) =>
  z
    .string()
    .refine(
      (text) => /^[1-9]\d*$/.test(text) && Number(text) <= MAX_LISTED,
      `must be a whole number from 1 to ${String(MAX_LISTED)}`,
    )
    .transform(Number)
    .default(usual)
    .openapi({type: 'integer', minimum: 1, maximum: MAX_LISTED, default: usual})

const HOW =
  'Scope: `points:write`. As JSON, as a form or in the query; what is said in two places must be the same. With an `Idempotency-Key` it counts once in 24 hours, and is answered each time as the first time.'

const request = (schema: typeof pointsToAdd | typeof pointsToSet) => ({
  query: schema.partial(),
  headers: z.object({
    'Idempotency-Key': z
      .string()
      .max(512)
      .optional()
      .describe('new for each change, such as a UUID; quotes do not count'),
  }),
  body: {content: {'application/json': {schema}, 'application/x-www-form-urlencoded': {schema}}},
})

const balance = z.strictObject({user: pointsUser})

const tooFew = z
  .strictObject({...failed.shape, ...balance.partial().shape, data: balance.optional()})
  .meta({id: 'TooFewPoints'})

const changed = {
  ...answers(balance, 'The new balance', [400, 413, 415]),
  409: jsonAnswer(tooFew, 'There are too few points, or too many to be counted; nothing has changed'),
  422: jsonAnswer(failed, 'The key was used for another request before'),
}

const changeRoute = createRoute({
  method: 'put',
  path: '/api/v1/points/',
  summary: 'Give points to a user or, when negative, take them away',
  description: HOW,
  security: SECURED,
  request: request(pointsToAdd),
  responses: changed,
})

/** With a slash at the end, as clients of such bots call it, and without. */
export const changeRoutes = [
  changeRoute,
  {...changeRoute, path: '/api/v1/points', operationId: 'putPointsWithoutSlash'},
]

export const setRoute = createRoute({
  method: 'put',
  path: '/api/v1/points/{user}',
  summary: 'Set how many points a user has',
  description: HOW,
  security: SECURED,
  request: {params, ...request(pointsToSet)},
  responses: changed,
})

const topRoute = createRoute({
  method: 'get',
  path: '/api/v1/points',
  summary: 'Who has the most points',
  description: 'Scope: `points:read`.',
  security: SECURED,
  request: {query: z.object({top: listed(10).describe('how many users')})},
  responses: answers(
    z.strictObject({users: z.array(pointsUser)}),
    'The users, those with the most points first',
    [400],
  ),
})

export const topRoutes = [
  topRoute,
  {...topRoute, path: '/api/v1/points/' as const, operationId: 'getPointsWithSlash'},
] as const

export const showRoute = createRoute({
  method: 'get',
  path: '/api/v1/points/{user}',
  summary: 'How many points a user has',
  description: 'Scope: `points:read`. Who never had any has 0.',
  security: SECURED,
  request: {params},
  responses: answers(balance, 'The balance', [400]),
})

export const historyRoute = createRoute({
  method: 'get',
  path: '/api/v1/points/{user}/history',
  summary: 'What became of the points of a user',
  description: 'Scope: `points:read`.',
  security: SECURED,
  request: {
    params,
    query: z.object({
      limit: listed(20).describe('how many changes'),
      before: z
        .string()
        .regex(/^\d{1,15}$/, 'must be `next` of the page before')
        .transform(Number)
        .optional()
        .openapi({type: 'integer', minimum: 0})
        .describe('`next` of the page before'),
    }),
  },
  responses: answers(
    z.strictObject({
      changes: z.array(pointsChange),
      next: z.string().optional().describe('where older ones go on; not there: these were all'),
    }),
    'The changes, newest first',
    [400],
  ),
})
