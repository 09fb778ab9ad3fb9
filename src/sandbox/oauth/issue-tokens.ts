import {randomInt} from 'node:crypto'

import {DAY_MS, SECOND_MS} from '../../model/time.js'
import {randomRefreshToken, randomToken} from '../random-text.js'
import {grantKey, type AccessToken, type Authorization, type Client, type RefreshToken} from '../records.js'
import type {SandboxState} from '../state.js'
import {signIdToken} from './id-token.js'

/** A successful answer of `/oauth2/token` (facts 2.4). `scope` is left out when nothing was granted. */
export interface TokenBody {
  access_token: string
  expires_in?: number
  id_token?: string
  refresh_token?: string
  scope?: string[]
  token_type: 'bearer'
}

const USER_TOKEN_SECONDS = [13_600, 15_600] as const
const APP_TOKEN_SECONDS = [5_000_000, 5_600_000] as const
const IMPLICIT_TOKEN_SECONDS = 60 * 24 * 60 * 60
/** Refresh tokens of public clients (facts 2.8). */
const PUBLIC_REFRESH_MS = 30 * DAY_MS

const drawSeconds = ([from, to]: readonly [number, number]): number => randomInt(from, to + 1)

/** Tokens for a user's authorization: the answer to a code, or to an approved device. */
export async function issueUserTokens(
  state: SandboxState,
  client: Client,
  authorization: Authorization,
): Promise<TokenBody> {
  const access = mintUserToken(state, client, authorization)
  const refresh = mintRefreshToken(state, client, authorization, access)
  const idToken = authorization.scopes.includes('openid')
    ? await signIdToken(state, authorization, {accessToken: undefined})
    : undefined
  return describeTokens(state, access, refresh, idToken)
}

/** A token that goes to the browser and cannot be refreshed (facts 2.6). */
export const issueImplicitToken = (state: SandboxState, client: Client, authorization: Authorization): AccessToken =>
  mintUserToken(state, client, authorization, IMPLICIT_TOKEN_SECONDS)

/** A token of the application itself (facts 2.5). */
export function issueAppToken(state: SandboxState, client: Client): TokenBody {
  const token: AccessToken = {
    value: randomToken(),
    kind: 'app',
    clientId: client.id,
    userId: null,
    scopes: [],
    expiresAt: state.clock.now() + drawSeconds(APP_TOKEN_SECONDS) * SECOND_MS,
    claims: {idToken: [], userinfo: []},
  }
  state.accessTokens.set(token.value, token)
  return describeTokens(state, token)
}

/** The access token that a refresh fetches; it counts against the cap of its refresh token. */
export function mintUserToken(
  state: SandboxState,
  client: Client,
  authorization: Authorization,
  seconds = state.settings.accessTokenSeconds ?? drawSeconds(USER_TOKEN_SECONDS),
): AccessToken {
  const token: AccessToken = {
    value: randomToken(),
    kind: 'user',
    clientId: client.id,
    userId: authorization.userId,
    scopes: authorization.scopes,
    expiresAt: client.neverExpires ? null : state.clock.now() + seconds * SECOND_MS,
    claims: authorization.claims,
  }
  state.accessTokens.set(token.value, token)
  return token
}

export function mintRefreshToken(
  state: SandboxState,
  client: Client,
  authorization: Authorization,
  issuedWith: AccessToken,
): RefreshToken {
  const oneUse = client.type === 'public'
  const token: RefreshToken = {
    value: randomRefreshToken(),
    clientId: client.id,
    userId: authorization.userId,
    scopes: authorization.scopes,
    claims: authorization.claims,
    oneUse,
    used: false,
    expiresAt: oneUse ? state.clock.now() + PUBLIC_REFRESH_MS : null,
    issuedWith: issuedWith.value,
    fetched: [],
  }
  state.refreshTokens.set(token.value, token)
  return token
}

/** The life is told in whole seconds as it was granted: a millisecond may have passed since. */
export function describeTokens(
  state: SandboxState,
  access: AccessToken,
  refresh?: RefreshToken,
  idToken?: string,
): TokenBody {
  return {
    access_token: access.value,
    ...(access.expiresAt !== null && {expires_in: Math.ceil((access.expiresAt - state.clock.now()) / SECOND_MS)}),
    ...(idToken !== undefined && {id_token: idToken}),
    ...(refresh && {refresh_token: refresh.value}),
    ...(access.scopes.length > 0 && {scope: access.scopes}),
    token_type: 'bearer',
  }
}

/** Notes what a user allowed a client; scopes add up until the user disconnects the client. */
export function recordGrant(state: SandboxState, clientId: string, userId: string, scopes: readonly string[]): void {
  const grant = state.findGrant(clientId, userId) ?? {clientId, userId, scopes: new Set<string>()}
  for (const scope of scopes) grant.scopes.add(scope)
  state.grants.set(grantKey(clientId, userId), grant)
}
