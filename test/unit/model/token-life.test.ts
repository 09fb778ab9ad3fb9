import assert from 'node:assert/strict'

import type {OAuth2Credential} from '../../../src/model/account.js'
import {DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS} from '../../../src/model/time.js'
import {isAlive, isFresh, nextRefreshAt, remainingMs} from '../../../src/model/token-life.js'
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
    nextRefreshAt({...makeAccount(), credential: makeCredential(credential), version: 1})

  it('is at 80 % of the token’s life', () => {
    assert.equal(nextOf({expiresAt: START + 10 * HOUR_MS}), START + 8 * HOUR_MS)
  })

  it('is never without a refresh token', () => {
    const credential = withoutRefreshToken(livingFor(HOUR_MS))
    assert.equal(nextRefreshAt({...makeAccount(), credential, version: 1}), undefined)
  })

  it('is never by itself where no expiry is known', () => {
    assert.equal(nextRefreshAt({...makeAccount(), credential: withoutExpiry(), version: 1}), undefined)
  })

  it('uses a refresh token that lapses unused by half its life', () => {
    const credential = {...withoutExpiry(), refreshTokenIssuedAt: START, refreshTokenExpiresAt: START + 30 * DAY_MS}
    assert.equal(nextRefreshAt({...makeAccount(), credential, version: 1}), START + 15 * DAY_MS)
  })

  it('counts that half from when the refresh token was new, and takes what comes first', () => {
    const lapse = {refreshTokenIssuedAt: START - 20 * HOUR_MS, refreshTokenExpiresAt: START + 24 * HOUR_MS}
    assert.equal(nextOf({...lapse, expiresAt: START + 4 * HOUR_MS}), START + 2 * HOUR_MS)
    assert.equal(nextOf({...lapse, expiresAt: START + HOUR_MS}), START + 48 * MINUTE_MS)
  })

  it('is at once for a token from before the refresh token', () => {
    assert.equal(nextOf({accessTokenOutdated: true, expiresAt: START + 10 * SECOND_MS}), START)
  })
})
