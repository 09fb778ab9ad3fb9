import {BehalfError} from '../model/behalf-error.js'
import {isConfidential, type Provider} from '../model/provider.js'
import type {TokenGrant} from '../model/refresh.js'
import {acceptTokenGrant} from './accept-token-grant.js'
import {describeRefusedAnswer} from './describe-refusal.js'
import {openLibrary, sendBuilt} from './oauth-library.js'
import {requireAnswer} from './require-answer.js'
import {readTokenAnswer} from './token-answer.js'
import type {TokenGrantDeps} from './token-grant.js'

/** Client credentials, RFC 6749 4.4. */
export async function requestAppToken(deps: TokenGrantDeps, provider: Provider): Promise<TokenGrant> {
  if (!isConfidential(provider)) {
    throw new BehalfError('configuration', `${provider.name} has no client secret, so it has no token of its own.`, {
      hint: `Set one with \`behalf provider add ${provider.name} --client-secret-file …\`.`,
    })
  }
  const {oauth, server, client, authenticate} = await openLibrary(provider, deps.clock)
  const outcome = await sendBuilt({oauth, exchange: deps.exchange, provider}, (options) =>
    oauth.clientCredentialsGrantRequest(server, client, authenticate, {}, options),
  )
  const answer = requireAnswer(provider, outcome, (reply) => readTokenAnswer(provider, reply))
  if (answer.status !== 200) throw describeRefusedAnswer(answer, {provider})
  return acceptTokenGrant(deps, provider, answer)
}
