import assert from 'node:assert/strict'
import {stripVTControlCharacters} from 'node:util'

import {renderDetails, renderTable} from '../../../src/cli/table.js'
import {CapturedStream} from '../../support/captured-stream.js'

const render = (columns: Parameters<typeof renderTable>[0], rows: string[][]) =>
  renderTable(columns, rows, new CapturedStream())

/** A terminal of this width. */
const terminalOf = (columns: number) => Object.assign(new CapturedStream(), {isTTY: true, columns})

describe('renderTable', () => {
  it('lines up the columns, without trailing spaces', () => {
    const table = render(
      [{title: 'NAME'}, {title: 'STATE'}],
      [
        ['a', 'ok'],
        ['longer', 'expired'],
      ],
    )
    assert.equal(table, 'NAME    STATE\na       ok\nlonger  expired')
  })

  it('leaves everything whole where there is no terminal', () => {
    const columns = [
      {title: 'NAME', minWidth: 10, dropRank: 1},
      {title: 'SCOPES', minWidth: 10},
    ]
    const scopes = Array.from({length: 40}, (_, index) => `scope:${String(index)}`).join(' ')
    const piped = Object.assign(new CapturedStream(), {columns: 40})
    assert.equal(renderTable(columns, [['techydrroid', scopes]], piped).split('\n')[1], `techydrroid  ${scopes}`)
  })

  it('wraps cells between words where that makes it fit', () => {
    const columns = [{title: 'ID'}, {title: 'NAME', minWidth: 10}, {title: 'SCOPES', minWidth: 10}]
    const scopes = Array.from({length: 20}, (_, index) => `scope:${String(index)}`).join(' ')
    const table = renderTable(columns, [['12345678', 'n'.repeat(50), scopes]], terminalOf(80))
    for (const line of table.split('\n')) assert.ok(line.length <= 80, `${String(line.length)}: ${line}`)
    assert.ok(table.includes('n'.repeat(50)))
    assert.deepEqual(table.match(/scope:\d+/g), scopes.split(' '))
  })

  it('leaves exactly 80 columns as they are, and narrows 81', () => {
    const columns = [{title: 'A', minWidth: 5}, {title: 'B'}]
    const exact = renderTable(columns, [[`${'x'.repeat(60)} ${'x'.repeat(9)}`, 'y'.repeat(8)]], terminalOf(80))
    assert.deepEqual(
      exact.split('\n').map((line) => line.length),
      [73, 80],
    )
    const wider = renderTable(columns, [[`${'x'.repeat(60)} ${'x'.repeat(10)}`, 'y'.repeat(8)]], terminalOf(80))
    assert.equal(wider.split('\n').length, 3)
  })

  it('takes 80 columns for a terminal that does not know its width', () => {
    const columns = [{title: 'A'}, {title: 'B', dropRank: 1}]
    assert.equal(renderTable(columns, [['x'.repeat(78), 'y']], terminalOf(0)), `A\n${'x'.repeat(78)}`)
  })

  it('fills a wider terminal', () => {
    const table = renderTable([{title: 'A', minWidth: 5}], [['x y '.repeat(27)]], terminalOf(120))
    assert.equal(table.split('\n').length, 2)
  })

  it('leaves out what may go, in its order, and no more than is needed', () => {
    const columns = [{title: 'A'}, {title: 'B', dropRank: 2}, {title: 'C', dropRank: 1}, {title: 'D'}]
    const titlesAt = (width: number) =>
      renderTable(columns, [['aaaa', 'bbbbbbbb', 'cc', 'dddd']], terminalOf(width)).split('\n', 1)[0]
    assert.equal(titlesAt(24), 'A     B         C   D')
    assert.equal(titlesAt(23), 'A     B         D')
    assert.equal(titlesAt(20), 'A     B         D')
    assert.equal(titlesAt(19), 'A     C   D', 'what is narrow comes back once what is wide is gone')
    assert.equal(titlesAt(13), 'A     D')
  })

  it('lets a word that is too wide push the rest of its row down, where the column allows', () => {
    const columns = [{title: 'PATH', minWidth: 6, spills: true}, {title: 'AS'}]
    const table = renderTable(
      columns,
      [
        ['/long/path', 'user'],
        ['/short', 'any'],
      ],
      terminalOf(12),
    )
    assert.equal(table, 'PATH    AS\n/long/path\n        user\n/short  any')
  })

  it('gives each line of a cell a line', () => {
    assert.equal(render([{title: 'A'}, {title: 'B'}], [['x\nyy', 'z']]), 'A   B\nx   z\nyy')
  })

  it('makes paragraphs, with every column, where the terminal is too narrow for the table', () => {
    const columns = [{title: 'ACCOUNT'}, {title: 'STATE'}, {title: 'SCOPES', minWidth: 4, dropRank: 1}]
    const rows = [
      ['twitch/techydrroid', 'ok', 'a b c d e f'],
      ['b', 'in-doubt', ''],
    ]
    const text =
      'ACCOUNT\n  twitch/techydrroid\nSTATE    ok\nSCOPES   a b c d\n         e f\n\nACCOUNT  b\nSTATE    in-doubt\nSCOPES'
    assert.equal(renderTable(columns, rows, terminalOf(17)), text)
  })

  it('puts long titles of paragraphs above their values, and leaves addresses whole', () => {
    const columns = [{title: 'NAME'}, {title: 'REGISTER AN APPLICATION AT'}]
    const address = `https://example.com/${'x'.repeat(40)}`
    const text = `NAME  one\nREGISTER AN APPLICATION AT\n  ${address}\n\nNAME  two\nREGISTER AN APPLICATION AT  –`
    const rows = [
      ['one', address],
      ['two', '–'],
    ]
    assert.equal(renderTable(columns, rows, terminalOf(40)), text)
  })

  it('colours cells, line by line, and lines them up all the same', () => {
    const paint = (cell: string) => `\u001b[32m${cell}\u001b[39m`
    const table = render([{title: 'STATE', paint}, {title: 'NAME'}], [['ok', 'x']])
    assert.equal(stripVTControlCharacters(table), 'STATE  NAME\nok     x')
    assert.ok(table.includes(paint('ok')))
  })

  it('counts characters that take two columns, and those that take none', () => {
    const table = renderTable(
      [{title: 'NAME'}, {title: 'STATE'}],
      [
        ['日本', 'ok'],
        ['e\u0301a', 'ok'],
        ['abcd', 'ok'],
      ],
      new CapturedStream(),
    )
    assert.equal(table, 'NAME  STATE\n日本  ok\ne\u0301a    ok\nabcd  ok')
  })

  it('takes out what would steer the terminal', () => {
    assert.equal(render([{title: 'A'}], [['\u001b[31mred\u0007\u202e']]), 'A\n[31mred')
  })
})

describe('renderDetails', () => {
  it('puts the values under one another and leaves out what is not known', () => {
    assert.equal(
      renderDetails([
        ['name', 'x'],
        ['gone', undefined],
        ['user id', '2\u001b[2J'],
      ]),
      'name     x\nuser id  2[2J',
    )
  })
})
