import {Hono} from 'hono'
import {getCookie, setCookie} from 'hono/cookie'

import {renderLoginPage} from '../pages/authorization-pages.js'
import {getParameter, readParameters, type SandboxContext, type SandboxEnv} from '../parameters.js'
import {randomToken} from '../random-text.js'
import type {User} from '../records.js'
import type {SandboxState} from '../state.js'

/** Cookies know no ports: a name of its own, so that it meets no other program on `localhost`. */
const COOKIE = 'sandbox_session'

/** Who is logged in, in this browser. */
export function findSessionUser(state: SandboxState, c: SandboxContext): User | undefined {
  const session = getCookie(c, COOKIE)
  return session === undefined ? undefined : state.users.get(state.sessions.get(session) ?? '')
}

/** The login page's address that leads back to `path`. */
export const loginUrl = (path: string): string => `/login?${new URLSearchParams({return: path}).toString()}`

/** `/login`: logs in as any account, without a password, and goes back to where the browser came from. */
export function createLoginRoutes(state: SandboxState): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>()

  app.get('/', async (c) => {
    const {query} = await readParameters(c)
    return c.html(renderLoginPage([...state.users.values()], loginUrl(returnPath(query))))
  })

  app.post('/', async (c) => {
    const {query, form} = await readParameters(c)
    const login = getParameter(form, 'login') ?? ''
    const user = state.findUserByLogin(login)
    if (user === undefined) {
      const page = renderLoginPage(
        [...state.users.values()],
        loginUrl(returnPath(query)),
        `There is no account “${login}” here.`,
      )
      return c.html(page, 404)
    }
    const session = randomToken()
    state.sessions.set(session, user.id)
    setCookie(c, COOKIE, session, {path: '/', httpOnly: true, sameSite: 'Lax'})
    return c.redirect(returnPath(query), 303)
  })

  return app
}

/** Only our own pages: the address is not a way to send people elsewhere. */
function returnPath(query: URLSearchParams): string {
  const path = query.get('return') ?? '/'
  return /^\/(oauth2\/authorize|activate)(\?|$)/.test(path) ? path : '/'
}
