import type {ChatBudget} from '../model/chat-budget.js'
import type {RateBudget} from '../model/rate-budget.js'
import type {BudgetRecord} from './budget-store.js'
import {countShape, epochMsShape, optionalEpochMs} from './record-parts.js'
import * as shape from './shape.js'
import {fit, type Shape, type Shaped} from './shape.js'

const FORMAT = 1
const formatShape = shape.oneOf([FORMAT])

const runningMeterShape = shape.object({
  limit: shape.number({min: 1}),
  perMinute: shape.number({min: Number.MIN_VALUE}),
  points: shape.number(),
  at: epochMsShape,
  blockedUntil: optionalEpochMs,
})
const meterShape: Shape<'none' | Shaped<typeof runningMeterShape>> = (value) =>
  value === 'none' ? value : runningMeterShape(value)

export const rateBudgetRecord = record<RateBudget>(
  shape.object({
    format: formatShape,
    taken: shape.list(epochMsShape),
    sequence: countShape,
    meter: shape.optional(meterShape),
  }),
)

const spendingsShape = shape.list(shape.object({at: epochMsShape, count: countShape}))

export const chatBudgetRecord = record<ChatBudget>(
  shape.object({
    format: formatShape,
    message: spendingsShape,
    join: spendingsShape,
    login: spendingsShape,
    channels: shape.list(shape.object({channel: shape.text, at: epochMsShape})),
  }),
)

function record<B>(recordShape: Shape<B & {format: number}>): BudgetRecord<B> {
  return {
    format: (budget) => JSON.stringify({format: FORMAT, ...budget}),
    parse(text) {
      try {
        const result = fit(recordShape, JSON.parse(text))
        if ('misfit' in result) return undefined
        const {format: _format, ...budget} = result.value
        return budget as unknown as B
      } catch {
        return undefined
      }
    },
  }
}
