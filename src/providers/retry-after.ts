import type {RawReply} from '../model/refresh.js'
import {HOUR_MS, SECOND_MS} from '../model/time.js'

/**
 * How long `Retry-After` (RFC 9110 10.2.3) asks to wait, one hour at most: seconds, or a date,
 * which is compared with the server's own `Date` where there is one. Undefined when it says nothing.
 */
export function readRetryAfterMs(reply: Pick<RawReply, 'headers' | 'sentAt'>): number | undefined {
  const value = reply.headers['retry-after']?.trim() ?? ''
  const waitMs = /^\d+$/.test(value) ? Number(value) * SECOND_MS : untilDate(value, reply)
  return waitMs === undefined ? undefined : Math.min(Math.max(0, waitMs), HOUR_MS)
}

function untilDate(value: string, {headers, sentAt}: Pick<RawReply, 'headers' | 'sentAt'>): number | undefined {
  const at = Date.parse(value)
  if (!value.endsWith('GMT') || Number.isNaN(at)) return undefined
  const serverNow = Date.parse(headers.date ?? '')
  return at - (Number.isNaN(serverNow) ? sentAt : serverNow)
}
