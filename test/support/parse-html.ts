import assert from 'node:assert/strict'

/** An element of a page. */
export interface Element {
  /** In lower case; `#document` for the whole. */
  name: string
  attributes: Readonly<Record<string, string>>
  children: readonly (Element | string)[]
}

const VOID = new Set(['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'wbr'])
const ENTITIES: Record<string, string> = {amp: '&', lt: '<', gt: '>', quot: '"', apos: "'"}

/** A tag with its attributes, in quotes of either kind; `svg` has tags that end themselves. */
const TAG = /<(?:!doctype html|(\/?)([a-z][\w-]*)((?:\s+[\w:-]+(?:="[^"]*"|='[^']*')?)*)\s*(\/?))>/gi

/**
 * Reads a page more strictly than browsers do: what is not in the right place, or is not escaped, fails the test.
 */
export function parseHtml(html: string): Element {
  const document = {name: '#document', attributes: {}, children: [] as (Element | string)[]}
  const open = [document]
  let at = 0
  const takeText = (end: number): void => {
    const text = html.slice(at, end)
    assert.doesNotMatch(text, /[<]/, `not escaped: ${text.slice(0, 200)}`)
    if (text !== '') open.at(-1)?.children.push(decode(text))
  }
  for (const match of html.matchAll(TAG)) {
    const [whole, slash, tag, attributes = '', isEnded] = match
    takeText(match.index)
    at = match.index + whole.length
    const name = tag?.toLowerCase()
    if (name === undefined) continue
    if (slash) {
      assert.equal(open.pop()?.name, name, `</${name}> stands in the wrong place`)
      continue
    }
    const element = {name, attributes: readAttributes(attributes), children: []}
    open.at(-1)?.children.push(element)
    if (!isEnded && !VOID.has(name)) open.push(element)
  }
  takeText(html.length)
  assert.deepEqual(
    open.map(({name}) => name),
    ['#document'],
    'not all elements are closed',
  )
  return document
}

function readAttributes(text: string): Record<string, string> {
  const found = text.matchAll(/([\w:-]+)(?:="([^"]*)"|='([^']*)')?/g)
  return Object.fromEntries(
    Array.from(found, ([, name = '', double, single]) => [name, decode(double ?? single ?? '')]),
  )
}

const decode = (text: string): string =>
  text.replaceAll(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (all, decimal?: string, hex?: string, name?: string) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal))
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
    return ENTITIES[name ?? ''] ?? all
  })

/** All elements within one, in their order, that are `wanted`. */
export function findAll(within: Element, wanted: (element: Element) => boolean): Element[] {
  return within.children.flatMap((child) =>
    typeof child === 'string' ? [] : [...(wanted(child) ? [child] : []), ...findAll(child, wanted)],
  )
}

/** What can be read of it, in one line. */
export function textOf(element: Element): string {
  const parts = element.children.map((child) => {
    if (typeof child === 'string') return child
    return child.name === 'wbr' ? '' : ` ${textOf(child)} `
  })
  return parts.join('').replaceAll(/\s+/g, ' ').trim()
}
