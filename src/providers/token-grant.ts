import type {TokenEndpointResponse} from 'oauth4webapi'

import type {Provider} from '../model/provider.js'
import type {TokenGrant} from '../model/refresh.js'
import {Secret} from '../model/secret.js'
import {DAY_MS, SECOND_MS, type Clock, type EpochMs} from '../model/time.js'
import {dialectOf} from './dialects/dialect-of.js'
import type {HttpExchange} from './http-exchange.js'
import {verifyIdToken} from './id-token.js'
import {textOf} from './json-answer.js'
import {openLibrary, toResponse} from './oauth-library.js'
import type {TimedAnswer} from './require-answer.js'

const LONGEST_LIFE_MS = 3650 * DAY_MS

export interface TokenGrantDeps {
  clock: Clock
  exchange: HttpExchange
}

/** What to do with an ID token in the answer: nothing, or verify it, with the nonce that was sent. */
export type IdTokenExpectation = {kind: 'ignored'} | {kind: 'verified'; nonce?: Secret}

/**
 * Reads the tokens of a successful answer (RFC 6749 5.1). Life counts from when the request was sent, ten years at most.
 * @throws what the library throws when there is no access token, or when the ID token cannot be trusted.
 */
export async function readTokenGrant(
  deps: TokenGrantDeps,
  provider: Provider,
  answer: TimedAnswer,
  idToken: IdTokenExpectation,
): Promise<TokenGrant> {
  const view = await openLibrary(provider, deps.clock)
  const verifies = idToken.kind === 'verified' && provider.jwksUrl !== undefined
  const body = verifies ? answer.body : {...answer.body, id_token: undefined}
  const response = toResponse({status: answer.status, body})
  const nonce = verifies ? idToken.nonce : undefined
  const tokens = await view.oauth.processAuthorizationCodeResponse(view.server, view.client, response, {
    // Whatever else it is called, it is sent as a Bearer token: nothing else was asked for.
    recognizedTokenTypes: {[textOf(body.token_type).toLowerCase()]: () => undefined},
    ...(nonce !== undefined && {expectedNonce: nonce.reveal()}),
  })
  const claims = view.oauth.getValidatedIdTokenClaims(tokens)
  if (claims !== undefined) await verifyIdToken(deps.exchange, view, provider, response)
  return {...toGrant(provider, tokens, answer.sentAt), ...(claims !== undefined && {claims: {...claims}})}
}

function toGrant(provider: Provider, tokens: TokenEndpointResponse, sentAt: EpochMs): TokenGrant {
  const grant: TokenGrant = {
    accessToken: new Secret(tokens.access_token),
    tokenType: tokens.token_type,
    issuedAt: sentAt,
  }
  if (tokens.scope !== undefined) grant.scopes = splitScopes(tokens.scope, provider.scopeSeparator)
  if (tokens.expires_in !== undefined) grant.expiresAt = sentAt + lifeMs(tokens.expires_in)
  if (tokens.refresh_token !== undefined) grant.refreshToken = new Secret(tokens.refresh_token)
  // Also without a refresh token: this one was used, so that it lapses later.
  const refreshTokenLifeMs = readRefreshTokenLifeMs(provider, tokens)
  if (refreshTokenLifeMs !== undefined) grant.refreshTokenExpiresAt = sentAt + refreshTokenLifeMs
  return grant
}

/** Announced by GitHub, Webex and others; 0 where it has no end (Keycloak's offline tokens). */
function readRefreshTokenLifeMs(provider: Provider, tokens: TokenEndpointResponse): number | undefined {
  const announced = tokens.refresh_token_expires_in
  if (typeof announced === 'number') return announced === 0 ? undefined : lifeMs(announced)
  const {refreshTokenLifeDays: days} = provider
  return days === undefined ? dialectOf(provider).refreshTokenLifeMs(provider) : days * DAY_MS
}

const lifeMs = (seconds: number): number => Math.min(Math.floor(seconds * SECOND_MS), LONGEST_LIFE_MS)

const splitScopes = (scope: string, separator: Provider['scopeSeparator']): string[] => [
  ...new Set(scope.split(separator === ',' ? /[\s,]+/ : /\s+/).filter((each) => each !== '')),
]
