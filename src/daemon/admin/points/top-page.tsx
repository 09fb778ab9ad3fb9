import {z} from 'zod'

import {topPoints} from '../../../broker/points.js'
import type {PointsBalance} from '../../../model/points.js'
import {addPage} from '../add-page.js'
import type {Admin, AdminSession} from '../admin-env.js'
import {Button} from '../parts/button.js'
import {Field} from '../parts/field.js'
import {Foreign} from '../parts/foreign.js'
import {SearchForm} from '../parts/form.js'
import {Empty, Pager} from '../parts/layout.js'
import {Page} from '../parts/page.js'
import {Table} from '../parts/table.js'
import {requireSessionScope} from '../session-scopes.js'
import {userHref} from './points-address.js'
import {sayPoints} from './points-words.js'

const PER_PAGE = 50
/** What the ledger gives at once (`broker/points.ts`). */
const MOST_LISTED = 1000

const query = z.object({
  page: z.coerce
    .number()
    .int()
    .min(1)
    .max(MOST_LISTED / PER_PAGE)
    .catch(1),
})

/** Who has the most points. */
export function addTopPage(admin: Admin): void {
  const {deps} = admin
  addPage(admin, '/admin/points', async (context) => {
    requireSessionScope(context.get('session'), 'points:read')
    const {page} = query.parse(context.req.query())
    // One more tells whether there is a next page; whoever has as many as the one before has the same place.
    const users = await topPoints(deps, {limit: Math.min(MOST_LISTED, page * PER_PAGE + 1)})
    return <TopPage session={context.get('session')} users={users} page={page} />
  })
}

interface TopPageProps {
  session: AdminSession
  /** From the first on. */
  users: readonly PointsBalance[]
  page: number
}

function TopPage({session, users, page}: TopPageProps) {
  const first = (page - 1) * PER_PAGE
  const shown = users.slice(first, first + PER_PAGE)
  return (
    <Page title="Points" section="points" session={session}>
      <SearchForm action="/admin/points/user" label="Find a user">
        <Field
          name="user"
          type="search"
          label="User"
          hint="A name or an id: who has no points yet is found too."
          isRequired
        />
        <Button kind="quiet">Show</Button>
      </SearchForm>
      {shown.length === 0 ? (
        <Empty title={page === 1 ? 'Nobody has points yet' : 'Nobody else has points'}>
          Bots give and take them over HTTP, with an API token that has points:write. Here you find a user and do it by
          hand.
        </Empty>
      ) : (
        <Table
          caption="Who has the most points"
          columns={[{title: 'User'}, {title: 'Points', isNumber: true}, {title: 'Place', isNumber: true}]}
          rows={shown.map(({user, points}) => [
            <a href={userHref(user)}>
              <Foreign text={user} maxLength={128} />
            </a>,
            sayPoints(points),
            String(1 + users.findIndex((other) => other.points === points)),
          ])}
        />
      )}
      {(page > 1 || users.length > PER_PAGE) && (
        <Pager
          text={`Page ${String(page)}`}
          previous={page > 1 ? hrefOf(page - 1) : undefined}
          next={users.length > first + PER_PAGE && page * PER_PAGE < MOST_LISTED ? hrefOf(page + 1) : undefined}
        />
      )}
    </Page>
  )
}

const hrefOf = (page: number): string => `/admin/points?page=${String(page)}`
