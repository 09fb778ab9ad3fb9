import {findSession, type AdminSession} from '../../broker/admin-sessions.js'
import {BehalfError} from '../../model/behalf-error.js'
import type {Secret} from '../../model/secret.js'
import type {AdminDeps} from './admin-deps.js'
import type {AdminContext} from './admin-env.js'
import {isAtPublicAddress} from './own-origin.js'
import {readSessionCookie} from './session-cookie.js'

export interface FoundSession {
  live: AdminSession
  /** What the cookie holds. */
  text: Secret
  isSecure: boolean
}

/**
 * The session of a request, read from the store now; undefined where nobody is signed in.
 * @throws BehalfError `refused` where there is more than one cookie of one.
 */
export async function readSession(
  deps: Pick<AdminDeps, 'store' | 'clock' | 'settings'>,
  context: AdminContext,
): Promise<FoundSession | undefined> {
  const {incoming} = context.env
  const found = readSessionCookie(incoming.headersDistinct.cookie ?? [], isAtPublicAddress(incoming, deps.settings))
  if (found.kind === 'several') {
    throw new BehalfError('refused', 'This browser has several session cookies: something else has set one.', {
      hint: 'Remove the cookies of this host, then sign in again.',
    })
  }
  if (found.kind === 'none') return undefined
  const live = await findSession(deps, found.text)
  return live && {live, text: found.text, isSecure: found.isSecure}
}
