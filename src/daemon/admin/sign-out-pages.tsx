import {z} from 'zod'

import {endAllSessions, endSession} from '../../broker/admin-sessions.js'
import {addAction} from './add-action.js'
import {addPage} from './add-page.js'
import type {Admin, AdminContext} from './admin-env.js'
import {ActionButton} from './parts/button.js'
import {Buttons} from './parts/layout.js'
import {Page} from './parts/page.js'
import {clearSessionCookie} from './session-cookie.js'

const NO_FIELDS = z.object({})
const SIGNED_OUT = '/admin/sign-in?signed-out=yes'

/** The way out, of this browser or of all. */
export function addSignOutPages(admin: Admin): void {
  addPage(admin, '/admin/sign-out', (context) => {
    const session = context.get('session')
    return (
      <Page title="Sign out" session={session}>
        <p>Signing out everywhere ends the sessions of all browsers, and of whoever else is signed in here.</p>
        <Buttons>
          <ActionButton href="/admin/sign-out" session={session} kind="primary">
            Sign out
          </ActionButton>
          <ActionButton href="/admin/sign-out/everywhere" session={session} kind="danger">
            Sign out everywhere
          </ActionButton>
        </Buttons>
      </Page>
    )
  })

  addAction(admin, '/admin/sign-out', {
    fields: NO_FIELDS,
    async submit(context) {
      await endSession(admin.deps, context.get('session').id)
      return leave(context)
    },
  })

  addAction(admin, '/admin/sign-out/everywhere', {
    fields: NO_FIELDS,
    async submit(context) {
      await endAllSessions(admin.deps)
      return leave(context)
    },
  })
}

function leave(context: AdminContext): {goTo: string} {
  context.header('Set-Cookie', clearSessionCookie(context.get('session').isSecure), {append: true})
  return {goTo: SIGNED_OUT}
}
