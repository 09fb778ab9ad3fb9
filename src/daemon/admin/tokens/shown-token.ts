import {createCipheriv, createDecipheriv, randomBytes} from 'node:crypto'

import {Secret} from '../../../model/secret.js'
import {MINUTE_MS, SECOND_MS} from '../../../model/time.js'
import type {AdminDeps} from '../admin-deps.js'
import type {AdminSession} from '../admin-env.js'

type Deps = Pick<AdminDeps, 'store' | 'clock'>

/** What is shown: the text of this API token, to this session. */
interface Showing {
  session: Pick<AdminSession, 'id'>
  apiTokenId: string
}

/** How long the page may take to be opened that shows it. */
const SHOWN_WITHIN_MS = 2 * MINUTE_MS

const IV_BYTES = 12
const TAG_BYTES = 16

/**
 * The text of a new API token on its way from the form that made it to the page that shows it: sealed, in a cookie for
 * that page alone, which the page takes back (docs/decisions/0045). No daemon has to remember it, and no address, log or
 * store ever holds it; who finds the cookie can do nothing with it without the session.
 * @returns the value of `Set-Cookie`.
 */
export async function holdForPage(deps: Deps, showing: Showing, text: Secret, isSecure: boolean): Promise<string> {
  const iv = randomBytes(IV_BYTES)
  const endsAt = String(deps.clock.now() + SHOWN_WITHIN_MS)
  const cipher = createCipheriv('aes-256-gcm', await keyOf(deps, showing.session), iv)
  cipher.setAAD(bindingOf(showing, endsAt))
  const sealed = Buffer.concat([iv, cipher.update(text.reveal(), 'utf8'), cipher.final(), cipher.getAuthTag()])
  return cookieOf(showing, `${endsAt}.${sealed.toString('base64url')}`, SHOWN_WITHIN_MS / SECOND_MS, isSecure)
}

/** The text, if the request brings it, for this session and in time. @param header the request's `Cookie`. */
export async function readForPage(
  deps: Deps,
  showing: Showing,
  header: string | undefined,
): Promise<Secret | undefined> {
  const start = `${COOKIE_NAME}=`
  const value = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(start))
  const [, endsAt, text] = /^(\d{1,16})\.([\w-]{1,400})$/.exec(value?.slice(start.length) ?? '') ?? []
  if (endsAt === undefined || text === undefined || Number(endsAt) <= deps.clock.now()) return undefined
  const sealed = Buffer.from(text, 'base64url')
  if (sealed.length <= IV_BYTES + TAG_BYTES) return undefined
  const decipher = createDecipheriv('aes-256-gcm', await keyOf(deps, showing.session), sealed.subarray(0, IV_BYTES))
  decipher.setAAD(bindingOf(showing, endsAt))
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
  try {
    const opened = [decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]
    return new Secret(Buffer.concat(opened).toString('utf8'))
  } catch {
    // Of another session, of another token, or made up.
    return undefined
  }
}

/** What takes the cookie back. */
export const forgetShown = (showing: Showing, isSecure: boolean): string => cookieOf(showing, '', 0, isSecure)

/** Where the page is that shows it. */
export const shownPathOf = (apiTokenId: string): string => `/admin/tokens/${apiTokenId}/secret`

const COOKIE_NAME = 'behalf-new-token'

const cookieOf = ({apiTokenId}: Showing, value: string, lifeS: number, isSecure: boolean): string =>
  `${COOKIE_NAME}=${value}; Path=${shownPathOf(apiTokenId)}; Max-Age=${String(lifeS)}; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`

/** Every daemon of the store comes to the same one. */
async function keyOf({store}: Deps, {id}: Showing['session']): Promise<Buffer> {
  return Buffer.from(await store.fingerprint(new Secret(`new API token shown to the session ${id}`)), 'base64url')
}

const bindingOf = ({session, apiTokenId}: Showing, endsAt: string): Buffer =>
  Buffer.from(JSON.stringify([session.id, apiTokenId, endsAt]))
