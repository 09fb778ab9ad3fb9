import type {Child} from 'hono/jsx'

export interface Column {
  title: string
  /** Figures, in a line with those above. */
  isNumber?: boolean
  /** Has no heading that is seen: the buttons of a row. */
  isActions?: boolean
}

export interface TableProps {
  /** What it lists; read aloud, and seen with `showsCaption`. */
  caption: string
  showsCaption?: boolean
  columns: readonly Column[]
  /** A cell for each column; the first one names the row. */
  rows: readonly (readonly Child[])[]
  /** With a script: a box that narrows the rows down as one types. Its label. */
  filterLabel?: string
  /** Of the body, for a script that adds rows. */
  id?: string
}

/**
 * A table that turns into a card for each row where the window is narrow. The roles stand there in full, for some
 * browsers forget them when the style makes blocks of rows and cells.
 */
export function Table({caption, showsCaption = false, columns, rows, filterLabel, id}: TableProps) {
  return (
    <div class="table" data-filter={filterLabel}>
      <table role="table">
        <caption class={showsCaption ? undefined : 'unseen'}>{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th role="columnheader" scope="col" class={lookOf(column)}>
                {column.isActions ? <span class="unseen">{column.title}</span> : column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup" id={id}>
          {rows.map((cells) => (
            <Row columns={columns} cells={cells} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** A row of such a table, also alone. */
export function Row({columns, cells}: {columns: readonly Column[]; cells: readonly Child[]}) {
  return (
    <tr role="row">
      {columns.map((column, index) =>
        index === 0 ? (
          <th role="rowheader" scope="row" class={lookOf(column)}>
            {cells[index]}
          </th>
        ) : (
          <td role="cell" class={lookOf(column)} data-label={column.isActions ? undefined : column.title}>
            {cells[index]}
          </td>
        ),
      )}
    </tr>
  )
}

function lookOf({isNumber, isActions}: Column): string | undefined {
  if (isActions) return 'row-actions'
  return isNumber ? 'number' : undefined
}
