/** A page of a list. */
export interface HelixPage {
  items: unknown[]
  /** What stands beside `data`, without `pagination`. */
  rest: Record<string, unknown>
  /** Where `data` is an object with the list in it: the list's name, and what stands beside it. */
  within?: {name: string; rest: Record<string, unknown>}
}

export interface ReadPage {
  page: HelixPage
  /** Undefined on the last page. */
  cursor: string | undefined
  /** One for each item: the same for the same thing, though it may have changed. */
  identities: string[]
}

/** The list in an object `data`: that of `GET /schedule` alone. */
const INNER_LIST = 'segments'

/** Reads the body of a list (facts of Twitch, 3.4); undefined for any other. */
export function readHelixPage(body: string): ReadPage | undefined {
  const answer = parseObject(body)
  if (answer === undefined || !('data' in answer)) return undefined
  const {data, pagination, ...rest} = answer
  const cursor = readCursor(pagination)
  if (Array.isArray(data)) return toPage(data, cursor, {rest})
  if (!isObject(data) || !(INNER_LIST in data)) return undefined
  const {[INNER_LIST]: list, ...beside} = data
  // A schedule without segments says null.
  if (list !== null && !Array.isArray(list)) return undefined
  return toPage(list ?? [], cursor, {rest, within: {name: INNER_LIST, rest: beside}})
}

const toPage = (items: unknown[], cursor: string | undefined, around: Omit<HelixPage, 'items'>): ReadPage => ({
  page: {items, ...around},
  cursor,
  identities: items.map(identify),
})

/** `/extensions/live` has the bare cursor as its `pagination`; an empty one is none. */
function readCursor(pagination: unknown): string | undefined {
  const cursor = isObject(pagination) ? pagination.cursor : pagination
  return typeof cursor === 'string' && cursor !== '' ? cursor : undefined
}

const identify = (item: unknown): string =>
  isObject(item) && typeof item.id === 'string' ? `id ${item.id}` : `as ${JSON.stringify(item)}`

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
