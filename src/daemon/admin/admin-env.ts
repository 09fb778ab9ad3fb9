import type {HttpBindings} from '@hono/node-server'
import type {Context, Hono} from 'hono'
import type {HtmlEscapedString} from 'hono/utils/html'

import type {ApiToken} from '../../model/api-token.js'
import type {EpochMs} from '../../model/time.js'
import type {AdminDeps} from './admin-deps.js'
import type {PageSession} from './parts/page-session.js'

/** Who is signed in, and what their pages need. */
export interface AdminSession extends PageSession {
  /** 8 characters, as API tokens have. */
  id: string
  /**
   * The API token that it was begun with, as it is now: the session may do what that token may (docs/decisions/0023) and
   * no more. Undefined: begun by the link of `behalf admin`, whose maker opens the store.
   */
  delegate?: ApiToken
  /** At the latest; earlier where nobody looks. */
  endsAt: EpochMs
  /** The browser speaks to us over TLS: cookies are `Secure`. */
  isSecure: boolean
}

/** What the handlers of the admin page find in their context. */
export interface AdminEnv {
  Bindings: HttpBindings
  Variables: {
    /** Set wherever what was added with `addPage` or `addAction` runs. */
    session: AdminSession
  }
}

export type AdminContext<Path extends string = string> = Context<AdminEnv, Path>

/** What pages are added to, and what they are handed. Paths are whole: `/admin/accounts`. */
export interface Admin {
  readonly app: Hono<AdminEnv>
  readonly deps: AdminDeps
}

/** What a component gives. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>
