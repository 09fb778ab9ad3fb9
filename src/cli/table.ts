import {stripControls, widthOf} from './output.js'
import type {OutputStream} from './surroundings.js'
import {widthOfText, wrapWords} from './wrap-words.js'

export interface Column {
  title: string
  /** May be made narrower, down to this, when the table would not fit; its cells then wrap between words. */
  minWidth?: number
  /** Words that are wider than the column may push the rest of their row to a line of its own. */
  spills?: boolean
  /** Left out where the table would not fit, before any cell is wrapped; what has the lowest number goes first. */
  dropRank?: number
  /** Colours a cell, by what it says. */
  paint?: (cell: string) => string
}

/** A column and its cells as they are. A cell may have several lines. */
interface Filled extends Column {
  cells: string[]
  width: number
}

const GAP = 2

/** Titles that take more of a line than this stand above their value in a paragraph. */
const TITLE_SHARE = 0.6

/**
 * Lines up `rows` under `columns`, within the width of the terminal; whole where there is none, for other programs read
 * that line by line. Where they cannot be made narrow enough, as on a phone, each row becomes a paragraph with a line for
 * each column. No word is ever broken.
 */
export function renderTable(columns: Column[], rows: string[][], stream: OutputStream): string {
  const width = widthOf(stream)
  const all = columns.map((column, index): Filled => {
    const cells = rows.map((row) => stripControls(row[index] ?? ''))
    return {...column, cells, width: Math.max(...[column.title, ...cells].flatMap(splitLines).map(widthOfText))}
  })
  const shown = narrow(leaveOut(all, width), width)
  if (totalWidth(shown) > width) return rows.map((_, row) => renderParagraph(all, row, width)).join('\n\n')
  const titles = renderRow(shown.map((column) => ({column, text: column.title})))
  return [titles, ...rows.map((_, row) => renderCells(shown, row))].join('\n')
}

const keep = (text: string): string => text

const splitLines = (text: string): string[] => text.split('\n')

const totalWidth = (columns: readonly Filled[]): number =>
  columns.reduce((sum, {width}) => sum + width, GAP * (columns.length - 1))

/** Without as many of the columns that may go as are too much. */
function leaveOut(columns: Filled[], width: number): Filled[] {
  const ranked = columns.filter(({dropRank}) => dropRank !== undefined)
  ranked.sort((a, b) => (a.dropRank ?? 0) - (b.dropRank ?? 0))
  let kept = columns
  const dropped: Filled[] = []
  while (totalWidth(kept) > width && dropped.length < ranked.length) {
    dropped.push(...ranked.slice(dropped.length, dropped.length + 1))
    kept = columns.filter((column) => !dropped.includes(column))
  }
  // One that is wide may have gone after some that are narrow, and made room for them.
  for (const column of dropped.toReversed()) {
    const more = columns.filter((each) => each === column || kept.includes(each))
    if (totalWidth(more) <= width) kept = more
  }
  return kept
}

/** What is too much is taken from the column that has most to spare, a character at a time. */
function narrow(columns: Filled[], width: number): Filled[] {
  const narrowed = columns.map((column) => ({column, spare: column.width - leastWidth(column)}))
  for (let excess = totalWidth(columns) - width; excess > 0; excess -= 1) {
    const widest = narrowed.reduce((a, b) => (b.spare > a.spare ? b : a))
    if (widest.spare <= 0) break
    widest.spare -= 1
    widest.column = {...widest.column, width: widest.column.width - 1}
  }
  return narrowed.map(({column}) => column)
}

function leastWidth({title, cells, width, minWidth = width, spills = false}: Filled): number {
  if (spills) return Math.min(width, minWidth)
  const words = [title, ...cells].flatMap((text) => text.split(/[ \n]/))
  return Math.max(Math.min(width, minWidth), ...words.map(widthOfText))
}

const renderCells = (columns: Filled[], row: number): string =>
  renderRow(columns.map((column) => ({column, text: column.cells[row] ?? '', paint: column.paint})))

function renderRow(fields: {column: Filled; text: string; paint?: Column['paint']}[]): string {
  const wrapped = fields.map(({column, text}) => splitLines(text).flatMap((line) => wrapWords(line, column.width)))
  const height = Math.max(...wrapped.map((lines) => lines.length))
  const renderLine = (line: number): string => {
    let rendered = ''
    let [used, start] = [0, 0]
    for (const [index, {column, paint = keep}] of fields.entries()) {
      const text = wrapped[index]?.[line] ?? ''
      if (text !== '') {
        if (used > Math.max(0, start - GAP)) [rendered, used] = [`${rendered}\n`, 0]
        rendered += ' '.repeat(start - used) + paint(text)
        used = start + widthOfText(text)
      }
      start += column.width + GAP
    }
    return rendered
  }
  return Array.from({length: height}, (_, line) => renderLine(line)).join('\n')
}

function renderParagraph(columns: Filled[], row: number, width: number): string {
  const titles = columns.map(({title}) => title.length + GAP).filter((each) => each <= width * TITLE_SHARE)
  const indent = Math.max(GAP, ...titles)
  const renderField = ({title, cells, paint = keep}: Filled): string => {
    const cell = cells[row] ?? ''
    if (title.length + GAP > indent && title.length + GAP + widthOfText(cell) <= width) {
      return `${title}${' '.repeat(GAP)}${paint(cell)}`
    }
    const lines = splitLines(cell)
    const words = lines.flatMap((line) => line.split(' '))
    const isBeside = title.length + GAP <= indent && words.every((word) => indent + widthOfText(word) <= width)
    const left = isBeside ? indent : GAP
    const painted = lines.flatMap((line) => wrapWords(line, width - left)).map((line) => ' '.repeat(left) + paint(line))
    const text = isBeside ? title + painted.join('\n').slice(title.length) : [title, ...painted].join('\n')
    return text.trimEnd()
  }
  return columns.map(renderField).join('\n')
}

/** `name  value` lines, the values under one another. What is undefined is left out. */
export function renderDetails(details: [string, string | undefined][]): string {
  const known = details.filter((pair): pair is [string, string] => pair[1] !== undefined)
  const width = Math.max(...known.map(([name]) => name.length))
  return known.map(([name, value]) => `${name.padEnd(width)}  ${stripControls(value)}`).join('\n')
}
