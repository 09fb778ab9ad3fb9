import type {Provider} from '../model/provider.js'
import type {RawReply, RefreshAnswer} from '../model/refresh.js'
import {dialectOf} from './dialects/dialect-of.js'
import {textOf} from './json-answer.js'
import {readRetryAfterMs} from './retry-after.js'
import {salvageRefreshToken} from './salvage-refresh-token.js'
import {readTokenAnswer} from './token-answer.js'
import {readTokenGrant, type TokenGrantDeps} from './token-grant.js'

const CLIENT_ERRORS: readonly string[] = ['invalid_client', 'unauthorized_client']

/**
 * The table of design 7, rule 4; nothing else decides what an answer means. Pure.
 * A reason names a status and an error code; the provider's own words could repeat the token, unless they are known.
 */
export async function judgeRefresh(deps: TokenGrantDeps, provider: Provider, reply: RawReply): Promise<RefreshAnswer> {
  if (reply.status === 429) {
    const retryAfterMs = readRetryAfterMs(reply)
    return {kind: 'unavailable', reason: 'too many requests', ...(retryAfterMs !== undefined && {retryAfterMs})}
  }
  if (!reply.complete) return doubt(reply, `the answer with status ${String(reply.status)} broke off`)
  const answer = readTokenAnswer(provider, reply)
  if (answer === undefined) return doubt(reply, `an unreadable answer with status ${String(reply.status)}`)
  if (answer.status === 200) {
    try {
      // An ID token is of no use here, and a bad one no reason to lose the others.
      const grant = await readTokenGrant(deps, provider, {...answer, sentAt: reply.sentAt}, {kind: 'ignored'})
      return {kind: 'refreshed', grant}
    } catch {
      return doubt(reply, 'an answer without an access token')
    }
  }
  const refuses = answer.status >= 400 && answer.status < 500 && answer.status !== 408
  const error = textOf(answer.body.error)
  if (refuses && error === 'invalid_grant') return {kind: 'rejected', reason: describe(answer.status, error)}
  if (refuses && CLIENT_ERRORS.includes(error)) {
    const words = textOf(answer.body.error_description).trim().toLowerCase()
    const isKnown = dialectOf(provider).faultOfClient(words) !== undefined
    return {kind: 'misconfigured', reason: isKnown ? words : describe(answer.status, error)}
  }
  return doubt(reply, `an answer with status ${String(answer.status)}`)
}

const describe = (status: number, error: string): string => `${error} (status ${String(status)})`

/** A refresh token that came is kept even if the rest is unusable (rule 2). */
function doubt(reply: RawReply, reason: string): RefreshAnswer {
  const succeeded = reply.status >= 200 && reply.status < 300
  const refreshToken = succeeded ? salvageRefreshToken(reply.body) : undefined
  return {kind: 'in-doubt', reason, ...(refreshToken && {refreshToken})}
}
