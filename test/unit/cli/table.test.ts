import assert from 'node:assert/strict'
import {stripVTControlCharacters} from 'node:util'

import {renderDetails, renderTable} from '../../../src/cli/table.js'
import {CapturedStream} from '../../support/captured-stream.js'

const render = (columns: Parameters<typeof renderTable>[0], rows: string[][]) =>
  renderTable(columns, rows, new CapturedStream())

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

  it('fits 80 columns where it may make cells narrower, and loses no text', () => {
    const columns = [{title: 'ID'}, {title: 'NAME', minWidth: 10}, {title: 'SCOPES', minWidth: 10}]
    const scopes = Array.from({length: 20}, (_, index) => `scope:${String(index)}`).join(' ')
    const table = render(columns, [['12345678', 'n'.repeat(60), scopes]])
    for (const line of table.split('\n')) assert.ok(line.length <= 80, `${String(line.length)}: ${line}`)
    assert.equal(table.match(/n/g)?.length, 60)
    assert.deepEqual(table.match(/scope:\d+/g), scopes.split(' '), 'no word is broken that fits a line')
  })

  it('leaves exactly 80 columns as they are, and narrows 81', () => {
    const columns = [{title: 'A', minWidth: 5}, {title: 'B'}]
    const exact = render(columns, [['x'.repeat(70), 'y'.repeat(8)]])
    assert.deepEqual(
      exact.split('\n').map((line) => line.length),
      [73, 80],
    )
    const wider = render(columns, [['x'.repeat(71), 'y'.repeat(8)]])
    assert.equal(wider.split('\n').length, 3)
  })

  it('fills a wider terminal', () => {
    const stream = Object.assign(new CapturedStream(), {isTTY: true, columns: 120})
    const table = renderTable([{title: 'A', minWidth: 5}], [['x'.repeat(110)]], stream)
    assert.equal(table.split('\n').length, 2)
  })

  it('makes paragraphs where the terminal is too narrow for the table', () => {
    const stream = Object.assign(new CapturedStream(), {isTTY: true, columns: 16})
    const columns = [{title: 'ACCOUNT'}, {title: 'STATE'}]
    const rows = [
      ['twitch/techydrroid', 'ok'],
      ['b', 'login-needed'],
    ]
    const text =
      'ACCOUNT  twitch/\n         techydr\n         roid\nSTATE    ok\n\nACCOUNT  b\nSTATE    login-n\n         eeded'
    assert.equal(renderTable(columns, rows, stream), text)
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
