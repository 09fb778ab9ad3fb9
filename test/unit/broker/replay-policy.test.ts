import assert from 'node:assert/strict'

import {backoffUntil, decideDoubt, type DoubtfulRefresh, type Urgency} from '../../../src/broker/replay-policy.js'
import type {OAuth2Account, Doubt} from '../../../src/model/account.js'
import type {ReplayMode} from '../../../src/model/provider.js'
import {HOUR_MS, MINUTE_MS, SECOND_MS, type Moment} from '../../../src/model/time.js'
import {makeAccount} from '../../support/make-account.js'

const START = 1_800_000_000_000
const NOW: Moment = {wallMs: START, monotonicMs: HOUR_MS, bootId: 'boot-1'}

const MODES = {
  safe: {kind: 'safe'},
  grace: {kind: 'grace', graceMs: MINUTE_MS},
  probe: {kind: 'probe'},
  'last-resort': {kind: 'last-resort'},
} as const satisfies Record<string, ReplayMode>

/** A doubt as the table below writes it. */
interface Situation {
  mode: keyof typeof MODES
  cause?: Doubt['cause']
  sends?: number
  /** Since the first and the last send. */
  firstAgoMs?: number
  lastAgoMs?: number
  /** What is left of the access token. */
  leftMs?: number
  outdated?: boolean
  refused?: boolean
  urgency?: Urgency
  /** When the schedule may try again. */
  backoffMs?: number
}

const ago = (ms: number): Moment => ({...NOW, wallMs: NOW.wallMs - ms, monotonicMs: NOW.monotonicMs - ms})

function toRefresh(situation: Situation): DoubtfulRefresh {
  const {mode, cause = 'lost-reply', sends = cause === 'old-copy' ? 0 : 1, leftMs = HOUR_MS} = situation
  const {lastAgoMs = 0, firstAgoMs = lastAgoMs, backoffMs} = situation
  const credential = {expiresAt: START + leftMs, ...(situation.outdated && {accessTokenOutdated: true})}
  const failure = {at: START, count: 1, summary: 'lost', scheduleNotBefore: START + (backoffMs ?? 0)}
  const account: OAuth2Account = {
    ...makeAccount({credential, ...(backoffMs !== undefined && {lastFailure: failure})}),
    version: 1,
  }
  return {
    mode: MODES[mode],
    doubt: {cause, since: ago(firstAgoMs), lastSentAt: ago(lastAgoMs), sends},
    account,
    now: NOW,
    urgency: situation.urgency ?? 'demand',
    refused: situation.refused ?? false,
  }
}

const LATE = 30 * SECOND_MS
const WINDOW = MINUTE_MS / 2

const CASES: [string, Situation, 'send' | 'probe' | 'wait'][] = [
  // Sent again at once, three times; then a second apart on demand, by the backoff in the schedule.
  ['safe, the first repeat', {mode: 'safe', sends: 1}, 'send'],
  ['safe, the third repeat', {mode: 'safe', sends: 3}, 'send'],
  ['safe, a fourth repeat at once', {mode: 'safe', sends: 4, lastAgoMs: SECOND_MS - 1}, 'wait'],
  ['safe, a fourth repeat after a second', {mode: 'safe', sends: 4, lastAgoMs: SECOND_MS}, 'send'],
  ['safe, the schedule within the backoff', {mode: 'safe', sends: 4, urgency: 'schedule', backoffMs: 1}, 'wait'],
  ['safe, the schedule after the backoff', {mode: 'safe', sends: 4, urgency: 'schedule', backoffMs: 0}, 'send'],
  ['safe, the schedule repeats at once too', {mode: 'safe', sends: 3, urgency: 'schedule', backoffMs: 1}, 'send'],
  ['safe, a token with hours to live', {mode: 'safe', leftMs: 4 * HOUR_MS}, 'send'],
  ['safe, an old copy', {mode: 'safe', cause: 'old-copy'}, 'send'],

  // Within half the window, counted from the first send; after it as last-resort.
  ['grace, just within half the window', {mode: 'grace', firstAgoMs: WINDOW - 1}, 'send'],
  ['grace, at half the window', {mode: 'grace', firstAgoMs: WINDOW}, 'wait'],
  ['grace, half the window after the first of two sends', {mode: 'grace', sends: 2, firstAgoMs: WINDOW}, 'wait'],
  ['grace, four sends within the window', {mode: 'grace', sends: 4, firstAgoMs: 500, lastAgoMs: 500}, 'wait'],
  ['grace, past the window with a minute left', {mode: 'grace', firstAgoMs: WINDOW, leftMs: MINUTE_MS}, 'send'],
  ['grace, an old copy is in no window', {mode: 'grace', cause: 'old-copy'}, 'wait'],
  ['grace, an old copy whose token has expired', {mode: 'grace', cause: 'old-copy', leftMs: 0}, 'send'],

  // 30 s after the last send the provider is asked; an expired access token is no witness.
  ['probe, just before 30 s', {mode: 'probe', lastAgoMs: LATE - 1}, 'wait'],
  ['probe, after 30 s', {mode: 'probe', lastAgoMs: LATE}, 'probe'],
  ['probe, 30 s after the first of two sends', {mode: 'probe', sends: 2, firstAgoMs: LATE, lastAgoMs: 1000}, 'wait'],
  ['probe, just before 30 s, and refused', {mode: 'probe', lastAgoMs: LATE - 1, refused: true}, 'wait'],
  ['probe, after 30 s, and refused', {mode: 'probe', lastAgoMs: LATE, refused: true}, 'probe'],
  ['probe, with a millisecond left', {mode: 'probe', lastAgoMs: LATE, leftMs: 1}, 'probe'],
  ['probe, expired, at once', {mode: 'probe', lastAgoMs: 0, leftMs: 0}, 'send'],
  ['probe, an old copy, at once', {mode: 'probe', cause: 'old-copy'}, 'probe'],
  ['probe, an old copy that has been sent', {mode: 'probe', cause: 'old-copy', sends: 1, lastAgoMs: LATE - 1}, 'wait'],
  ['probe, an outdated witness is not asked', {mode: 'probe', lastAgoMs: LATE, outdated: true}, 'wait'],
  [
    'probe, an outdated witness that is refused',
    {mode: 'probe', lastAgoMs: LATE, outdated: true, refused: true},
    'send',
  ],

  // The access token is used while it lives; one more send; after that backoff.
  ['last-resort, with more than a minute left', {mode: 'last-resort', leftMs: MINUTE_MS + 1}, 'wait'],
  ['last-resort, with a minute left', {mode: 'last-resort', leftMs: MINUTE_MS}, 'send'],
  ['last-resort, refused with an hour left', {mode: 'last-resort', refused: true}, 'send'],
  [
    'last-resort, the schedule sends the one more in its backoff',
    {mode: 'last-resort', leftMs: 0, urgency: 'schedule', backoffMs: 1},
    'send',
  ],
  ['last-resort, a third send at once', {mode: 'last-resort', sends: 2, leftMs: 0, lastAgoMs: SECOND_MS - 1}, 'wait'],
  [
    'last-resort, a third send after a second',
    {mode: 'last-resort', sends: 2, leftMs: 0, lastAgoMs: SECOND_MS},
    'send',
  ],
  [
    'last-resort, a third send in the backoff',
    {mode: 'last-resort', sends: 2, leftMs: 0, urgency: 'schedule', backoffMs: 1},
    'wait',
  ],
  ['last-resort, an old copy with an hour left', {mode: 'last-resort', cause: 'old-copy'}, 'wait'],
  ['last-resort, an old copy, expired', {mode: 'last-resort', cause: 'old-copy', leftMs: 0}, 'send'],
  ['last-resort, an old copy has one send', {mode: 'last-resort', cause: 'old-copy', sends: 1, leftMs: 0}, 'wait'],
]

describe('decideDoubt (rule 5)', () => {
  for (const [name, situation, expected] of CASES) {
    it(`${name}: ${expected}`, () => assert.equal(decideDoubt(toRefresh(situation)).kind, expected))
  }

  it('takes the larger of both clocks for what has passed', () => {
    const slept = toRefresh({mode: 'probe', lastAgoMs: LATE})
    const {lastSentAt} = slept.doubt
    const standing = {...lastSentAt, monotonicMs: NOW.monotonicMs}
    assert.equal(decideDoubt({...slept, doubt: {...slept.doubt, lastSentAt: standing}}).kind, 'probe')
    const setBack = {...lastSentAt, wallMs: NOW.wallMs + HOUR_MS}
    assert.equal(decideDoubt({...slept, doubt: {...slept.doubt, lastSentAt: setBack}}).kind, 'probe')
    const rebooted = {...setBack, bootId: 'boot-0'}
    assert.equal(decideDoubt({...slept, doubt: {...slept.doubt, lastSentAt: rebooted}}).kind, 'wait')
  })

  it('says why it waits', () => {
    const step = decideDoubt(toRefresh({mode: 'last-resort'}))
    assert.deepEqual(step, {kind: 'wait', reason: 'the access token in hand is used while it lives'})
  })
})

describe('backoffUntil', () => {
  it('doubles from 30 s to 30 min', () => {
    const waits = [1, 2, 3, 7, 8, 1000].map((failures) => (backoffUntil(START, failures, 0) - START) / SECOND_MS)
    assert.deepEqual(waits, [30, 60, 120, 1800, 1800, 1800])
  })

  it('takes up to a quarter off', () => {
    assert.equal(backoffUntil(START, 1, 1), START + 22_500)
    assert.equal(backoffUntil(START, 1, 0.5), START + 26_250)
  })
})
