import type {FileHandle} from 'node:fs/promises'

import * as z from 'zod/mini'

import type {RateBudget} from '../model/rate-budget.js'
import {countSchema, epochMsSchema, optionalEpochMs} from './record-parts.js'

const FORMAT = 1
/** Enough for a thousand requests under way. */
const MAX_BYTES = 16 * 1024

const recordSchema = z.object({
  format: z.literal(FORMAT),
  taken: z.array(epochMsSchema).check(z.maxLength(MAX_BYTES)),
  sequence: countSchema,
  meter: z.exactOptional(
    z.union([
      z.literal('none'),
      z.object({
        limit: z.number().check(z.minimum(1)),
        perMinute: z.number().check(z.positive()),
        points: z.number(),
        at: epochMsSchema,
        blockedUntil: optionalEpochMs,
      }),
    ]),
  ),
})

/** What a file of a budget says, read under its lock. What cannot be understood says nothing. */
export async function readRateBudget(handle: FileHandle): Promise<{budget: RateBudget | undefined; bytes: number}> {
  const {buffer, bytesRead} = await handle.read(Buffer.alloc(MAX_BYTES), 0, MAX_BYTES, 0)
  return {budget: parseRecord(buffer.toString('utf8', 0, bytesRead)), bytes: bytesRead}
}

function parseRecord(text: string): RateBudget | undefined {
  try {
    const result = recordSchema.safeParse(JSON.parse(text))
    if (!result.success) return undefined
    const {format: _format, ...budget} = result.data
    return budget
  } catch {
    return undefined
  }
}

/** One write. @param bytes how long the file is: what is shorter is filled up with spaces, which JSON allows. */
export async function writeRateBudget(handle: FileHandle, budget: RateBudget, bytes: number): Promise<void> {
  const text = JSON.stringify({format: FORMAT, ...budget})
  if (bytes >= MAX_BYTES || text.length > MAX_BYTES) await handle.truncate(0)
  if (text.length <= MAX_BYTES) await handle.write(text.padEnd(Math.min(bytes, MAX_BYTES)), 0)
}
