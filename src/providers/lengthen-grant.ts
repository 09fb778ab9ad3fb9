import type {Provider} from '../model/provider.js'
import type {TokenGrant} from '../model/refresh.js'
import {acceptTokenGrant} from './accept-token-grant.js'
import {dialectOf} from './dialects/dialect-of.js'
import {readTokenAnswer} from './token-answer.js'
import type {TokenGrantDeps} from './token-grant.js'

/**
 * Trades the token of a login for one that lives longer, where the service has such a thing instead of refresh tokens.
 * Undefined where there is nothing to trade or it was refused: the login has succeeded, and its token is good.
 */
export async function lengthenGrant(
  deps: TokenGrantDeps,
  provider: Provider,
  grant: TokenGrant,
): Promise<TokenGrant | undefined> {
  const request = dialectOf(provider).lengthen?.(provider, grant.accessToken)
  if (request === undefined) return undefined
  const outcome = await deps.exchange(request)
  if (outcome.kind !== 'reply' || !outcome.reply.complete) return undefined
  const answer = readTokenAnswer(provider, outcome.reply)
  if (answer?.status !== 200 || answer.body.access_token === undefined) return undefined
  const {accessToken, issuedAt, expiresAt} = await acceptTokenGrant(deps, provider, {
    ...answer,
    sentAt: outcome.reply.sentAt,
  })
  const {expiresAt: _short, ...rest} = grant
  return {...rest, accessToken, issuedAt, ...(expiresAt !== undefined && {expiresAt})}
}
