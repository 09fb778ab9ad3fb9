import {z} from 'zod'

import {parsePoints} from '../../model/parse-points.js'
import {isoTime} from './iso-time-schema.js'

/** Clients of such bots take texts, and a text is never rounded. */
const points = z.string().regex(/^(?:0|-?[1-9]\d*)$/)

export const pointsUser = z
  .strictObject({
    name: z.string().describe('as it is kept: in lower case, without @'),
    points: points.describe('the balance, as a text'),
  })
  .meta({id: 'PointsUser'})

export const pointsChange = z
  .strictObject({
    sequence: z.string().describe('goes up with each change of the ledger'),
    at: isoTime.describe('when'),
    change: points.describe('what was added or, negative, taken away'),
    points: points.describe('the balance after it'),
    why: z.string().optional().describe('as whoever made it says'),
    by: z.string().optional().describe('the id of the API token that made it; not there: someone at the terminal'),
  })
  .meta({id: 'PointsChange'})

/** Numbers come as they are or as texts; in forms and queries there are texts alone. */
const givenPoints = z
  .string('is missing')
  .transform(parsePoints)
  .openapi({anyOf: [{type: 'integer'}, {type: 'string', pattern: '^(0|-?[1-9][0-9]*)$'}]})

const options = {
  why: z.string().optional().describe('why, for the history: a line'),
  allow_negative: z
    .enum(['true', 'false', '1', '0'])
    .transform((value) => value === 'true' || value === '1')
    .openapi({anyOf: [{type: 'boolean'}, {type: 'string', enum: ['true', 'false', '1', '0']}]})
    .optional()
    .describe('do it although fewer than none are left'),
}

export const pointsToAdd = z
  .strictObject({
    user: z.string('is missing').describe('whose points: any name or id'),
    points: givenPoints.describe('how many to add or, negative, to take away'),
    ...options,
  })
  .meta({id: 'PointsToAdd'})

export const pointsToSet = z
  .strictObject({points: givenPoints.describe('how many there are to be'), ...options})
  .meta({id: 'PointsToSet'})
