import assert from 'node:assert/strict'

import type {OAuth2Credential} from '../../../src/model/credential.js'
import {DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS} from '../../../src/model/time.js'
import {isAlive, isFresh, nextAttemptAt, nextRefreshAt, remainingMs} from '../../../src/model/token-life.js'
import {makeAccount, makeCredential, withoutRefreshToken} from '../../support/make-account.js'

const START = 1_800_000_000_000

const livingFor = (lifeMs: number): OAuth2Credential => makeCredential({issuedAt: START, expiresAt: START + lifeMs})

function withoutExpiry(): OAuth2Credential {
  const credential = makeCredential({issuedAt: START})
  delete credential.expiresAt
  return credential
}

describe('remainingMs', () => {
  it('is what is left, and never negative', () => {
    const credential = livingFor(HOUR_MS)
    assert.equal(remainingMs(credential, START + HOUR_MS - 1), 1)
    assert.equal(remainingMs(credential, START + HOUR_MS), 0)
    assert.equal(remainingMs(credential, START + HOUR_MS + 1), 0)
  })

  it('has no end where no expiry is known', () => assert.equal(remainingMs(withoutExpiry(), START), Infinity))
})

describe('isAlive', () => {
  it('ends with the expiry', () => {
    assert.equal(isAlive(livingFor(HOUR_MS), START + HOUR_MS - 1), true)
    assert.equal(isAlive(livingFor(HOUR_MS), START + HOUR_MS), false)
  })
})

describe('isFresh (rule 6, on demand)', () => {
  it('ends a minute before the expiry of a long-lived token', () => {
    const credential = livingFor(4 * HOUR_MS)
    assert.equal(isFresh(credential, START + 4 * HOUR_MS - MINUTE_MS - 1), true)
    assert.equal(isFresh(credential, START + 4 * HOUR_MS - MINUTE_MS), false)
  })

  it('ends with the last 10 % of a token that lives for less than ten minutes', () => {
    const credential = livingFor(5 * MINUTE_MS)
    assert.equal(isFresh(credential, START + 4.5 * MINUTE_MS - 1), true)
    assert.equal(isFresh(credential, START + 4.5 * MINUTE_MS), false)
  })

  it('takes the minute at a life of exactly ten minutes', () => {
    const credential = livingFor(10 * MINUTE_MS)
    assert.equal(isFresh(credential, START + 9 * MINUTE_MS - 1), true)
    assert.equal(isFresh(credential, START + 9 * MINUTE_MS), false)
  })

  it('never ends where no expiry is known', () => assert.equal(isFresh(withoutExpiry(), START + 3650 * DAY_MS), true))

  it('is not true of a token from before the refresh token', () => {
    assert.equal(isFresh({...livingFor(HOUR_MS), accessTokenOutdated: true}, START), false)
  })
})

describe('nextRefreshAt', () => {
  const nextOf = (credential: Partial<OAuth2Credential>): number | undefined =>
    nextRefreshAt({...makeAccount(), credential: makeCredential(credential)})

  it('is at about 80 % of the token’s life: between 75 and 85 %, spread evenly over the grants', () => {
    const parts = Array.from({length: 1000}, (_, i) => {
      const credential = makeCredential({expiresAt: START + 10 * HOUR_MS})
      return ((nextRefreshAt({grantId: `grant-${String(i)}`, credential}) ?? NaN) - START) / (10 * HOUR_MS)
    })
    assert.ok(parts.every((part) => part >= 0.75 && part <= 0.85))
    for (let from = 0.75; from < 0.85; from += 0.02) {
      const count = parts.filter((part) => part >= from && part < from + 0.02).length
      assert.ok(count > 150 && count < 250, `${String(count)} from ${String(from)}`)
    }
  })

  it('is the same for a grant whenever it is asked', () => assert.equal(nextOf({}), nextOf({})))

  it('is never without a refresh token', () => {
    const credential = withoutRefreshToken(livingFor(HOUR_MS))
    assert.equal(nextRefreshAt({...makeAccount(), credential}), undefined)
  })

  it('is never by itself where no expiry is known', () => {
    assert.equal(nextRefreshAt({...makeAccount(), credential: withoutExpiry()}), undefined)
  })

  it('uses a refresh token that lapses unused by half its life', () => {
    const credential = {...withoutExpiry(), refreshTokenIssuedAt: START, refreshTokenExpiresAt: START + 30 * DAY_MS}
    assert.equal(nextRefreshAt({...makeAccount(), credential}), START + 15 * DAY_MS)
  })

  it('counts that half from when the refresh token was new, and takes what comes first', () => {
    const lapse = {refreshTokenIssuedAt: START - 20 * HOUR_MS, refreshTokenExpiresAt: START + 24 * HOUR_MS}
    assert.equal(nextOf({...lapse, expiresAt: START + 4 * HOUR_MS}), START + 2 * HOUR_MS)
    assert.equal(nextOf({...lapse, expiresAt: START + HOUR_MS}), nextOf({expiresAt: START + HOUR_MS}))
  })

  it('is at once for a token from before the refresh token', () => {
    assert.equal(nextOf({accessTokenOutdated: true, expiresAt: START + 10 * SECOND_MS}), START)
  })
})

describe('nextAttemptAt', () => {
  const account = makeAccount()
  const dueAt = nextRefreshAt(account) ?? NaN
  const failedAt = (at: number, scheduleNotBefore: number, notBefore?: number) => ({
    ...account,
    lastFailure: {at, count: 1, summary: 'it is down', scheduleNotBefore, ...(notBefore !== undefined && {notBefore})},
  })

  it('is when the account is due', () => assert.equal(nextAttemptAt(account, START), dueAt))

  it('is not before its backoff ends', () => {
    assert.equal(nextAttemptAt(failedAt(START, dueAt - 1), START), dueAt)
    assert.equal(nextAttemptAt(failedAt(START, dueAt + 1), START), dueAt + 1)
    assert.equal(nextAttemptAt(failedAt(START, dueAt + 1, dueAt + 2), START), dueAt + 2)
  })

  it('is not bound by a failure of the future', () => {
    assert.equal(nextAttemptAt(failedAt(START + 1, dueAt + 1), START), dueAt)
  })

  it('is now for a refresh that was begun and not ended, unless that failed a moment ago', () => {
    assert.equal(nextAttemptAt(account, START, true), START)
    assert.equal(nextAttemptAt(failedAt(START, START + 5), START, true), START + 5)
  })

  it('is never where a login is needed, and for an import that nobody has finished', () => {
    const state = {kind: 'login-needed', reason: 'rejected', since: START} as const
    assert.equal(nextAttemptAt({...account, state}, START, true), undefined)
    assert.equal(nextAttemptAt({...account, subject: 'import:made-up'}, START, true), undefined)
    assert.equal(
      nextAttemptAt({...account, credential: withoutRefreshToken(account.credential)}, START, true),
      undefined,
    )
  })
})
