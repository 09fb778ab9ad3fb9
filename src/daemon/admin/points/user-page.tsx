import {z} from 'zod'

import {changePoints, pointsHistory, showPoints, type PointsHistory} from '../../../broker/points.js'
import {parsePointsUser, type PointsBalance, type PointsOutcome} from '../../../model/points.js'
import {readableText} from '../../../model/readable-text.js'
import {addAction, type FormTry} from '../add-action.js'
import {addPage} from '../add-page.js'
import type {AdminDeps} from '../admin-deps.js'
import type {Admin, AdminContext, AdminSession} from '../admin-env.js'
import {ErrorSummary} from '../parts/error-summary.js'
import {Foreign} from '../parts/foreign.js'
import {Empty, Facts, Pager, Panel} from '../parts/layout.js'
import {Page} from '../parts/page.js'
import {Table} from '../parts/table.js'
import {Time} from '../parts/time.js'
import {hasSessionScope, requireSessionScope} from '../session-scopes.js'
import {ChangeForm} from './change-form.js'
import {changeFields, stepOf, type PointsChange} from './change-fields.js'
import {userHref} from './points-address.js'
import {sayChange, sayPoints} from './points-words.js'

const PER_PAGE = 50

const query = z.object({
  user: z.string().max(1000).catch(''),
  before: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional().catch(undefined),
})

/** What someone has, how it came about, and a form that changes it. */
export function addUserPage(admin: Admin): void {
  const {deps} = admin

  const show = async (context: AdminContext, asked: z.output<typeof query>, attempt?: FormTry) => {
    requireSessionScope(context.get('session'), 'points:read')
    const user = parsePointsUser(asked.user)
    const [balance, history] = await Promise.all([
      showPoints(deps, {user}),
      pointsHistory(deps, {user, limit: PER_PAGE, ...(asked.before !== undefined && {before: asked.before})}),
    ])
    return (
      <UserPage
        session={context.get('session')}
        balance={balance}
        history={history}
        isFirstPage={asked.before === undefined}
        names={await nameTokens(deps, history)}
        attempt={attempt ?? NOTHING_TRIED}
        once={deps.random.token(16)}
      />
    )
  }

  addPage(admin, '/admin/points/user', (context) => show(context, query.parse(context.req.query())))

  addAction(admin, '/admin/points/user', {
    fields: changeFields,
    async submit(context, change) {
      const session = context.get('session')
      requireSessionScope(session, 'points:write')
      const outcome = await changePoints(deps, {
        user: change.user,
        by: session.delegate?.id ?? session.id,
        change: stepOf(change),
        // Keys belong to whoever makes the change; this one to the page that the form came with.
        idempotencyKey: `admin-page-${change.once}`,
        ...(change.why !== undefined && {why: change.why}),
        ...(change.below_zero && {allowNegative: true}),
      })
      return {goTo: userHref(outcome.user), note: describeOutcome(change, outcome)}
    },
    showAgain: (context, attempt) => show(context, query.parse({user: attempt.values.user?.[0]}), attempt),
    fieldOf: ({code, message}) =>
      code === 'refused' ? undefined : code === 'invalid-input' && message.includes('reason') ? 'why' : 'points',
  })
}

const NOTHING_TRIED: FormTry = {values: {}, errors: {}}

function describeOutcome({kind}: PointsChange, {user, change, points, repeated}: PointsOutcome): string {
  const has = `${readableText(user, 60)} has ${sayPoints(points)} now.`
  if (repeated) return 'This form was sent before: it was counted once.'
  if (kind === 'set') return `Set. ${has}`
  return `${kind === 'add' ? 'Added' : 'Removed'} ${sayPoints(Math.abs(change))}. ${has}`
}

/** What the API tokens are called that made these changes. */
async function nameTokens({store}: AdminDeps, {changes}: PointsHistory): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(changes.map(({by}) => by).filter((id) => id !== undefined))]
  const tokens = await Promise.all(ids.map((id) => store.apiTokens.get(id)))
  return new Map(tokens.filter((token) => token !== undefined).map(({id, name}) => [id, name]))
}

interface UserPageProps {
  session: AdminSession
  balance: PointsBalance
  history: PointsHistory
  isFirstPage: boolean
  /** Of API tokens, by their ids. */
  names: ReadonlyMap<string, string>
  attempt: FormTry
  once: string
}

function UserPage({session, balance, history, isFirstPage, names, attempt, once}: UserPageProps) {
  const {user, points} = balance
  return (
    <Page
      title={readableText(user, 80)}
      section="points"
      session={session}
      parent={{title: 'Points', href: '/admin/points'}}
    >
      <ErrorSummary errors={attempt.errors} />
      <Facts rows={[['Points', <strong>{sayPoints(points)}</strong>]]} />
      {hasSessionScope(session, 'points:write') && (
        <ChangeForm session={session} user={user} attempt={attempt} once={once} />
      )}
      <Panel title="History">
        <History session={session} history={history} names={names} />
        {(!isFirstPage || history.next !== undefined) && (
          <Pager
            text={isFirstPage ? 'The latest changes' : 'Earlier changes'}
            previous={isFirstPage ? undefined : userHref(user)}
            next={history.next === undefined ? undefined : userHref(user, history.next)}
          />
        )}
      </Panel>
    </Page>
  )
}

function History({session, history, names}: Pick<UserPageProps, 'session' | 'history' | 'names'>) {
  if (history.changes.length === 0) return <Empty title="No change yet" />
  return (
    <Table
      caption="Changes, the latest first"
      columns={[
        {title: 'When'},
        {title: 'Change', isNumber: true},
        {title: 'Points', isNumber: true},
        {title: 'By'},
        {title: 'Why'},
      ]}
      rows={history.changes.map(({at, change, points, by, why}) => [
        <Time at={at} now={session.now} />,
        sayChange(change),
        sayPoints(points),
        <Who by={by} names={names} />,
        why === undefined ? <span class="soft">–</span> : <Foreign text={why} maxLength={500} />,
      ])}
    />
  )
}

/** The terminal, an API token, or somebody at the admin page, whose session is known no longer than it lasts. */
function Who({by, names}: {by: string | undefined; names: ReadonlyMap<string, string>}) {
  if (by === undefined) return <>the terminal</>
  const name = names.get(by)
  if (name === undefined) return <>the admin page</>
  return (
    <a href={`/admin/tokens/${by}`}>
      <Foreign text={name} />
    </a>
  )
}
