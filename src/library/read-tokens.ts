import type {OAuth2Credential, StaticCredential} from '../model/credential.js'
import {Secret} from '../model/secret.js'
import type {TokenGrant} from '../model/refresh.js'
import type {EpochMs} from '../model/time.js'
import type {HandedCredential} from './behalf.js'
import type {Tokens} from './user-context.js'

type KeptTokens = Pick<OAuth2Credential, 'accessToken' | 'refreshToken' | 'expiresAt' | 'scopes' | 'tokenType'>

/** What a program gets: in the clear. */
export function readTokens({accessToken, refreshToken, expiresAt, scopes, tokenType}: KeptTokens): Tokens {
  return {
    accessToken: accessToken.reveal(),
    ...(refreshToken && {refreshToken: refreshToken.reveal()}),
    ...(expiresAt !== undefined && {expiresAt}),
    scopes: [...scopes],
    tokenType,
  }
}

/** What a program gives: when they were issued is not known, and does not matter before they end. */
export function readGrant({accessToken, refreshToken, expiresAt, ...rest}: Tokens, now: EpochMs): TokenGrant {
  return {
    ...rest,
    accessToken: new Secret(accessToken),
    ...(refreshToken !== undefined && {refreshToken: new Secret(refreshToken)}),
    ...(expiresAt !== undefined && {expiresAt}),
    issuedAt: now,
  }
}

export const readCredential = (handed: HandedCredential, now: EpochMs): StaticCredential =>
  handed.kind === 'api-key'
    ? {kind: 'api-key', key: new Secret(handed.key), issuedAt: now}
    : {...handed, password: new Secret(handed.password), issuedAt: now}
