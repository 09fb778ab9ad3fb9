import type {MiddlewareHandler} from 'hono'

import {noteSessionUsed} from '../../broker/admin-sessions.js'
import type {AdminDeps} from './admin-deps.js'
import type {AdminContext, AdminEnv} from './admin-env.js'
import {pageOfForm, signInHref} from './next-page.js'
import {takeNote} from './note-cookie.js'
import {checkOwnOrigin} from './own-origin.js'
import {readSession, type FoundSession} from './read-session.js'
import {formTextOf} from './session-cookie.js'
import {showSignedOut} from './show-failure.js'

type Deps = Pick<AdminDeps, 'store' | 'clock' | 'settings' | 'log'>

/** Lets through who is signed in, and what our own pages send; the others are shown the way in. */
export const requireSession =
  (deps: Deps): MiddlewareHandler<AdminEnv> =>
  async (context, next) => {
    const isForm = context.req.method === 'POST'
    if (isForm) checkOwnOrigin(context.env.incoming, deps.settings)
    const found = await readSession(deps, context)
    if (!found) return isForm ? showSignedOut(context, signInHref(pageOfForm(context))) : goToSignIn(context)
    if (isForm || !loadsItself(context)) await noteSessionUsed(deps, found.live)
    await openPage(deps, context, found)
    if (!isForm) return next()
    const startedMs = performance.now()
    await next()
    deps.log.audit({
      apiTokenId: found.live.delegate?.id ?? found.live.id,
      method: 'POST',
      path: context.req.path,
      status: context.res.status,
      durationMs: performance.now() - startedMs,
    })
  }

/** Nobody need sit before a page that does: it keeps no session awake (docs/decisions/0046). */
const loadsItself = ({req}: AdminContext): boolean => req.query('reload') !== undefined

async function openPage(deps: Deps, context: AdminContext, {live, text, isSecure}: FoundSession): Promise<void> {
  const note = context.req.method === 'GET' ? await takeNote(deps, context, live.id) : undefined
  context.set('session', {
    id: live.id,
    ...(live.delegate && {delegate: live.delegate}),
    endsAt: live.endsAt,
    isSecure,
    csrfToken: await deps.store.fingerprint(formTextOf(text)),
    now: deps.clock.now(),
    ...(note && {note}),
  })
}

function goToSignIn(context: AdminContext): Response {
  const {pathname, search} = new URL(context.req.url)
  return context.redirect(signInHref(`${pathname}${search}`), 303)
}
