import {loadProviders} from '../../../broker/load-provider.js'
import {describeAccount, type AccountStatus} from '../../../model/account-status.js'
import {nameOf} from '../../../model/account-name.js'
import {formatDuration} from '../../../model/format-duration.js'
import type {EpochMs} from '../../../model/time.js'
import type {ProviderStatus, ScheduleStatus} from '../../schedule/schedule-status.js'
import {accountHref} from '../accounts/account-address.js'
import {sightOf} from '../accounts/account-sight.js'
import {addPage} from '../add-page.js'
import type {AdminDeps} from '../admin-deps.js'
import type {Admin, AdminSession} from '../admin-env.js'
import {Badge} from '../parts/badge.js'
import {LinkButton} from '../parts/button.js'
import {Foreign} from '../parts/foreign.js'
import {Empty, Facts, Panel} from '../parts/layout.js'
import type {Tone} from '../parts/notice.js'
import {Page} from '../parts/page.js'
import {Table} from '../parts/table.js'
import {Time} from '../parts/time.js'
import {providerHref} from '../providers/provider-address.js'
import {requireSessionScope} from '../session-scopes.js'
import {RefreshChart, sumHalfHours} from './refresh-chart.js'

const PATH = '/admin/health'
const MOST_DUE = 10

/** How this daemon is, and the tokens that it keeps. */
export function addHealthPages(admin: Admin): void {
  const {deps} = admin
  addPage(admin, PATH, async (context) => {
    const session = context.get('session')
    requireSessionScope(session, 'metrics:read')
    const {now} = session
    const status = deps.schedule.status()
    const {states, damaged, due} = await lookAtAccounts(deps, session)
    return (
      <Page title="Health" section="health" session={session} actions={<LinkButton href={PATH}>Load again</LinkButton>}>
        <p class="soft">The figures of this daemon. Where several serve one store, each has its own.</p>
        <div class="columns">
          <Panel title="Store and schedule">
            <Facts
              rows={[
                ['Store', <StoreState deps={deps} />],
                ['Records that cannot be read', damaged > 0 ? <Badge tone="bad">{String(damaged)}</Badge> : undefined],
                ['Schedule', <ScheduleState status={status} isAlive={deps.schedule.isAlive()} />],
                [
                  'Clock',
                  status && !status.clockIsBelieved ? (
                    <Badge tone="bad">earlier than the last write of the store</Badge>
                  ) : undefined,
                ],
                ['Next refresh', <Time at={status?.nextRefreshAt} now={now} never="none is due" />],
                ...states.map(
                  ([state, count]) =>
                    [`Accounts: ${STATES[state].text}`, <StateCount state={state} count={count} />] as const,
                ),
              ]}
            />
          </Panel>
          <Panel title="This daemon">
            <Facts
              rows={[
                ['Version', `behalf ${deps.version}, Node ${process.versions.node}`],
                ['Running', status && `${formatDuration(now - status.startedAt)} (process ${String(process.pid)})`],
                [
                  'Memory',
                  `${sayMib(process.memoryUsage.rss())}, of it objects ${sayMib(process.memoryUsage().heapUsed)}`,
                ],
              ]}
            />
          </Panel>
        </div>
        <Panel title="Refreshes of the last 24 hours">
          <RefreshChart bars={sumHalfHours(deps.refreshHistory.buckets())} />
        </Panel>
        <Panel title="Providers">
          <Providers providers={status?.providers ?? []} now={now} />
        </Panel>
        <Panel title="Refreshed next">
          {due.length === 0 ? (
            <Empty title="No refresh is due">Accounts whose tokens end appear here.</Empty>
          ) : (
            <Table
              caption="Accounts, the one that is refreshed next first"
              columns={[{title: 'Account'}, {title: 'Refresh'}, {title: 'Token ends'}]}
              rows={due.map(({key, name, nextRefreshAt, expiresAt}) => [
                <a href={accountHref(key)}>
                  <Foreign text={name} />
                </a>,
                <Time at={nextRefreshAt} now={now} />,
                <Time at={expiresAt} now={now} />,
              ])}
            />
          )}
        </Panel>
      </Page>
    )
  })
}

type State = AccountStatus['state']

interface Accounts {
  states: (readonly [State, number])[]
  damaged: number
  due: {key: string; name: string; nextRefreshAt: EpochMs; expiresAt: EpochMs | undefined}[]
}

/** No secret is opened for it. */
async function lookAtAccounts({store, providers, clock}: AdminDeps, session: AdminSession): Promise<Accounts> {
  const [stored, outlines, loaded] = await Promise.all([
    store.accounts.count(),
    store.accounts.outlines(),
    loadProviders({store, providers}),
  ])
  const isSeen = sightOf(session)
  const seen = outlines.filter((account) => isSeen(account))
  const now = clock.now()
  const statuses = seen.map((account) => {
    const provider = loaded.find(({name}) => name === account.provider)
    return {...describeAccount(account, provider, now), name: nameOf(account)}
  })
  const counts = new Map<State, number>()
  for (const {state} of statuses) counts.set(state, (counts.get(state) ?? 0) + 1)
  const due = statuses
    .flatMap(({key, name, nextRefreshAt, expiresAt}) =>
      nextRefreshAt === undefined ? [] : [{key, name, nextRefreshAt, expiresAt}],
    )
    .sort((a, b) => a.nextRefreshAt - b.nextRefreshAt)
    .slice(0, MOST_DUE)
  return {states: [...counts], damaged: stored - outlines.length, due}
}

const STATES: Readonly<Record<State, {text: string; tone: Tone}>> = {
  ok: {text: 'fresh', tone: 'good'},
  expired: {text: 'expired', tone: 'warn'},
  'in-doubt': {text: 'in doubt', tone: 'warn'},
  'login-needed': {text: 'login needed', tone: 'bad'},
  unfinished: {text: 'unfinished import', tone: 'quiet'},
}

const StateCount = ({state, count}: {state: State; count: number}) => (
  <Badge tone={STATES[state].tone}>{String(count)}</Badge>
)

/** Who sees this page has been looked up in the store a moment ago. */
function StoreState({deps: {store, settings}}: {deps: AdminDeps}) {
  const isRedis = /^rediss?:/.test(store.location)
  return (
    <>
      <Badge tone="good">can be read</Badge>{' '}
      <code>
        <Foreign text={store.location} maxLength={200} />
      </code>
      {isRedis && (
        <div class="soft">
          {`When this Redis cannot be reached, callers are served by what was read last for ${formatDuration(settings.staleAuthMs)}.`}
        </div>
      )}
    </>
  )
}

function ScheduleState({status, isAlive}: {status: ScheduleStatus | undefined; isAlive: boolean}) {
  if (isAlive) return <Badge tone="good">works</Badge>
  return (
    <>
      <Badge tone="bad">stopped</Badge>
      {status?.trouble !== undefined && (
        <div>
          <Foreign text={status.trouble} maxLength={300} />
        </div>
      )}
    </>
  )
}

const PROVIDER_STATES: Readonly<Record<ProviderStatus['state'], {text: string; tone: Tone}>> = {
  up: {text: 'up', tone: 'good'},
  down: {text: 'down', tone: 'bad'},
  misconfigured: {text: 'refuses the client', tone: 'bad'},
  unproven: {text: 'not seen to work yet', tone: 'quiet'},
}

function Providers({providers, now}: {providers: readonly ProviderStatus[]; now: EpochMs}) {
  if (providers.length === 0) return <Empty title="No provider is looked after yet" />
  return (
    <Table
      caption="Providers as the schedule sees them"
      columns={[
        {title: 'Provider'},
        {title: 'State'},
        {title: 'Tried again'},
        {title: 'Overdue', isNumber: true},
        {title: 'Under way', isNumber: true},
        {title: 'Next refresh'},
      ]}
      rows={providers.map(({name, state, reason, nextTryAt, due, underWay, nextRefreshAt}) => [
        <a href={providerHref(name)}>{name}</a>,
        <>
          <Badge tone={PROVIDER_STATES[state].tone}>{PROVIDER_STATES[state].text}</Badge>
          {reason !== undefined && (
            <div class="soft">
              <Foreign text={reason} maxLength={200} />
            </div>
          )}
        </>,
        <Time at={nextTryAt} now={now} never={state === 'misconfigured' ? 'once its settings change' : 'not needed'} />,
        String(due),
        String(underWay),
        <Time at={nextRefreshAt} now={now} never="none is due" />,
      ])}
    />
  )
}

const sayMib = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(0)} MiB`
