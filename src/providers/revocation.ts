import type {Provider} from '../model/provider.js'
import type {Secret} from '../model/secret.js'
import {dialectOf} from './dialects/dialect-of.js'
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
  const {revocation} = dialectOf(provider)
  if (provider.revokeUrl === undefined || !revocation.takes.includes(kind)) return {kind: 'unsupported'}
  const outcome = revocation.buildRequest
    ? await deps.exchange(revocation.buildRequest(provider, provider.revokeUrl, token))
    : await sendRevocation(deps, provider, token, kind)
  return judgeRevocation(provider, outcome)
}

async function sendRevocation(
  {clock, exchange}: TokenGrantDeps,
  provider: Provider,
  token: Secret,
  kind: TokenKind,
): Promise<Exchange> {
  const {oauth, server, client, authenticate} = await openLibrary(provider, clock)
  return sendBuilt({oauth, exchange}, (options) =>
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
  if (reply.status >= 200 && reply.status < 300) return {kind: 'revoked'}
  const answer = readTokenAnswer(provider, reply)
  // RFC 7009 says 200 to a token that is dead; those who do not, say this.
  if (reply.status === 400 && answer?.body.error === 'invalid_token') return {kind: 'revoked'}
  if (dialectOf(provider).revocation.deadStatuses.includes(reply.status)) return {kind: 'revoked'}
  return {kind: 'failed', reason: `it answered with status ${String(reply.status)}`}
}
