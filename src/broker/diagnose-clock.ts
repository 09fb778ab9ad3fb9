import type {HealthCheck} from '../model/health-check.js'
import {MINUTE_MS, SECOND_MS, type EpochMs} from '../model/time.js'

/** What networks and rounding to seconds may explain. */
const TOLERANCE_MS = 30 * SECOND_MS
/** From here on expiry is misjudged, and ID tokens are refused. */
const PROBLEM_MS = 5 * MINUTE_MS

/** What this machine's clock is compared with. */
export interface OtherClocks {
  lastWrittenAt: EpochMs | undefined
  offsets: readonly {provider: string; aheadMs: number}[]
}

/** Whether this machine's clock agrees with the providers', and has not gone back behind the store's last write. */
export function diagnoseClock(now: EpochMs, {lastWrittenAt, offsets}: OtherClocks): HealthCheck {
  const behindMs = lastWrittenAt === undefined ? 0 : lastWrittenAt - now
  if (behindMs > TOLERANCE_MS) {
    return wrong(behindMs, `The clock is ${describe(behindMs)} behind the store’s last write`)
  }
  const [worst] = [...offsets].sort((a, b) => Math.abs(b.aheadMs) - Math.abs(a.aheadMs))
  if (worst && Math.abs(worst.aheadMs) > TOLERANCE_MS) {
    const direction = worst.aheadMs > 0 ? 'ahead of' : 'behind'
    return wrong(worst.aheadMs, `The clock is ${describe(worst.aheadMs)} ${direction} ${worst.provider}’s`)
  }
  const compared = offsets.length === 0 ? 'No provider’s clock was asked' : 'The clock agrees with the providers’'
  return {name: 'clock', status: 'ok', message: `${compared}, and it has not gone back.`}
}

function wrong(offsetMs: number, message: string): HealthCheck {
  const isProblem = Math.abs(offsetMs) >= PROBLEM_MS
  return {
    name: 'clock',
    status: isProblem ? 'problem' : 'warning',
    ...(isProblem && {code: 'configuration' as const}),
    message: `${message}: when tokens end is misjudged.`,
    hint: 'sudo timedatectl set-ntp true',
  }
}

function describe(offsetMs: number): string {
  const seconds = Math.round(Math.abs(offsetMs) / SECOND_MS)
  return seconds < 120 ? `${String(seconds)} s` : `${String(Math.round(seconds / 60))} min`
}
