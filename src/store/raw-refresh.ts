import {intentShape} from './journal.js'
import {sealedShape} from './record-parts.js'
import * as shape from './shape.js'

/** A refresh that was begun and not ended, as a record by account key; `reply` where one was recorded. */
export const rawRefreshShape = shape.object({intent: intentShape, reply: shape.optional(sealedShape)})
