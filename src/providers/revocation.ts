import type {Provider} from '../model/provider.js'
import type {Secret} from '../model/secret.js'
import {dialectOf} from './dialects/dialect-of.js'
import type {HttpRequest} from './http-exchange.js'
import {openLibrary, sendBuilt} from './oauth-library.js'
import type {Exchange, Revocation} from './provider-client.js'
import {readTokenAnswer} from './token-answer.js'
import type {TokenGrantDeps} from './token-grant.js'

type TokenKind = 'access_token' | 'refresh_token'

/** RFC 7009, or the dialect's way. */
export async function revokeToken(
  deps: TokenGrantDeps,
  provider: Provider,
  token: Secret,
  kind: TokenKind,
): Promise<Revocation> {
  const {takes, buildRequest = provider.revokeBy === 'bearer' ? buildBearerRequest : undefined} =
    dialectOf(provider).revocation
  const isTaken = takes.includes(kind) && (kind === 'access_token' || provider.revokeBy === undefined)
  if (provider.revokeUrl === undefined || !isTaken) return {kind: 'unsupported'}
  const outcome = buildRequest
    ? await deps.exchange(buildRequest(provider, provider.revokeUrl, token))
    : await sendRevocation(deps, provider, token, kind)
  return judgeRevocation(provider, outcome)
}

const buildBearerRequest = ({requestHeaders}: Provider, url: string, token: Secret): HttpRequest => ({
  method: 'POST',
  url,
  headers: {...requestHeaders, accept: 'application/json', authorization: `Bearer ${token.reveal()}`},
})

async function sendRevocation(
  {clock, exchange}: TokenGrantDeps,
  provider: Provider,
  token: Secret,
  kind: TokenKind,
): Promise<Exchange> {
  const {oauth, server, client, authenticate} = await openLibrary(provider, clock)
  return sendBuilt({oauth, exchange, provider}, (options) =>
    oauth.revocationRequest(server, client, authenticate, token.reveal(), {
      ...options,
      additionalParameters: {token_type_hint: kind},
    }),
  )
}

/** The status is enough: a body is neither promised nor needed (RFC 7009 2.2). */
function judgeRevocation(provider: Provider, outcome: Exchange): Revocation {
  if (outcome.kind === 'not-sent') return {kind: 'failed', reason: `it could not be reached (${outcome.reason})`}
  if (outcome.kind === 'no-reply') return {kind: 'failed', reason: `it did not answer (${outcome.reason})`}
  const {reply} = outcome
  const answer = readTokenAnswer(provider, reply)
  // An error can come with 200.
  const status = answer?.status ?? reply.status
  if (status >= 200 && status < 300) return {kind: 'revoked'}
  // RFC 7009 says 200 to a token that is dead; those who do not, say this.
  if ([400, 401].includes(status) && answer?.body.error === 'invalid_token') return {kind: 'revoked'}
  if (dialectOf(provider).revocation.deadStatuses.includes(reply.status)) return {kind: 'revoked'}
  return {kind: 'failed', reason: `it answered with status ${String(status)}`}
}
