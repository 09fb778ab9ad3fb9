import {formatDuration} from '../../../model/format-duration.js'
import {DAY_MS, MINUTE_MS, type EpochMs} from '../../../model/time.js'

export interface TimeProps {
  at: EpochMs | undefined
  now: EpochMs
  /** What is said when it has not happened. */
  never?: string
}

/** A moment, in words such as `3 min ago` that a script keeps true. The moment itself is in its title. */
export function Time({at, now, never = 'never'}: TimeProps) {
  if (at === undefined) return <span class="soft">{never}</span>
  const iso = new Date(at).toISOString()
  return (
    <time datetime={iso} title={sayExactly(at)} data-at={at}>
      {sayTime(at, now)}
    </time>
  )
}

/** `2026-01-31 14:05:09 UTC` */
const sayExactly = (at: EpochMs): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`

/** The same words as in `script.js`. */
function sayTime(at: EpochMs, now: EpochMs): string {
  const span = Math.abs(now - at)
  if (span > 60 * DAY_MS) return new Date(at).toISOString().slice(0, 10)
  if (at > now) return `in ${formatDuration(span)}`
  return span < MINUTE_MS ? 'just now' : `${formatDuration(span)} ago`
}
