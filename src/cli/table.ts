import {stripControls, widthOf} from './output.js'
import type {OutputStream} from './surroundings.js'

export interface Column {
  title: string
  /** May be made narrower, down to this, when the table would not fit; its cells then wrap. */
  minWidth?: number
}

const GAP = 2
const NO_LINES = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
    .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'])
    .map((part) => [part, '']),
)

/** Lines up `rows` under `columns`, within the width of the terminal, or 80 columns where there is none. */
export async function renderTable(columns: Column[], rows: string[][], stream: OutputStream): Promise<string> {
  const {default: Table} = await import('cli-table3')
  const cells = rows.map((row) => row.map(stripControls))
  const table = new Table({
    head: columns.map(({title}) => title),
    chars: NO_LINES,
    style: {head: [], border: [], 'padding-left': 0, 'padding-right': GAP},
    colWidths: fitWidths(columns, cells, widthOf(stream)),
    wordWrap: true,
    wrapOnWordBoundary: false,
  })
  table.push(...cells)
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}

/** Takes what is too much from the widest column that may be narrower, a character at a time. */
function fitWidths(columns: Column[], rows: string[][], width: number): number[] {
  const widths = columns.map(
    ({title}, index) => Math.max(title.length, ...rows.map((row) => (row[index] ?? '').length)) + GAP,
  )
  const room = (index: number) => (widths[index] ?? 0) - GAP - (columns[index]?.minWidth ?? Infinity)
  // The last column's gap may hang over.
  for (let excess = sum(widths) - GAP - width; excess > 0; excess -= 1) {
    const widest = widths.map((_, index) => index).reduce((a, b) => (room(b) > room(a) ? b : a))
    if (room(widest) <= 0) break
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0)

/** `name  value` lines, the values under one another. What is undefined is left out. */
export function renderDetails(details: [string, string | undefined][]): string {
  const known = details.filter((pair): pair is [string, string] => pair[1] !== undefined)
  const width = Math.max(...known.map(([name]) => name.length))
  return known.map(([name, value]) => `${name.padEnd(width)}  ${stripControls(value)}`).join('\n')
}
