import {z} from 'zod'

import {endSession, listSessions, type AdminSession as LiveSession} from '../../../broker/admin-sessions.js'
import {addAction} from '../add-action.js'
import type {Admin, AdminSession} from '../admin-env.js'
import {Badge} from '../parts/badge.js'
import {ActionButton} from '../parts/button.js'
import {Foreign} from '../parts/foreign.js'
import {Panel} from '../parts/layout.js'
import {Table} from '../parts/table.js'
import {TimeLeft} from '../parts/time-left.js'
import {Time} from '../parts/time.js'

const END_PATH = '/admin/tokens/sessions/end'

/** The end of a session of the admin page: whatever takes power away anyone may do who is signed in. */
export function addSessionEnd(admin: Admin): void {
  const {deps} = admin
  addAction(admin, END_PATH, {
    fields: z.object({id: z.string().max(64)}),
    async submit(context, {id}) {
      const isThere = (await listSessions(deps)).some((session) => session.id === id)
      if (isThere) await endSession(deps, id)
      deps.log.info('admin-session-ended', {sessionId: context.get('session').id, endedId: id})
      return {goTo: '/admin/tokens', note: 'The session is over.'}
    },
  })
}

/** Who is signed in to the admin page; they are no API tokens, and open nothing else. */
export function PageSessions({session, live}: {session: AdminSession; live: readonly LiveSession[]}) {
  const {now} = session
  return (
    <Panel title="Signed in to this page">
      <Table
        caption="Sessions of the admin page, the latest first"
        columns={[
          {title: 'Browser'},
          {title: 'Began by'},
          {title: 'Began'},
          {title: 'Ends'},
          {title: 'What can be done', isActions: true},
        ]}
        rows={live.map(({id, browser, delegate, begunAt, endsAt}) => [
          <Foreign text={browser} maxLength={100} />,
          delegate === undefined ? 'a link of behalf admin' : <Foreign text={delegate.name} />,
          <Time at={begunAt} now={now} />,
          <TimeLeft from={begunAt} until={endsAt} now={now} />,
          id === session.id ? (
            <Badge tone="info">this one</Badge>
          ) : (
            <ActionButton href={END_PATH} session={session} hidden={{id}} isSmall>
              End this session
            </ActionButton>
          ),
        ])}
      />
    </Panel>
  )
}
