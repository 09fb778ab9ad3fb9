import type {Child} from 'hono/jsx'
import {raw} from 'hono/html'

import {ICON_URL, SCRIPT_URL, STYLE_URL} from '../admin-files.js'
import {ActionForm} from './form.js'
import {Notice} from './notice.js'
import type {PageSession} from './page-session.js'

/** The pages that the navigation leads to, in its order. */
const SECTIONS = {
  accounts: 'Accounts',
  tokens: 'API tokens',
  providers: 'Providers',
  activity: 'Activity',
  points: 'Points',
  health: 'Health',
} as const

export type Section = keyof typeof SECTIONS

export interface PageProps {
  /** The heading, and the title of the window. */
  title: string
  /** Where in the navigation this is. */
  section?: Section
  /** Nobody is signed in without one, and there is no navigation. */
  session?: PageSession | undefined
  /** Where this page belongs, above its heading: the way back from one thing to the list of them. */
  parent?: {title: string; href: string}
  /** Buttons and links beside the heading: what is done here most. */
  actions?: Child
  /**
   * The page looks after so many seconds whether it has become another. Without scripts it loads itself again each time;
   * with them only then, for a reload takes the focus, and the place of who reads, away. `href`: itself, with the `reload`
   * in its query that says that nobody asked for it.
   */
  reload?: {seconds: number; href: string} | undefined
  children?: Child
}

/** A whole document. */
export function Page({title, section, session, parent, actions, reload, children}: PageProps) {
  return (
    <>
      {raw('<!doctype html>')}
      <html lang="en" data-now={session?.now} data-reload={reload?.seconds}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          {reload && (
            <noscript>
              <meta http-equiv="refresh" content={`${String(reload.seconds)}; url=${reload.href}`} />
            </noscript>
          )}
          <title>{`${title} – behalf`}</title>
          <link rel="icon" href={ICON_URL} type="image/svg+xml" />
          <link rel="stylesheet" href={STYLE_URL} />
          <script src={SCRIPT_URL} defer></script>
        </head>
        <body>
          <a class="skip" href="#main">
            Skip to the content
          </a>
          {session && <Header session={session} section={section} />}
          <main id="main" tabindex={-1} class={session ? 'wide' : 'narrow'}>
            {session?.note && (
              <Notice tone={session.note.tone} isNews>
                {session.note.text}
              </Notice>
            )}
            {parent && (
              <nav class="parent" aria-label="Way back">
                <a href={parent.href}>{parent.title}</a>
              </nav>
            )}
            <div class="heading">
              <h1>{title}</h1>
              {actions !== undefined && <div class="actions">{actions}</div>}
            </div>
            {children}
          </main>
        </body>
      </html>
    </>
  )
}

function Header({session, section}: {session: PageSession; section: Section | undefined}) {
  return (
    <header class="top">
      <a class="brand" href="/admin">
        behalf
      </a>
      <nav aria-label="Sections">
        <ul>
          {Object.entries(SECTIONS).map(([name, title]) => (
            <li>
              <a href={`/admin/${name}`} aria-current={name === section ? 'page' : undefined}>
                {title}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <ActionForm action="/admin/sign-out" session={session}>
        <button class="quiet small">Sign out</button>
      </ActionForm>
    </header>
  )
}
