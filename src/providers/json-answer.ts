import {z} from 'zod'

import type {RawReply} from '../model/refresh.js'

/** An answer whose body is a JSON object. */
export interface JsonAnswer {
  status: number
  body: Record<string, unknown>
}

/**
 * A field that should be a text; of anything else nothing. (`String` throws for an object with a `toString` of its own,
 * and so does `Number`.)
 */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

const jsonObject = z.record(z.string(), z.unknown())

/** Undefined when the body is not a JSON object. Integers too long for a number come as text. */
export function readJsonAnswer(reply: Pick<RawReply, 'status' | 'body'>): JsonAnswer | undefined {
  let value: unknown
  try {
    value = JSON.parse(quoteLongIntegers(reply.body))
  } catch {
    return undefined
  }
  const body = jsonObject.safeParse(value)
  return body.success ? {status: reply.status, body: body.data} : undefined
}

/** A string, to be skipped (also one that is cut off), or a number that begins where a value can. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"?|-?\d[\d.eE+-]*/gs

/**
 * User ids can be integers beyond 2^53, which `JSON.parse` would round to someone else's.
 * (Node 20 has no access to the source text in a reviver.)
 */
function quoteLongIntegers(json: string): string {
  return json.replace(STRING_OR_NUMBER, (token) => (/^-?\d{16,}$/.test(token) ? `"${token}"` : token))
}
