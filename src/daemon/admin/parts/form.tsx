import type {Child} from 'hono/jsx'

import type {PageSession} from './page-session.js'

/** The name of the CSRF token in a form. */
export const CSRF_FIELD = 'csrf'

export interface ActionFormProps {
  action: string
  session: PageSession
  /** What goes along unseen. */
  hidden?: Readonly<Record<string, string>>
  /** The class of the form: `stack` for fields below each other. */
  class?: string
  id?: string
  children?: Child
}

/** A form that does something: a POST with the session's CSRF token. */
export function ActionForm({action, session, hidden = {}, class: look, id, children}: ActionFormProps) {
  return (
    <form method="post" action={action} class={look} id={id}>
      <input type="hidden" name={CSRF_FIELD} value={session.csrfToken} />
      {Object.entries(hidden).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      {children}
    </form>
  )
}

/** A form that only asks: a GET, so that what was asked can be seen in the address and linked to. */
export function SearchForm({action, label, children}: {action: string; label: string; children?: Child}) {
  return (
    <form method="get" action={action} role="search" aria-label={label} class="search">
      {children}
    </form>
  )
}
