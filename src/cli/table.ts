import {stripControls, widthOf} from './output.js'
import type {OutputStream} from './surroundings.js'

export interface Column {
  title: string
  /** May be made narrower, down to this, when the table would not fit; its cells then wrap. */
  minWidth?: number
  /** Colours a cell, by what it says. */
  paint?: (cell: string) => string
}

const GAP = 2
/** The time that the library takes grows with the square of the rows: 10,000 at once took half a minute. */
const ROWS_AT_ONCE = 100
const NO_LINES = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
    .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'])
    .map((part) => [part, '']),
)

/**
 * Lines up `rows` under `columns`, within the width of the terminal, or 80 columns where there is none. Where they cannot
 * be made narrow enough, as on a phone, each row becomes a paragraph with a line for each column.
 */
export async function renderTable(columns: Column[], rows: string[][], stream: OutputStream): Promise<string> {
  const cells = rows.map((row) => row.map(stripControls))
  const width = widthOf(stream)
  const widths = fitWidths(columns, cells, width)
  if (totalWidth(widths) > width) return renderParagraphs(columns, cells, width)
  const {default: Table} = await import('cli-table3')
  const renderPart = (head: string[], part: string[][]): string => {
    const table = new Table({
      head,
      colWidths: widths.map((each) => each + GAP),
      chars: NO_LINES,
      style: {head: [], border: [], 'padding-left': 0, 'padding-right': GAP},
    })
    table.push(...part.map((row) => row.map((cell, column) => renderCell(columns[column], cell, widths[column]))))
    return table.toString()
  }
  const titles = columns.map(({title}) => title)
  const parts = [renderPart(titles, cells.slice(0, ROWS_AT_ONCE))]
  for (let from = ROWS_AT_ONCE; from < cells.length; from += ROWS_AT_ONCE) {
    parts.push(renderPart([], cells.slice(from, from + ROWS_AT_ONCE)))
  }
  return parts
    .join('\n')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}

function renderParagraphs(columns: Column[], rows: string[][], width: number): string {
  const indent = Math.max(...columns.map(({title}) => title.length)) + GAP
  const renderLine = (column: Column, cell: string): string =>
    column.title.padEnd(indent) +
    renderCell(column, cell, Math.max(1, width - indent)).replaceAll('\n', `\n${' '.repeat(indent)}`)
  return rows
    .map((row) => columns.map((column, index) => renderLine(column, row[index] ?? '').trimEnd()).join('\n'))
    .join('\n\n')
}

/** Each line is coloured for itself. */
function renderCell(column: Column | undefined, cell: string, width = cell.length): string {
  const {paint = (text: string) => text} = column ?? {}
  return wrap(cell, width)
    .split('\n')
    .map((line) => paint(line))
    .join('\n')
}

const totalWidth = (widths: readonly number[]): number =>
  widths.reduce((sum, each) => sum + each, GAP * (widths.length - 1))

/** The width of each column. What is too much is taken from the widest that may be narrower, a character at a time. */
function fitWidths(columns: Column[], rows: string[][], width: number): number[] {
  const widths = columns.map(({title}, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const room = (column: number) => (widths[column] ?? 0) - (columns[column]?.minWidth ?? Infinity)
  for (let excess = totalWidth(widths) - width; excess > 0; excess -= 1) {
    const widest = widths.map((_, column) => column).reduce((a, b) => (room(b) > room(a) ? b : a))
    if (room(widest) <= 0) break
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
}

/** Breaks between words where that is possible, and within a word that is too long for a line. */
function wrap(text: string, width: number): string {
  if (text.length <= width) return text
  const lines = ['']
  for (const word of text.split(' ').flatMap((long) => long.match(new RegExp(`.{1,${String(width)}}`, 'g')) ?? [])) {
    const line = lines.at(-1) ?? ''
    if (line === '') lines[lines.length - 1] = word
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines.join('\n')
}

/** `name  value` lines, the values under one another. What is undefined is left out. */
export function renderDetails(details: [string, string | undefined][]): string {
  const known = details.filter((pair): pair is [string, string] => pair[1] !== undefined)
  const width = Math.max(...known.map(([name]) => name.length))
  return known.map(([name, value]) => `${name.padEnd(width)}  ${stripControls(value)}`).join('\n')
}
