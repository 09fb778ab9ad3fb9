import assert from 'node:assert/strict'

import {applyGrant, applyRefreshToken, credentialFromGrant} from '../../../src/broker/apply-answer.js'
import type {OAuth2Account} from '../../../src/model/account.js'
import type {TokenGrant} from '../../../src/model/refresh.js'
import {Secret} from '../../../src/model/secret.js'
import {DAY_MS, HOUR_MS} from '../../../src/model/time.js'
import {makeAccount} from '../../support/make-account.js'
import {tokensOf} from '../../support/tokens-of.js'

const START = 1_800_000_000_000
const LATER = START + 3 * HOUR_MS
const OLD = new Secret('made-up-refresh-token-of-2002')
const NEW = new Secret('made-up-new-refresh-token')

const ACCOUNT: OAuth2Account = {
  ...makeAccount({credential: {refreshTokenExpiresAt: START + 30 * DAY_MS}}),
  state: {kind: 'login-needed', reason: 'rejected', since: START},
  lastFailure: {at: START, count: 3, summary: 'down', scheduleNotBefore: START},
  version: 4,
}
const GRANT: TokenGrant = {accessToken: new Secret('made-up-new-access-token'), tokenType: 'bearer', issuedAt: LATER}

describe('applyGrant', () => {
  it('makes the account well and keeps who it is', () => {
    const after = applyGrant(ACCOUNT, {...GRANT, refreshToken: NEW}, 'due')
    assert.deepEqual(after.state, {kind: 'ok'})
    assert.equal('lastFailure' in after, false)
    assert.deepEqual([after.userId, after.grantId, after.origins], [ACCOUNT.userId, ACCOUNT.grantId, ACCOUNT.origins])
  })

  it('keeps the refresh token, and its end, when none came', () => {
    const {credential} = applyGrant(ACCOUNT, GRANT, 'due')
    assert.equal(credential.refreshToken?.reveal(), OLD.reveal())
    assert.deepEqual([credential.refreshTokenStable, credential.refreshTokenExpiresAt], [true, START + 30 * DAY_MS])
  })

  it('moves the end of the refresh token where its use does so, though none came', () => {
    const {credential} = applyGrant(ACCOUNT, {...GRANT, refreshTokenExpiresAt: LATER + 30 * DAY_MS}, 'due')
    assert.deepEqual([credential.refreshTokenStable, credential.refreshTokenExpiresAt], [true, LATER + 30 * DAY_MS])
  })

  it('knows the same token again', () => {
    const {credential} = applyGrant(ACCOUNT, {...GRANT, refreshToken: new Secret(OLD.reveal())}, 'due')
    assert.equal(credential.refreshTokenStable, true)
  })

  it('takes a new one, without the end of the old one', () => {
    const {credential} = applyGrant(ACCOUNT, {...GRANT, refreshToken: NEW}, 'due')
    assert.deepEqual([credential.refreshToken, credential.refreshTokenStable], [NEW, false])
    assert.equal(credential.refreshTokenExpiresAt, undefined)
    assert.equal(credential.refreshTokenIssuedAt, LATER)
  })

  it('takes no expiry over from the old access token', () => {
    assert.equal('expiresAt' in applyGrant(ACCOUNT, GRANT, 'due').credential, false)
  })

  it('knows that the access token is up to date again', () => {
    const before = applyRefreshToken(ACCOUNT, NEW, START)
    assert.equal(before.credential.accessTokenOutdated, true)
    assert.equal('accessTokenOutdated' in applyGrant(before, GRANT, 'due').credential, false)
  })
})

describe('applyRefreshToken', () => {
  it('changes the refresh token alone, and knows the access token is older', () => {
    const {credential} = applyRefreshToken(ACCOUNT, NEW, LATER)
    assert.deepEqual([credential.refreshToken, credential.accessToken], [NEW, tokensOf(ACCOUNT).accessToken])
    assert.deepEqual([credential.refreshTokenStable, credential.accessTokenOutdated], [false, true])
    assert.equal(credential.expiresAt, tokensOf(ACCOUNT).expiresAt)
  })

  it('knows the same token again', () => {
    const {credential} = applyRefreshToken(ACCOUNT, new Secret(OLD.reveal()), LATER)
    assert.deepEqual([credential.refreshTokenStable, credential.accessTokenOutdated], [true, undefined])
  })
})

describe('credentialFromGrant', () => {
  it('has no end of a refresh token that did not come', () => {
    const credential = credentialFromGrant({...GRANT, refreshTokenExpiresAt: LATER + DAY_MS}, [])
    assert.equal('refreshTokenExpiresAt' in credential, false)
  })

  it('has what was granted and nothing that was not', () => {
    assert.deepEqual(credentialFromGrant(GRANT, ['a']), {
      kind: 'oauth2',
      accessToken: GRANT.accessToken,
      tokenType: 'bearer',
      scopes: ['a'],
      issuedAt: LATER,
    })
    const whole = {...GRANT, refreshToken: NEW, expiresAt: LATER + HOUR_MS, refreshTokenExpiresAt: LATER + DAY_MS}
    const credential = credentialFromGrant(whole, [])
    assert.deepEqual([credential.refreshToken, credential.refreshTokenIssuedAt], [NEW, LATER])
    assert.deepEqual([credential.expiresAt, credential.refreshTokenExpiresAt], [LATER + HOUR_MS, LATER + DAY_MS])
  })
})
