import type {Child} from 'hono/jsx'

import {ActionForm} from './form.js'
import type {PageSession} from './page-session.js'

/** `danger` for what cannot be taken back; `quiet` for what is not the point of the page. */
export type ButtonKind = 'primary' | 'quiet' | 'danger'

export interface ButtonProps {
  kind?: ButtonKind
  isSmall?: boolean
  /** Sent with the form when it was this button. */
  name?: string
  value?: string
  /** Has the focus when the page opens. */
  autofocus?: boolean
  children?: Child
}

const lookOf = (kind: ButtonKind, isSmall = false): string => `button ${kind}${isSmall ? ' small' : ''}`

/** Sends the form that it stands in. */
export function Button({kind = 'primary', isSmall, children, ...rest}: ButtonProps) {
  return (
    <button class={lookOf(kind, isSmall)} {...rest}>
      {children}
    </button>
  )
}

export interface LinkButtonProps {
  href: string
  kind?: ButtonKind
  isSmall?: boolean
  children?: Child
}

/** A link that looks like a button: it leads to where something is done. */
export function LinkButton({href, kind = 'quiet', isSmall, children}: LinkButtonProps) {
  return (
    <a href={href} class={lookOf(kind, isSmall)}>
      {children}
    </a>
  )
}

export interface ActionButtonProps extends LinkButtonProps {
  session: PageSession
  hidden?: Readonly<Record<string, string>>
}

/** A button that does one thing at once: a form of its own. `href` is where it is sent. */
export function ActionButton({
  href,
  session,
  hidden = {},
  kind = 'quiet',
  isSmall = false,
  children,
}: ActionButtonProps) {
  return (
    <ActionForm action={href} session={session} hidden={hidden} class="inline">
      <Button kind={kind} isSmall={isSmall}>
        {children}
      </Button>
    </ActionForm>
  )
}
