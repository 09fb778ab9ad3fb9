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

/**
 * Lines up `rows` under `columns`, within the width of the terminal, or 80 columns where there is none. Where they cannot
 * be made narrow enough, as on a phone, each row becomes a paragraph with a line for each column.
 */
export function renderTable(columns: Column[], rows: string[][], stream: OutputStream): string {
  const cells = rows.map((row) => row.map(stripControls))
  const width = widthOf(stream)
  const widths = fitWidths(columns, cells, width)
  if (totalWidth(widths) > width) return renderParagraphs(columns, cells, width)
  const renderRow = (texts: readonly string[], painted: boolean): string => {
    const wrapped = columns.map((_, index) => wrap(texts[index] ?? '', widths[index] ?? 0))
    const height = Math.max(...wrapped.map((lines) => lines.length))
    const renderLine = (line: number): string =>
      columns
        .map(({paint}, index) => {
          const text = wrapped[index]?.[line] ?? ''
          const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - widthOfText(text)))
          return (painted && paint && text !== '' ? paint(text) : text) + padding
        })
        .join(' '.repeat(GAP))
        .trimEnd()
    return Array.from({length: height}, (_, line) => renderLine(line)).join('\n')
  }
  const titles = renderRow(
    columns.map(({title}) => title),
    false,
  )
  return [titles, ...cells.map((row) => renderRow(row, true))].join('\n')
}

function renderParagraphs(columns: Column[], rows: string[][], width: number): string {
  const indent = Math.max(...columns.map(({title}) => title.length)) + GAP
  const renderField = ({title, paint = (text) => text}: Column, cell: string): string =>
    wrap(cell, Math.max(1, width - indent))
      .map((line, index) => `${(index === 0 ? title : '').padEnd(indent)}${paint(line)}`.trimEnd())
      .join('\n')
  return rows
    .map((row) => columns.map((column, index) => renderField(column, row[index] ?? '')).join('\n'))
    .join('\n\n')
}

const totalWidth = (widths: readonly number[]): number =>
  widths.reduce((sum, each) => sum + each, GAP * (widths.length - 1))

/** The width of each column. What is too much is taken from the widest that may be narrower, a character at a time. */
function fitWidths(columns: Column[], rows: string[][], width: number): number[] {
  const widths = columns.map(({title}, column) =>
    rows.reduce((widest, row) => Math.max(widest, widthOfText(row[column] ?? '')), widthOfText(title)),
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
function wrap(text: string, width: number): string[] {
  if (widthOfText(text) <= width) return [text]
  const lines = ['']
  for (const word of text.split(' ').flatMap((long) => breakWord(long, width))) {
    const line = lines.at(-1) ?? ''
    if (line === '') lines[lines.length - 1] = word
    else if (widthOfText(line) + 1 + widthOfText(word) <= width) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines
}

function breakWord(word: string, width: number): string[] {
  const parts = ['']
  for (const character of word) {
    const part = parts.at(-1) ?? ''
    if (part === '' || widthOfText(part + character) <= width) parts[parts.length - 1] = part + character
    else parts.push(character)
  }
  return parts
}

/** East Asian wide and fullwidth characters and pictographs (Unicode Standard Annex 11) take two columns of a terminal. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/gu

/** How many columns of a terminal a text takes. */
function widthOfText(text: string): number {
  // Most are ASCII, and there may be thousands.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  const visible = text.replaceAll(/\p{Mark}/gu, '')
  return Array.from(visible).length + (visible.match(WIDE)?.length ?? 0)
}

/** `name  value` lines, the values under one another. What is undefined is left out. */
export function renderDetails(details: [string, string | undefined][]): string {
  const known = details.filter((pair): pair is [string, string] => pair[1] !== undefined)
  const width = Math.max(...known.map(([name]) => name.length))
  return known.map(([name, value]) => `${name.padEnd(width)}  ${stripControls(value)}`).join('\n')
}
