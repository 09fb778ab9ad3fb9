import {Secret} from '../../model/secret.js'
import type {AdminDeps} from './admin-deps.js'
import type {AdminContext} from './admin-env.js'
import type {PageSession} from './parts/page-session.js'

/** What was done, to be said once on the page that a form leads to. */
export type Note = NonNullable<PageSession['note']>

const NAME = 'behalf-note'
const TONES: readonly string[] = ['good', 'warn', 'bad', 'info', 'quiet']
/** Browsers keep 4 kB of a cookie. */
const MAX_TEXT_LENGTH = 600

type Deps = Pick<AdminDeps, 'store'>

/**
 * Leaves a note for the next page of this session, in a cookie, so that any daemon of the store can show it. It says
 * whose it is under the store's key: a note that somebody else has put there is not shown.
 */
export async function leaveNote(deps: Deps, context: AdminContext, note: string | Note): Promise<void> {
  const {tone, text} = typeof note === 'string' ? {tone: 'good', text: note} : note
  const said = Buffer.from(JSON.stringify([tone, text.slice(0, MAX_TEXT_LENGTH)])).toString('base64url')
  const value = `${said}.${await sign(deps, context.get('session').id, said)}`
  context.header('Set-Cookie', `${NAME}=${value}; Path=/admin; Max-Age=60; HttpOnly; SameSite=Strict`, {append: true})
}

/** The note for this page, which is forgotten with it. */
export async function takeNote(deps: Deps, context: AdminContext, sessionId: string): Promise<Note | undefined> {
  const [value, ...others] = (context.req.header('cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${NAME}=`))
  if (value === undefined) return undefined
  context.header('Set-Cookie', `${NAME}=; Path=/admin; Max-Age=0; HttpOnly; SameSite=Strict`, {append: true})
  const [said = '', signature = ''] = value.slice(NAME.length + 1).split('.')
  if (others.length > 0 || signature !== (await sign(deps, sessionId, said))) return undefined
  const [tone, text] = JSON.parse(Buffer.from(said, 'base64url').toString()) as [string, string]
  return TONES.includes(tone) ? {tone: tone as Note['tone'], text} : undefined
}

const sign = ({store}: Deps, sessionId: string, said: string): Promise<string> =>
  store.fingerprint(new Secret(`admin note\n${sessionId}\n${said}`))
