import type {HelixPage} from '../compose.js'

/** What a list that is read page by page looks like on stdout. */
export interface PagePrinter {
  /** The text of one page. */
  page(page: HelixPage): string
  /** What ends the output. With an error, what has come is printed all the same, and the error behind it. */
  end(error?: Record<string, unknown>): string
}

/** An item a line (NDJSON); an error is the last line. */
export const createLinePrinter = (): PagePrinter => ({
  page: ({items}) => items.map((item) => `${JSON.stringify(item)}\n`).join(''),
  end: (error) => (error === undefined ? '' : `${JSON.stringify(error)}\n`),
})

/**
 * One document: the items of all pages in `data`, and what else stood on the first page behind it. It is printed as the
 * pages come, and is whole JSON in any case: an error becomes one more key.
 */
export function createDocumentPrinter(): PagePrinter {
  let first: HelixPage | undefined
  let isEmpty = true
  return {
    page(page) {
      const begin = first === undefined ? openList(page) : ''
      first ??= page
      const items = page.items.map((item) => JSON.stringify(item)).join(',')
      const comma = isEmpty || items === '' ? '' : ','
      isEmpty &&= items === ''
      return begin + comma + items
    },
    end(error) {
      if (first === undefined) return error === undefined ? '' : `${JSON.stringify(error, null, 2)}\n`
      const inner = first.within ? `${moreOf(first.within.rest)}}` : ''
      return `]${inner}${moreOf({...first.rest, ...error})}}\n`
    },
  }
}

const openList = ({within}: HelixPage): string =>
  within === undefined ? '{"data":[' : `{"data":{${JSON.stringify(within.name)}:[`

/** The keys of an object, as they follow others. */
const moreOf = (rest: Record<string, unknown>): string =>
  Object.entries(rest)
    .map(([key, value]) => `,${JSON.stringify(key)}:${JSON.stringify(value)}`)
    .join('')
