import type {Doubt, OAuth2Account} from '../model/account.js'
import type {ReplayMode} from '../model/provider.js'
import {elapsedMs, MINUTE_MS, SECOND_MS, type EpochMs, type Moment} from '../model/time.js'
import {remainingMs} from '../model/token-life.js'

/** How urgent a refresh is: the schedule keeps to the backoff, a caller who needs a token now to one second. */
export type Urgency = 'schedule' | 'demand'

/** What rule 5 allows next for a refresh token that may have been used. */
export type DoubtStep =
  | {kind: 'send'}
  /** Ask the provider whether the access token in hand lives: a refresh kills it. */
  | {kind: 'probe'}
  /** Nothing for now; the access token in hand is used while it lives. */
  | {kind: 'wait'; reason: string}

export interface DoubtfulRefresh {
  mode: ReplayMode
  doubt: Doubt
  account: OAuth2Account
  now: Moment
  urgency: Urgency
  /** The API refused the access token in hand. */
  refused: boolean
}

/** A lost reply is repeated this often at once where repeating is safe; then backoff. */
const REPEATS_AT_ONCE = 3
/** A provider that processed the request has surely killed the old access token by then. */
const PROBE_AFTER_MS = 30 * SECOND_MS
/** The access token in hand is used until this much of it is left. */
const LAST_RESORT_LEFT_MS = MINUTE_MS

const SEND: DoubtStep = {kind: 'send'}
const PROBE: DoubtStep = {kind: 'probe'}

/** Design 7, rule 5: what is done about doubt depends on how the provider takes a repeated refresh token. Pure. */
export function decideDoubt(refresh: DoubtfulRefresh): DoubtStep {
  const {mode, doubt, account, now} = refresh
  switch (mode.kind) {
    case 'safe':
      return repeat(refresh)
    case 'grace': {
      const inWindow = doubt.cause === 'lost-reply' && elapsedMs(doubt.since, now) < mode.graceMs / 2
      return inWindow ? repeat(refresh) : lastResort(refresh)
    }
    case 'probe': {
      const isWitness = remainingMs(account.credential, now.wallMs) > 0 && !account.credential.accessTokenOutdated
      if (!isWitness) return lastResort(refresh)
      const tooEarly = doubt.sends > 0 && elapsedMs(doubt.lastSentAt, now) < PROBE_AFTER_MS
      return tooEarly ? {kind: 'wait', reason: 'the provider is asked 30 s after the lost reply'} : PROBE
    }
    case 'last-resort':
      return lastResort(refresh)
  }
}

function repeat(refresh: DoubtfulRefresh): DoubtStep {
  return refresh.doubt.sends <= REPEATS_AT_ONCE ? SEND : afterPause(refresh)
}

function lastResort(refresh: DoubtfulRefresh): DoubtStep {
  const {account, doubt, now, refused} = refresh
  if (!refused && remainingMs(account.credential, now.wallMs) > LAST_RESORT_LEFT_MS) {
    return {kind: 'wait', reason: 'the access token in hand is used while it lives'}
  }
  const sendsAllowed = doubt.cause === 'old-copy' ? 1 : 2
  return doubt.sends < sendsAllowed ? SEND : afterPause(refresh)
}

/** Backoff until answered. */
function afterPause({account, doubt, now, urgency}: DoubtfulRefresh): DoubtStep {
  const paused =
    urgency === 'demand'
      ? elapsedMs(doubt.lastSentAt, now) < SECOND_MS
      : now.wallMs < (account.lastFailure?.scheduleNotBefore ?? 0)
  return paused ? {kind: 'wait', reason: 'a pause after the last attempt'} : SEND
}

const BACKOFF_START_MS = 30 * SECOND_MS
const BACKOFF_LIMIT_MS = 30 * MINUTE_MS

/** Exponential from 30 s to 30 min. `jitter` is from 0 to 1 and takes up to a quarter off. */
export function backoffUntil(now: EpochMs, failures: number, jitter: number): EpochMs {
  const whole = Math.min(BACKOFF_LIMIT_MS, BACKOFF_START_MS * 2 ** Math.min(failures - 1, 10))
  return Math.round(now + whole * (1 - jitter / 4))
}
