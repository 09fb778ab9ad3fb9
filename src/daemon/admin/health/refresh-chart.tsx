import {DAY_MS, HOUR_MS, type EpochMs} from '../../../model/time.js'
import {
  BUCKET_MS,
  noCounts,
  TOLD_OUTCOMES,
  type OutcomeCounts,
  type RefreshHistory,
  type ToldOutcome,
} from '../../observe/refresh-history.js'
import {Table} from '../parts/table.js'

/** A bar of the chart. */
export interface HalfHour {
  since: EpochMs
  counts: OutcomeCounts
}

const BAR_MS = HOUR_MS / 2
const BUCKETS_OF_BAR = BAR_MS / BUCKET_MS

/** From the bottom of a bar to its top. */
const WORDS: Readonly<Record<ToldOutcome, string>> = {
  refreshed: 'refreshed',
  superseded: 'not needed any more',
  unavailable: 'provider unavailable',
  'in-doubt': 'in doubt',
  rejected: 'rejected',
  misconfigured: 'client refused',
}

const HEIGHT = 100
const BAR_WIDTH = 8
const STEP = 10

/** Half hours, the oldest first. */
export function sumHalfHours(buckets: ReturnType<RefreshHistory['buckets']>): HalfHour[] {
  const bars: HalfHour[] = []
  for (const [index, {since, counts}] of buckets.entries()) {
    if (index % BUCKETS_OF_BAR === 0) bars.push({since, counts: noCounts()})
    const bar = bars.at(-1)
    for (const outcome of TOLD_OUTCOMES) if (bar) bar.counts[outcome] += counts[outcome]
  }
  return bars
}

/** How refreshes ended during the last day: a bar for each half hour, what it says in words, and a table of the same. */
export function RefreshChart({bars}: {bars: readonly HalfHour[]}) {
  const totals = noCounts()
  for (const {counts} of bars) for (const outcome of TOLD_OUTCOMES) totals[outcome] += counts[outcome]
  const most = Math.max(0, ...bars.map(({counts}) => sum(counts)))
  const told = TOLD_OUTCOMES.map((outcome) => `${String(totals[outcome])} ${WORDS[outcome]}`).join(', ')
  return (
    <>
      <svg
        class="chart"
        viewBox={`0 0 ${String(bars.length * STEP)} ${String(HEIGHT)}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Refreshes of the last 24 hours: ${told}. Most in half an hour: ${String(most)}.`}
      >
        <Patterns />
        {bars.map(({counts}, index) => (
          <Bar counts={counts} x={index * STEP + 1} scale={HEIGHT / Math.max(1, most)} />
        ))}
      </svg>
      <p class="chart-axis soft">
        <span>24 hours ago</span>
        <span>{most === 0 ? 'nothing was refreshed' : `tallest bar: ${String(most)} in half an hour`}</span>
        <span>now</span>
      </p>
      <ul class="legend">
        {TOLD_OUTCOMES.map((outcome) => (
          <li>
            <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
              <rect class={`part ${outcome}`} width="16" height="16" />
              <rect fill={`url(#over-${outcome})`} width="16" height="16" />
            </svg>
            {`${WORDS[outcome]}: ${String(totals[outcome])}`}
          </li>
        ))}
      </ul>
      <FigureTable bars={bars} />
    </>
  )
}

function Bar({counts, x, scale}: {counts: OutcomeCounts; x: number; scale: number}) {
  let top = HEIGHT
  return (
    <>
      {TOLD_OUTCOMES.filter((outcome) => counts[outcome] > 0).map((outcome) => {
        const height = counts[outcome] * scale
        top -= height
        const place = {x: String(x), y: top.toFixed(2), width: String(BAR_WIDTH), height: height.toFixed(2)}
        return (
          <>
            <rect class={`part ${outcome}`} {...place} />
            <rect fill={`url(#over-${outcome})`} {...place} />
          </>
        )
      })}
    </>
  )
}

/** Lines over the colour, for who does not tell the colours apart. */
const LINES: Readonly<Partial<Record<ToldOutcome, string>>> = {
  superseded: 'M0 2h4',
  unavailable: 'M0 0l4 4',
  'in-doubt': 'M2 0v4',
  rejected: 'M0 0l4 4M4 0l-4 4',
  misconfigured: 'M0 2h4M2 0v4',
}

const Patterns = () => (
  <defs>
    {TOLD_OUTCOMES.map((outcome) => (
      <pattern id={`over-${outcome}`} width="4" height="4" patternUnits="userSpaceOnUse">
        <path class="lines" d={LINES[outcome] ?? ''} />
      </pattern>
    ))}
  </defs>
)

function FigureTable({bars}: {bars: readonly HalfHour[]}) {
  const columns = [{title: 'From (UTC)'}, ...TOLD_OUTCOMES.map((outcome) => ({title: WORDS[outcome], isNumber: true}))]
  const rows = bars
    .filter(({counts}) => sum(counts) > 0)
    .reverse()
    .map(({since, counts}) => [sayHour(since), ...TOLD_OUTCOMES.map((outcome) => String(counts[outcome]))])
  return (
    <details>
      <summary>The figures as a table</summary>
      {rows.length === 0 ? (
        <p class="soft">Nothing was refreshed in the last 24 hours.</p>
      ) : (
        <Table caption="Refreshes by half hour, the latest first" columns={columns} rows={rows} />
      )}
    </details>
  )
}

const sum = (counts: OutcomeCounts): number => TOLD_OUTCOMES.reduce((total, outcome) => total + counts[outcome], 0)

const sayHour = (at: EpochMs): string => new Date(at % DAY_MS).toISOString().slice(11, 16)
