import {html} from 'hono/html'

import {nameOf} from '../../../model/account-name.js'
import type {EpochMs} from '../../../model/time.js'
import type {ActivityEntry, ChatEvent} from '../../observe/activity.js'
import {accountHref} from '../accounts/account-address.js'
import {Badge} from '../parts/badge.js'
import {Foreign, ForeignParts} from '../parts/foreign.js'
import type {Tone} from '../parts/notice.js'
import {Row, type Column} from '../parts/table.js'
import {Time} from '../parts/time.js'

export const CALL_COLUMNS: readonly Column[] = [
  {title: 'Call'},
  {title: 'Outcome'},
  {title: 'API token'},
  {title: 'On behalf of'},
  {title: 'When'},
  {title: 'Took', isNumber: true},
  {title: 'Client'},
]

export const callCells = (entry: ActivityEntry, now: EpochMs) => [
  <What entry={entry} />,
  <Outcome entry={entry} />,
  <Caller entry={entry} />,
  entry.account ? (
    <a href={accountHref(entry.account.key)}>
      <ForeignParts text={nameOf(entry.account)} />
    </a>
  ) : (
    <span class="soft">nobody</span>
  ),
  <Time at={entry.at} now={now} />,
  entry.durationMs === undefined ? <span class="soft">–</span> : sayDuration(entry.durationMs),
  entry.userAgent === undefined ? <span class="soft">–</span> : <Foreign text={entry.userAgent} maxLength={120} />,
]

/** Rows of the table that a script puts on top of it, as HTML. */
export async function renderRows(entries: readonly ActivityEntry[], now: EpochMs): Promise<string> {
  const rows = entries.map((entry) => <Row columns={CALL_COLUMNS} cells={callCells(entry, now)} />)
  return String(await html`${rows}`)
}

function What({entry: {what}}: {entry: ActivityEntry}) {
  if (what.kind === 'chat') return <>Chat connection</>
  return (
    <code>
      <bdi>{what.method.slice(0, 20)}</bdi> <ForeignParts text={what.path} maxLength={200} />
    </code>
  )
}

function Outcome({entry: {what, code, message = code}}: {entry: ActivityEntry}) {
  const why = message !== undefined && (
    <div class="soft">
      <Foreign text={message} maxLength={300} />
    </div>
  )
  if (what.kind === 'chat') {
    return (
      <>
        <Badge tone={CHAT_TONES[what.event]}>{what.event}</Badge>
        {why}
      </>
    )
  }
  return (
    <>
      <Badge tone={toneOf(what.status)}>{`${String(what.status)} ${wordOf(what.status)}`}</Badge>
      {why}
    </>
  )
}

function Caller({entry: {apiToken}}: {entry: ActivityEntry}) {
  if (!apiToken) return <span class="soft">none or unknown</span>
  return (
    <a href={`/admin/tokens/${apiToken.id}`}>
      <Foreign text={apiToken.name} />
    </a>
  )
}

const CHAT_TONES: Readonly<Record<ChatEvent['event'], Tone>> = {opened: 'good', refused: 'warn', closed: 'quiet'}

const WORDS: Readonly<Partial<Record<number, string>>> = {
  401: 'not known',
  404: 'not found',
  409: 'login needed',
  429: 'too many',
  499: 'caller gone',
}

function wordOf(status: number): string {
  const own = WORDS[status]
  if (own !== undefined) return own
  if (status >= 500) return 'failed'
  if (status >= 400) return 'refused'
  return status >= 300 ? 'redirected' : 'done'
}

function toneOf(status: number): Tone {
  if (status >= 500) return 'bad'
  if (status >= 400) return 'warn'
  return status >= 300 ? 'info' : 'good'
}

const sayDuration = (spanMs: number): string =>
  spanMs < 1000 ? `${String(Math.round(spanMs))} ms` : `${(spanMs / 1000).toFixed(1)} s`
