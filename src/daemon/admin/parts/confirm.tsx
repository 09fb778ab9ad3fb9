import type {Child} from 'hono/jsx'

import {Button, LinkButton} from './button.js'
import {ActionForm} from './form.js'
import {Buttons} from './layout.js'
import type {PageSession} from './page-session.js'

export interface ConfirmProps {
  session: PageSession
  /** Where the form is sent. */
  action: string
  hidden?: Readonly<Record<string, string>>
  /** What the button says: what happens, not “OK”. */
  label: string
  /** Where to when nothing is to happen. */
  cancelHref: string
  /** What it means, and fields if there is something to choose. */
  children?: Child
}

/** The question before something that cannot be taken back; a page of its own, whose title is the question. */
export function Confirm({session, action, hidden = {}, label, cancelHref, children}: ConfirmProps) {
  return (
    <ActionForm action={action} session={session} hidden={hidden} class="stack card">
      {children}
      <Buttons>
        <Button kind="danger">{label}</Button>
        <LinkButton href={cancelHref}>Cancel</LinkButton>
      </Buttons>
    </ActionForm>
  )
}
