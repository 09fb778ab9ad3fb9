import type {Account, LoginNeededReason, OAuth2Account, RefreshCause, RefreshFailure} from '../model/account.js'
import type {OAuth2Credential} from '../model/credential.js'
import type {TokenGrant} from '../model/refresh.js'
import type {Secret} from '../model/secret.js'
import type {EpochMs} from '../model/time.js'

/** The credential of a login. `scopes` are those really granted. */
export function credentialFromGrant(grant: TokenGrant, scopes: string[]): OAuth2Credential {
  return {
    kind: 'oauth2',
    accessToken: grant.accessToken,
    tokenType: grant.tokenType,
    scopes,
    issuedAt: grant.issuedAt,
    ...(grant.expiresAt !== undefined && {expiresAt: grant.expiresAt}),
    ...(grant.refreshToken && {
      refreshToken: grant.refreshToken,
      refreshTokenIssuedAt: grant.issuedAt,
      ...(grant.refreshTokenExpiresAt !== undefined && {refreshTokenExpiresAt: grant.refreshTokenExpiresAt}),
    }),
  }
}

/** The record after a refresh. A reply without a refresh token keeps the old one; absent scopes are unchanged. */
export function applyGrant(account: OAuth2Account, grant: TokenGrant, cause: RefreshCause): OAuth2Account {
  const old = account.credential
  const stable = grant.refreshToken === undefined || (old.refreshToken?.equals(grant.refreshToken) ?? false)
  const refreshToken = grant.refreshToken ?? old.refreshToken
  const refreshTokenExpiresAt = grant.refreshTokenExpiresAt ?? (stable ? old.refreshTokenExpiresAt : undefined)
  const {lastFailure: _over, ...rest} = account
  return {
    ...rest,
    state: {kind: 'ok'},
    lastRefresh: {at: grant.issuedAt, cause},
    credential: {
      kind: 'oauth2',
      accessToken: grant.accessToken,
      tokenType: grant.tokenType,
      scopes: grant.scopes ?? old.scopes,
      issuedAt: grant.issuedAt,
      refreshTokenIssuedAt: grant.issuedAt,
      refreshTokenStable: stable,
      ...(grant.expiresAt !== undefined && {expiresAt: grant.expiresAt}),
      ...(refreshToken && {refreshToken}),
      ...(refreshTokenExpiresAt !== undefined && {refreshTokenExpiresAt}),
    },
  }
}

/** A refresh token was all that could be read of an answer: it replaces the one that was sent. */
export function applyRefreshToken(account: OAuth2Account, refreshToken: Secret, now: EpochMs): OAuth2Account {
  const stable = account.credential.refreshToken?.equals(refreshToken) ?? false
  return {
    ...account,
    credential: {
      ...account.credential,
      refreshToken,
      refreshTokenIssuedAt: now,
      refreshTokenStable: stable,
      ...(!stable && {accessTokenOutdated: true}),
    },
  }
}

export function requireLogin<A extends Account>(
  account: A,
  reason: LoginNeededReason,
  detail: string,
  now: EpochMs,
): A {
  return {...account, state: {kind: 'login-needed', reason, since: now, detail}}
}

export function noteFailure<A extends Account>(account: A, failure: Omit<RefreshFailure, 'count'>): A {
  return {...account, lastFailure: {...failure, count: (account.lastFailure?.count ?? 0) + 1}}
}
