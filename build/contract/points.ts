import {z} from 'zod'

import {isoTime} from '../../src/daemon/api/iso-time-schema.js'

const user = z.string().describe('as it is kept: in lower case, without @')
const points = z.int().describe('the balance')

export const balance = z.strictObject({user, points}).meta({id: 'Points'})

export const top = z
  .strictObject({users: z.array(balance).describe('those with the most points first')})
  .meta({id: 'PointsTop'})

export const outcome = z
  .strictObject({
    user,
    points: points.describe('the balance after it'),
    change: z.int().describe('what was added or, negative, taken away'),
    repeated: z.boolean().describe('the key had been used for this before; it was not counted again'),
  })
  .meta({id: 'PointsOutcome'})

export const history = z
  .strictObject({
    changes: z
      .array(
        z.strictObject({
          sequence: z.int().describe('goes up with each change of the ledger'),
          user,
          at: isoTime.describe('when'),
          change: z.int().describe('what was added or, negative, taken away'),
          points: points.describe('the balance after it'),
          by: z
            .string()
            .optional()
            .describe('the id of the API token that made it; not there: someone at the terminal'),
          why: z.string().optional().describe('as whoever made it said'),
        }),
      )
      .describe('newest first'),
    next: z.int().optional().describe('where older ones go on, for --before; not there: these were all'),
  })
  .meta({id: 'PointsHistory'})
