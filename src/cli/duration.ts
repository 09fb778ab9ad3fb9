import {Flags} from '@oclif/core'

import {BehalfError} from '../model/behalf-error.js'
import {DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS} from '../model/time.js'

const UNITS = {d: DAY_MS, h: HOUR_MS, m: MINUTE_MS, s: SECOND_MS}
const SHAPE = /^(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?$/
const MAX_MS = 3650 * DAY_MS

/**
 * Reads `30s`, `5m`, `1h30m`, `90d`, in milliseconds; at most ten years.
 * @throws BehalfError `invalid-input`.
 */
export function parseDuration(text: string): number {
  const match = SHAPE.exec(text.trim().toLowerCase())
  const [d, h, m, s] = (match ?? []).slice(1)
  if (!match || [d, h, m, s].every((part) => part === undefined)) {
    throw new BehalfError('invalid-input', `“${text.slice(0, 40)}” is not a time span.`, {
      hint: 'Write it like 30s, 5m, 1h30m or 90d.',
    })
  }
  const parts: [string | undefined, number][] = [
    [d, UNITS.d],
    [h, UNITS.h],
    [m, UNITS.m],
    [s, UNITS.s],
  ]
  const spanMs = parts.reduce((sum, [count, unitMs]) => sum + Number(count ?? 0) * unitMs, 0)
  if (spanMs > MAX_MS) {
    throw new BehalfError('invalid-input', `${text} is longer than ten years.`, {hint: 'Use 3650d at most.'})
  }
  return spanMs
}

/** A flag that takes a time span and gives milliseconds. */
export const durationFlag = Flags.custom<number>({
  helpValue: 'TIME',
  parse: (text) => Promise.resolve().then(() => parseDuration(text)),
})

/** The same, where nothing would come of no time at all. */
export const positiveDurationFlag = Flags.custom<number>({
  helpValue: 'TIME',
  parse: (text) =>
    Promise.resolve().then(() => {
      const spanMs = parseDuration(text)
      if (spanMs === 0) throw new BehalfError('invalid-input', 'The time span must be longer than nothing.')
      return spanMs
    }),
})
