import {createHash} from 'node:crypto'

import {z} from 'zod'

import {queryValue, type HelixCall} from './helix-call.js'
import {HelixError} from './helix-error.js'

/** What a cursor holds: the bounds of its page, and the filters it belongs to. */
const cursorSchema = z.strictObject({
  from: z.number().int().min(0),
  to: z.number().int().min(0),
  for: z.string(),
})

export interface Page<T> {
  data: T[]
  pagination?: {cursor?: string}
}

/**
 * The page of `items` that `first`, `after` and `before` ask for (facts 3.4).
 * @throws HelixError 400 when the cursor is not one of this list's
 */
export function paginate<T>(call: HelixCall, items: readonly T[]): Page<T> {
  const size = Number(queryValue(call, 'first') ?? call.endpoint.pageSize?.default ?? 100)
  const filters = hashFilters(call)
  const {from, to} = locatePage(call, size, filters)
  const data = items.slice(from, to)
  const style = call.state.settings.lastPage
  const hasNext = style === 'extra-page' ? data.length > 0 : to < items.length
  if (!hasNext) return style === 'missing' ? {data} : {data, pagination: {}}
  return {data, pagination: {cursor: encodeCursor({from, to: from + data.length, for: filters})}}
}

function locatePage(call: HelixCall, size: number, filters: string): {from: number; to: number} {
  const cursors = call.endpoint.cursorParams ?? ['after']
  const after = cursors.includes('after') ? queryValue(call, 'after') : undefined
  const before = cursors.includes('before') ? queryValue(call, 'before') : undefined
  if (after !== undefined) {
    const {to} = decodeCursor(after, filters)
    return {from: to, to: to + size}
  }
  if (before !== undefined) {
    const {from} = decodeCursor(before, filters)
    return {from: Math.max(0, from - size), to: from}
  }
  return {from: 0, to: size}
}

const encodeCursor = (cursor: z.output<typeof cursorSchema>): string =>
  Buffer.from(JSON.stringify(cursor)).toString('base64url')

function decodeCursor(text: string, filters: string): z.output<typeof cursorSchema> {
  try {
    const cursor = cursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()))
    if (cursor.for === filters) return cursor
  } catch {
    // Not one of ours: refused below.
  }
  throw new HelixError(400, 'Invalid cursor.')
}

/** Everything of the query but the page itself. */
function hashFilters(call: HelixCall): string {
  const filters = [...call.query].filter(([name]) => !['first', 'after', 'before'].includes(name)).sort()
  return createHash('sha256')
    .update(JSON.stringify([call.endpoint.path, filters]))
    .digest('base64url')
    .slice(0, 10)
}
