import type {Child} from 'hono/jsx'

/** A part of a page under a heading of its own. */
export function Panel({title, actions, children}: {title: string; actions?: Child; children?: Child}) {
  return (
    <section class="panel">
      <div class="heading">
        <h2>{title}</h2>
        {actions !== undefined && <div class="actions">{actions}</div>}
      </div>
      {children}
    </section>
  )
}

/** Names and what they are: `rows` without those whose value is undefined. */
export function Facts({rows}: {rows: readonly (readonly [name: string, value: Child | undefined])[]}) {
  return (
    <dl class="facts">
      {rows
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => (
          <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}

/** Where there is nothing yet: what would be here, and how it gets there. */
export function Empty({title, children}: {title: string; children?: Child}) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {typeof children === 'string' ? <p>{children}</p> : children}
    </div>
  )
}

/** Buttons below a form, or beside each other. */
export const Buttons = ({children}: {children?: Child}) => <div class="buttons">{children}</div>

export interface PagerProps {
  /** The pages before and after this one, where there are any. */
  previous?: string | undefined
  next?: string | undefined
  /** Which part this is: `1–50 of 1,200`. */
  text: string
}

/** The way through a list that is too long for one page. */
export function Pager({previous, next, text}: PagerProps) {
  return (
    <nav class="pager" aria-label="Pages of this list">
      {previous === undefined ? (
        <span class="soft">Previous</span>
      ) : (
        <a href={previous} rel="prev">
          Previous
        </a>
      )}
      <span>{text}</span>
      {next === undefined ? (
        <span class="soft">Next</span>
      ) : (
        <a href={next} rel="next">
          Next
        </a>
      )}
    </nav>
  )
}
