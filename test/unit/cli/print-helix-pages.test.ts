import assert from 'node:assert/strict'

import {createDocumentPrinter, createLinePrinter, type PagePrinter} from '../../../src/cli/print-helix-pages.js'
import type {HelixPage} from '../../../src/compose.js'

const ERROR = {error: {code: 'unavailable', message: 'made-up'}}

function print(printer: PagePrinter, pages: HelixPage[], error?: Record<string, unknown>): string {
  return pages.map((page) => printer.page(page)).join('') + printer.end(error)
}
const page = (items: unknown[], parts: Partial<HelixPage> = {}): HelixPage => ({items, rest: {}, ...parts})

describe('the document of many pages', () => {
  const documents: [string, HelixPage[], unknown][] = [
    ['of one page', [page([1, {a: 'b'}])], {data: [1, {a: 'b'}]}],
    ['of many', [page([1]), page([2, 3]), page([4])], {data: [1, 2, 3, 4]}],
    ['with empty pages between', [page([]), page([1]), page([]), page([2]), page([])], {data: [1, 2]}],
    ['without items', [page([]), page([])], {data: []}],
    [
      'with what stood on the first',
      [page([1], {rest: {total: 2}}), page([2], {rest: {total: 9}})],
      {data: [1, 2], total: 2},
    ],
    [
      'with a list inside of data',
      [
        page([1], {within: {name: 'segments', rest: {id: 'x'}}, rest: {t: 1}}),
        page([2], {within: {name: 'segments', rest: {id: 'x'}}}),
      ],
      {data: {segments: [1, 2], id: 'x'}, t: 1},
    ],
  ]
  for (const [what, pages, expected] of documents) {
    it(`is JSON ${what}, with and without an error`, () => {
      const text = print(createDocumentPrinter(), pages)
      assert.deepEqual(JSON.parse(text), expected)
      assert.match(text, /^[^\n]*\n$/)
      assert.deepEqual(JSON.parse(print(createDocumentPrinter(), pages, ERROR)), {...(expected as object), ...ERROR})
    })
  }

  it('is the error alone when nothing came, and nothing when there was none', () => {
    assert.deepEqual(JSON.parse(print(createDocumentPrinter(), [], ERROR)), ERROR)
    assert.equal(print(createDocumentPrinter(), []), '')
  })
})

describe('the lines of many pages', () => {
  it('are an item each, and the error the last', () => {
    const pages = [page([1, {a: 'b\n'}]), page([]), page(['x'])]
    assert.equal(print(createLinePrinter(), pages), '1\n{"a":"b\\n"}\n"x"\n')
    assert.equal(print(createLinePrinter(), [page([1])], ERROR), `1\n${JSON.stringify(ERROR)}\n`)
    assert.equal(print(createLinePrinter(), []), '')
  })
})
