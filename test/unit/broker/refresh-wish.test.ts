import assert from 'node:assert/strict'

import type {Wish} from '../../../src/broker/refresh-attempt.js'
import {findSettled, satisfies} from '../../../src/broker/refresh-wish.js'
import type {Doubt, OAuth2Account, RefreshFailure} from '../../../src/model/account.js'
import {Secret} from '../../../src/model/secret.js'
import {HOUR_MS, MINUTE_MS, SECOND_MS} from '../../../src/model/time.js'
import {nextRefreshAt} from '../../../src/model/token-life.js'
import {makeAccount, type AccountParts} from '../../support/make-account.js'

const START = 1_800_000_000_000
const END = START + 4 * HOUR_MS
const SEEN = new Secret('made-up-access-token-of-2002')
const OTHER = new Secret('another-made-up-access-token')

const made = (parts: AccountParts = {}): OAuth2Account => ({...makeAccount(parts), version: 1})
const settle = (wish: Partial<Wish>, now: number, parts: AccountParts = {}) =>
  findSettled(made(parts), {cause: 'expired', urgency: 'demand', ...wish}, now)?.kind
const failed = (parts: Partial<RefreshFailure> = {}): AccountParts => ({
  lastFailure: {at: END, count: 1, summary: 'it is down', scheduleNotBefore: END, ...parts},
})

describe('findSettled', () => {
  describe('the wish is void once it has been fulfilled', () => {
    it('expired: while the token is fresh', () => {
      assert.equal(settle({cause: 'expired'}, END - MINUTE_MS - 1), 'superseded')
      assert.equal(settle({cause: 'expired'}, END - MINUTE_MS), undefined)
    })

    it('refused and forced: when another token is stored than the one that was seen', () => {
      for (const cause of ['refused', 'forced'] as const) {
        assert.equal(settle({cause, seen: OTHER}, START + HOUR_MS), 'superseded', cause)
        assert.equal(settle({cause, seen: SEEN}, START + HOUR_MS), undefined, cause)
      }
    })

    it('min-ttl: when the token lives that long', () => {
      assert.equal(settle({cause: 'min-ttl', withinMs: HOUR_MS}, END - HOUR_MS), 'superseded')
      assert.equal(settle({cause: 'min-ttl', withinMs: HOUR_MS}, END - HOUR_MS + 1), undefined)
    })

    it('due: before about 80 % of its life, unless it ends within what was said', () => {
      const dueAt = nextRefreshAt(made()) ?? NaN
      assert.equal(settle({cause: 'due'}, dueAt - 1), 'superseded')
      assert.equal(settle({cause: 'due'}, dueAt), undefined)
      assert.equal(settle({cause: 'due', withinMs: 2 * HOUR_MS}, END - 2 * HOUR_MS - 1), 'superseded')
      assert.equal(settle({cause: 'due', withinMs: 2 * HOUR_MS}, END - 2 * HOUR_MS), undefined)
    })

    it('due: not while a refresh has been begun and not ended, however fresh the token', () => {
      const sentAt = {wallMs: START, monotonicMs: 0, bootId: 'boot-1'}
      const doubt: Doubt = {cause: 'lost-reply', since: sentAt, lastSentAt: sentAt, sends: 1}
      assert.equal(settle({cause: 'due'}, START, {doubt}), undefined)
      assert.equal(settle({cause: 'due'}, START, {doubt: {...doubt, cause: 'old-copy', sends: 0}}), 'superseded')
    })
  })

  describe('a refused token (rule 7)', () => {
    it('is not refreshed before it is 60 s old', () => {
      assert.equal(settle({cause: 'refused', seen: SEEN}, START + MINUTE_MS - 1), 'superseded')
      assert.equal(settle({cause: 'refused', seen: SEEN}, START + MINUTE_MS), undefined)
    })

    it('is refreshed when it seems to be from the future: that clock was wrong', () => {
      assert.equal(settle({cause: 'refused', seen: SEEN}, START - 1), undefined)
    })
  })

  describe('after a failure', () => {
    it('lets a caller who needs a token try again one second later', () => {
      assert.equal(settle({}, END + SECOND_MS - 1, failed()), 'unavailable')
      assert.equal(settle({}, END + SECOND_MS, failed()), undefined)
    })

    it('keeps the schedule to the backoff, and neither a caller nor one who forces it', () => {
      const parts = failed({scheduleNotBefore: END + MINUTE_MS})
      const due = {cause: 'due', urgency: 'schedule'} as const
      assert.equal(settle(due, END + MINUTE_MS - 1, parts), 'unavailable')
      assert.equal(settle(due, END + MINUTE_MS, parts), undefined)
      assert.equal(settle({}, END + MINUTE_MS - 1, parts), undefined)
      assert.equal(settle({cause: 'forced', seen: SEEN, urgency: 'schedule'}, END + 2000, parts), undefined)
    })

    it('keeps everyone to Retry-After', () => {
      const parts = failed({notBefore: END + MINUTE_MS})
      for (const cause of ['expired', 'forced', 'refused'] as const) {
        assert.equal(settle({cause, seen: SEEN}, END + MINUTE_MS - 1, parts), 'unavailable', cause)
        assert.equal(settle({cause, seen: SEEN}, END + MINUTE_MS, parts), undefined, cause)
      }
    })

    it('is bound by none that a wrong clock has noted in the future', () => {
      const parts = failed({at: END + 1, notBefore: END + 9e9, scheduleNotBefore: END + 9e9})
      assert.equal(settle({}, END, parts), undefined)
      assert.equal(settle({cause: 'due', urgency: 'schedule'}, END, parts), undefined)
    })

    it('lets the caller go on whose own send it was', () => {
      assert.equal(settle({repeats: 1}, END, failed({notBefore: END + MINUTE_MS})), undefined)
    })

    it('leaves the pause to rule 5 where there is doubt, but not Retry-After', () => {
      const at = {wallMs: END, monotonicMs: 0, bootId: 'boot-1'}
      const doubt: Doubt = {cause: 'lost-reply', since: at, lastSentAt: at, sends: 1}
      assert.equal(settle({}, END, {...failed(), doubt}), undefined)
      assert.equal(settle({}, END, {...failed({notBefore: END + 1}), doubt}), 'in-doubt')
      assert.equal(
        settle({cause: 'due', urgency: 'schedule'}, END, {...failed({scheduleNotBefore: END + 1}), doubt}),
        'in-doubt',
      )
    })
  })
})

describe('satisfies', () => {
  const provoked = (lifeMs: number): AccountParts => ({
    credential: {issuedAt: START, expiresAt: START + lifeMs},
    lastRefresh: {at: START, cause: 'min-ttl'},
  })

  it('wants the whole of what was asked for', () => {
    assert.equal(satisfies(made(), HOUR_MS, END - HOUR_MS), true)
    assert.equal(satisfies(made(), HOUR_MS, END - HOUR_MS + 1), false)
  })

  it('wants a fresh token, whatever was asked for', () => {
    assert.equal(satisfies(made(), 0, END - MINUTE_MS - 1), true)
    assert.equal(satisfies(made(), 0, END - MINUTE_MS), false)
  })

  it('is content after one refresh where tokens never live that long', () => {
    assert.equal(satisfies(made(), 5 * HOUR_MS, START), false)
    assert.equal(satisfies(made(provoked(4 * HOUR_MS)), 5 * HOUR_MS, START + HOUR_MS), true)
    assert.equal(satisfies(made(provoked(4 * HOUR_MS)), 4 * HOUR_MS, START + 1), false)
    assert.equal(satisfies(made(provoked(4 * HOUR_MS)), 5 * HOUR_MS, END - MINUTE_MS), false)
  })
})
