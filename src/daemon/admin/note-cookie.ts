import type {AdminDeps} from './admin-deps.js'
import type {AdminContext} from './admin-env.js'
import type {PageSession} from './parts/page.js'

/** What was done, to be said once on the page that a form leads to. */
export type Note = NonNullable<PageSession['note']>

/** Notes that wait, by session. One that another daemon of the store left is not seen; the page shows what it is about. */
const waiting = new WeakMap<AdminDeps, Map<string, Note>>()

export function leaveNote(deps: AdminDeps, context: AdminContext, note: string | Note): Promise<void> {
  const notes = waiting.get(deps) ?? new Map<string, Note>()
  waiting.set(deps, notes)
  notes.set(context.get('session').id, typeof note === 'string' ? {tone: 'good', text: note} : note)
  return Promise.resolve()
}
