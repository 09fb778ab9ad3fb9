import {Secret} from '../../model/secret.js'
import {SESSION_LIFE_MS} from '../../broker/admin-sessions.js'
import {SECOND_MS} from '../../model/time.js'

/**
 * `__Host-` keeps the cookie from being set by other hosts of the same site, or without TLS (RFC 6265bis 4.1.3.2);
 * browsers take that name over TLS alone. Ports are no border between cookies, so the plain one is at least kept from
 * the other paths of what else listens on this machine.
 */
const SECURE_NAME = '__Host-behalf-session'
const PLAIN_NAME = 'behalf-session'

/** For this host alone, out of reach of scripts, and sent with nothing that another site begins. */
const cookieOf = (text: string, lifeMs: number, isSecure: boolean): string => {
  const place = isSecure ? `${SECURE_NAME}=${text}; Path=/; Secure` : `${PLAIN_NAME}=${text}; Path=/admin`
  return `${place}; Max-Age=${String(lifeMs / SECOND_MS)}; HttpOnly; SameSite=Strict`
}

export const setSessionCookie = (text: Secret, isSecure: boolean): string =>
  cookieOf(text.reveal(), SESSION_LIFE_MS, isSecure)

export const clearSessionCookie = (isSecure: boolean): string => cookieOf('', 0, isSecure)

/** What a browser has of a session: nothing, the cookie of one, or more than one, of which somebody else has set some. */
export type CookieFinding = {kind: 'none'} | {kind: 'one'; text: Secret; isSecure: boolean} | {kind: 'several'}

/**
 * @param headers every value of `Cookie`.
 * @param isPublic The request came to the public address, which has TLS: there the plain cookie is somebody else's.
 */
export function readSessionCookie(headers: readonly string[], isPublic: boolean): CookieFinding {
  const pairs = headers
    .join(';')
    .split(';')
    .map((pair) => pair.trim())
  const named = (name: string): string[] =>
    pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1))
  const secure = named(SECURE_NAME)
  const isSecure = isPublic || secure.length > 0
  const [text, ...others] = isSecure ? secure : named(PLAIN_NAME)
  if (text === undefined || text === '') return {kind: 'none'}
  return others.length > 0 ? {kind: 'several'} : {kind: 'one', text: new Secret(text), isSecure}
}

/** What the token in the forms of a session is made of, once it is hashed under the store's key: the cookie's text. */
export const formTextOf = (text: Secret): Secret => new Secret(`admin form\n${text.reveal()}`)
