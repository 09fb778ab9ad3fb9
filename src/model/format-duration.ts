import {DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS} from './time.js'

/** The two largest units of a time span, for people: `3 h 12 min`, `45 s`, `60 d`. */
export function formatDuration(spanMs: number): string {
  const seconds = Math.max(0, Math.floor(spanMs / SECOND_MS))
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ]
  const first = parts.findIndex(([count]) => count > 0)
  if (first < 0) return '0 s'
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${String(count)} ${unit}`)
    .join(' ')
}

/** The largest unit alone, for tables: `3 h`. */
export const formatBriefly = (spanMs: number): string => (/^\d+ [a-z]+/.exec(formatDuration(spanMs)) ?? [''])[0]

const FLAG_UNITS: readonly [string, number][] = [
  ['d', DAY_MS],
  ['h', HOUR_MS],
  ['m', MINUTE_MS],
  ['s', SECOND_MS],
]

/** A time span as flags take it, in as few units as there are: `90d`, `1h30m`. Parts of a second count as a whole one. */
export function spellDuration(spanMs: number): string {
  const wholeMs = Math.max(0, Math.ceil(spanMs / SECOND_MS)) * SECOND_MS
  let restMs = wholeMs
  const parts = FLAG_UNITS.map(([unit, unitMs]) => {
    const count = Math.floor(restMs / unitMs)
    restMs -= count * unitMs
    return count === 0 ? '' : `${String(count)}${unit}`
  })
  return wholeMs === 0 ? '0s' : parts.join('')
}
