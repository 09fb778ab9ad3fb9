import type {Hono} from 'hono'

import {beginSessionByApiToken, beginSessionByLink, endSession, type BegunSession} from '../../broker/admin-sessions.js'
import {BehalfError} from '../../model/behalf-error.js'
import {Secret} from '../../model/secret.js'
import {SECOND_MS} from '../../model/time.js'
import type {AdminDeps} from './admin-deps.js'
import type {AdminContext, AdminEnv, Html} from './admin-env.js'
import {checkNext} from './next-page.js'
import {checkOwnOrigin} from './own-origin.js'
import {LinkPage, TokenPage} from './sign-in-views.js'
import {readForm, type FormValues} from './read-form.js'
import {readSession} from './read-session.js'
import {setSessionCookie} from './session-cookie.js'
import {SignInLimit} from './sign-in-limit.js'

const HOME = '/admin/accounts'

/**
 * The way in, for who is not signed in yet. Their forms carry no token, for there is no session to make one of: the
 * origin says whose they are (`own-origin.ts`). The link's page does nothing until its button is pressed, so that who
 * only looks at links (mail filters, previews, a browser that is quicker than its user) uses none up.
 */
export function addSignInPages(app: Hono<AdminEnv>, deps: AdminDeps): void {
  const limits = {link: new SignInLimit(deps.clock), token: new SignInLimit(deps.clock)}

  app.get('/admin/sign-in', (context) => {
    const code = context.req.query('link')
    const next = nextOf(context.req.query('next'))
    if (code !== undefined) return context.html(<LinkPage code={code} />)
    letSignedInPass(context, next)
    return context.html(<TokenPage next={next} isSignedOut={context.req.query('signed-out') !== undefined} />)
  })

  const begin = async (
    context: AdminContext,
    limit: SignInLimit,
    open: (values: FormValues, browser: string) => Promise<BegunSession>,
    showAgain: (error: string, values: FormValues) => Html,
  ): Promise<Response> => {
    const {isSecure} = checkOwnOrigin(context.env.incoming, deps.settings)
    const values = await readForm(context.req.raw)
    const waitMs = limit.count()
    if (waitMs !== undefined) {
      context.header('Retry-After', String(Math.ceil(waitMs / SECOND_MS)))
      return context.html(showAgain('Too many have failed to sign in. Try again in a minute.', values), 429)
    }
    try {
      const {session, text} = await open(values, context.req.header('user-agent') ?? '')
      limit.forgive()
      // Whoever sat here before is no longer signed in.
      const before = await readSession(deps, context).catch(() => undefined)
      if (before) await endSession(deps, before.live.id)
      deps.log.info('admin-signed-in', {
        session: session.id,
        ...(session.delegate && {apiTokenId: session.delegate.id}),
      })
      context.header('Set-Cookie', setSessionCookie(text, isSecure), {append: true})
      return context.redirect(nextOf(firstOf(values, 'next')), 303)
    } catch (error) {
      if (!(error instanceof BehalfError) || error.code !== 'refused') {
        limit.forgive()
        throw error
      }
      deps.log.warn('admin-sign-in-refused')
      return context.html(showAgain(`${error.message} ${error.hint ?? ''}`, values), 403)
    }
  }

  app.post('/admin/sign-in', (context) =>
    begin(
      context,
      limits.token,
      (values, browser) => beginSessionByApiToken(deps, new Secret(firstOf(values, 'token').trim()), browser),
      (error, values) => <TokenPage next={nextOf(firstOf(values, 'next'))} error={error} />,
    ),
  )

  app.post('/admin/sign-in/link', (context) =>
    begin(
      context,
      limits.link,
      (values, browser) => beginSessionByLink(deps, new Secret(firstOf(values, 'link')), browser),
      (error) => <TokenPage next={HOME} linkError={error} />,
    ),
  )
}

const firstOf = (values: FormValues, name: string): string => values[name]?.[0] ?? ''

const nextOf = (asked: string | undefined): string => checkNext(asked) ?? HOME

/**
 * Who follows a link from another site, or comes back from a login there, sends no `SameSite=Strict` cookie and looks
 * signed out. From this page of ours it is sent again.
 */
function letSignedInPass(context: AdminContext, next: string): void {
  const site = context.req.header('sec-fetch-site')
  if (site === 'cross-site' || site === 'same-site') context.header('Refresh', `0; url=${next}`)
}
