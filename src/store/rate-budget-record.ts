import type {FileHandle} from 'node:fs/promises'

import type {RateBudget} from '../model/rate-budget.js'
import {countShape, epochMsShape, optionalEpochMs} from './record-parts.js'
import * as shape from './shape.js'
import {fit, type Shape, type Shaped} from './shape.js'

const FORMAT = 1
/** Enough for a thousand requests under way. */
const MAX_BYTES = 16 * 1024

const runningMeterShape = shape.object({
  limit: shape.number({min: 1}),
  perMinute: shape.number({min: Number.MIN_VALUE}),
  points: shape.number(),
  at: epochMsShape,
  blockedUntil: optionalEpochMs,
})
const meterShape: Shape<'none' | Shaped<typeof runningMeterShape>> = (value) =>
  value === 'none' ? value : runningMeterShape(value)

const recordShape = shape.object({
  format: shape.oneOf([FORMAT]),
  taken: shape.list(epochMsShape, {max: MAX_BYTES}),
  sequence: countShape,
  meter: shape.optional(meterShape),
})

/** What a file of a budget says, read under its lock. What cannot be understood says nothing. */
export async function readRateBudget(handle: FileHandle): Promise<{budget: RateBudget | undefined; bytes: number}> {
  const {buffer, bytesRead} = await handle.read(Buffer.alloc(MAX_BYTES), 0, MAX_BYTES, 0)
  return {budget: parseRateBudget(buffer.toString('utf8', 0, bytesRead)), bytes: bytesRead}
}

/** What cannot be understood says nothing. */
export function parseRateBudget(text: string): RateBudget | undefined {
  try {
    const result = fit(recordShape, JSON.parse(text))
    if ('misfit' in result) return undefined
    const {format: _format, ...budget} = result.value
    return budget
  } catch {
    return undefined
  }
}

/** One write. @param bytes how long the file is: what is shorter is filled up with spaces, which JSON allows. */
export async function writeRateBudget(handle: FileHandle, budget: RateBudget, bytes: number): Promise<void> {
  const text = formatRateBudget(budget)
  if (bytes >= MAX_BYTES || text.length > MAX_BYTES) await handle.truncate(0)
  if (text.length <= MAX_BYTES) await handle.write(text.padEnd(Math.min(bytes, MAX_BYTES)), 0)
}

export const formatRateBudget = (budget: RateBudget): string => JSON.stringify({format: FORMAT, ...budget})
