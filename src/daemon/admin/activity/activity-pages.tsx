import type {ActivityEntry} from '../../observe/activity.js'
import {addPage} from '../add-page.js'
import type {Admin, AdminContext} from '../admin-env.js'
import {Button, LinkButton} from '../parts/button.js'
import {Select} from '../parts/field.js'
import {SearchForm} from '../parts/form.js'
import {Empty} from '../parts/layout.js'
import {Page} from '../parts/page.js'
import {Table} from '../parts/table.js'
import {readSession} from '../read-session.js'
import {
  fits,
  listInSight,
  listOptions,
  readFilter,
  STATUSES,
  writeFilter,
  type ActivityFilter,
} from './activity-filter.js'
import {createActivityStreams, STREAM_HEADERS} from './activity-streams.js'
import {CALL_COLUMNS, callCells, renderRows} from './call-rows.js'

const PATH = '/admin/activity'
const STREAM_PATH = `${PATH}/stream`
/** The rest can be asked for with a filter. */
const MOST_SHOWN = 100
const RELOAD_SECONDS = 10

/** The last calls, which follow one another on the page while it is open. */
export function addActivityPages(admin: Admin): void {
  const {deps} = admin
  const streams = createActivityStreams(deps)

  addPage(admin, PATH, (context) => {
    const session = context.get('session')
    const filter = readFilter(context.req.query())
    const seen = listInSight(deps.activity.since(), session)
    const latest = seen[0]?.sequence ?? 0
    const reloads = context.req.query('reload') !== undefined
    return (
      <Page
        title="Activity"
        section="activity"
        session={session}
        actions={<ReloadLinks filter={filter} reloads={reloads} />}
        reload={reloads ? {seconds: RELOAD_SECONDS, href: pageUrl(filter, true)} : undefined}
      >
        <p class="soft">
          The last calls that this daemon has answered, and its chat connections. They are kept in memory alone: where
          several daemons serve one store, each knows its own.
        </p>
        <FilterForm entries={seen} filter={filter} reloads={reloads} />
        <Calls
          entries={seen.filter((entry) => fits(entry, filter))}
          filter={filter}
          now={session.now}
          streamUrl={reloads ? undefined : streamUrl(filter, latest)}
        />
      </Page>
    )
  })

  addPage(admin, STREAM_PATH, (context) => {
    // Nobody would read it, nor end it.
    if (context.req.method === 'HEAD') return new Response(null, {headers: STREAM_HEADERS})
    const filter = readFilter(context.req.query())
    let session: Parameters<typeof listInSight>[1] = context.get('session')
    return streams.open({
      after: readSequence(context),
      render(entries) {
        const shown = listInSight(entries, session).filter((entry) => fits(entry, filter))
        return renderRows(shown, deps.clock.now())
      },
      async isStillIn() {
        const found = await readSession(deps, context)
        if (found) session = found.live
        return found !== undefined
      },
    })
  })
}

/** Where the browser takes up a stream that was cut, it says what it has seen; else the page does. */
function readSequence({req}: AdminContext): number {
  const text = req.header('last-event-id') ?? req.query('after') ?? ''
  return /^\d{1,16}$/.test(text) ? Number(text) : 0
}

function streamUrl(filter: ActivityFilter, after: number): string {
  const query = writeFilter(filter)
  query.set('after', String(after))
  query.set('reload', 'yes')
  return `${STREAM_PATH}?${query.toString()}`
}

function pageUrl(filter: ActivityFilter, reloads: boolean): string {
  const query = writeFilter(filter)
  if (reloads) query.set('reload', 'yes')
  return query.size === 0 ? PATH : `${PATH}?${query.toString()}`
}

function ReloadLinks({filter, reloads}: {filter: ActivityFilter; reloads: boolean}) {
  const links = (
    <>
      <LinkButton href={pageUrl(filter, reloads)}>Load again</LinkButton>
      <LinkButton href={pageUrl(filter, !reloads)}>
        {reloads ? 'Stop loading by itself' : `Load every ${String(RELOAD_SECONDS)} s`}
      </LinkButton>
    </>
  )
  // With scripts the list follows the calls.
  return reloads ? (
    links
  ) : (
    <noscript>
      <div class="actions">{links}</div>
    </noscript>
  )
}

interface FilterFormProps {
  entries: readonly ActivityEntry[]
  filter: ActivityFilter
  reloads: boolean
}

function FilterForm({entries, filter, reloads}: FilterFormProps) {
  const {tokens, accounts} = listOptions(entries, filter)
  return (
    <SearchForm action={PATH} label="Calls to show">
      <Select name="token" label="API token" value={filter.token} options={tokens} />
      <Select name="account" label="On behalf of" value={filter.account} options={accounts} />
      <Select name="status" label="Outcome" value={filter.status} options={STATUSES} />
      {reloads && <input type="hidden" name="reload" value="yes" />}
      <Button kind="quiet">Show</Button>
    </SearchForm>
  )
}

interface CallsProps {
  entries: readonly ActivityEntry[]
  filter: ActivityFilter
  now: number
  streamUrl: string | undefined
}

function Calls({entries, filter, now, streamUrl: url}: CallsProps) {
  const shown = entries.slice(0, MOST_SHOWN)
  const rows = shown.map((entry) => callCells(entry, now))
  const isFiltered = writeFilter(filter).size > 0
  return (
    <div class="calls" data-live={url} data-most={String(MOST_SHOWN)}>
      {entries.length > shown.length && (
        <p class="hint">{`The last ${String(shown.length)} of ${String(entries.length)}.`}</p>
      )}
      {rows.length === 0 && (
        <Empty title={isFiltered ? 'No such call is remembered' : 'Nobody has called yet'}>
          {isFiltered
            ? 'Choose “all” to see the others.'
            : 'Calls of programs with an API token appear here, and what strangers were refused.'}
        </Empty>
      )}
      {(rows.length > 0 || url !== undefined) && (
        <div class="calls-list" hidden={rows.length === 0}>
          <Table caption="Calls, the latest first" columns={CALL_COLUMNS} rows={rows} id="calls" />
        </div>
      )}
    </div>
  )
}
