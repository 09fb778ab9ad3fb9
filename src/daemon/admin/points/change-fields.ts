import {z} from 'zod'

import {BehalfError} from '../../../model/behalf-error.js'
import {parsePoints} from '../../../model/parse-points.js'
import {MAX_POINTS, type PointsStep} from '../../../model/points.js'
import {optionalField, tickField} from '../form-fields.js'

const KINDS = ['add', 'remove', 'set'] as const

/** How many, in figures; how they are written is checked as everywhere. Undefined: not so. */
const points = z.string('Say how many.').transform((text) => {
  try {
    return parsePoints(text.trim())
  } catch (error) {
    if (error instanceof BehalfError) return undefined
    throw error
  }
})

/** The form that changes someone's points. */
export const changeFields = z
  .object({
    /** New with each page, so that a form that is sent twice counts once. */
    once: z.string().min(1).max(64),
    user: z.string().max(1000),
    kind: z.enum(KINDS, 'Choose one.'),
    points,
    why: optionalField(z.string()),
    below_zero: tickField(),
  })
  .transform(({points: count, ...rest}, context) => {
    const isSet = rest.kind === 'set'
    if (count !== undefined && (isSet || count > 0)) return {...rest, points: count}
    const range = `from ${isSet ? `-${String(MAX_POINTS)}` : '1'} to ${String(MAX_POINTS)}`
    context.addIssue({code: 'custom', path: ['points'], message: `Write a whole number ${range}, such as 50.`})
    return z.NEVER
  })

export type PointsChange = z.output<typeof changeFields>

export const stepOf = ({kind, points: count}: Pick<PointsChange, 'kind' | 'points'>): PointsStep =>
  kind === 'set' ? {kind: 'set', points: count} : {kind: 'add', points: kind === 'add' ? count : -count}
