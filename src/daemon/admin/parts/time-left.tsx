import {formatDuration} from '../../../model/format-duration.js'
import type {EpochMs} from '../../../model/time.js'

export interface TimeLeftProps {
  /** When what ends began, such as the last refresh. Without it the bar is left out. */
  from?: EpochMs | undefined
  /** When it ends; undefined: never. */
  until?: EpochMs | undefined
  now: EpochMs
  /** What is said when nothing says when it ends. */
  never?: string
}

/** How much of its life something has left: in words, and as a bar that a script moves. */
export function TimeLeft({from, until, now, never = 'no end'}: TimeLeftProps) {
  if (until === undefined) return <span class="soft">{never}</span>
  const share =
    from === undefined || until <= from ? undefined : Math.min(1, Math.max(0, (until - now) / (until - from)))
  return (
    <span class="time-left" data-from={from} data-until={until}>
      {share !== undefined && (
        <svg class={share < LOW ? 'bar low' : 'bar'} viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
          <rect class="bar-ground" width="100" height="6" />
          <rect class="bar-left" width={String(Math.round(share * 100))} height="6" />
        </svg>
      )}
      <time datetime={new Date(until).toISOString()}>{sayLeft(until, now)}</time>
    </span>
  )
}

/** The share of its life below which the bar says that it ends soon; the same as in `script.js`. */
const LOW = 0.1

const sayLeft = (until: EpochMs, now: EpochMs): string => (until > now ? `${formatDuration(until - now)} left` : 'over')
