import type {HelixRequest, HelixResponse} from '../model/helix-call.js'
import type {Provider} from '../model/provider.js'
import type {BrokerDeps, HelixPort} from './broker-deps.js'
import {callAsAccount, type AccountCall} from './call-as-account.js'
import {getAppToken} from './get-app-token.js'
import {planHelixCall, type HelixInput, type HelixPlan} from './plan-helix-call.js'

type Deps = BrokerDeps & {helix: HelixPort}

/**
 * Calls the Twitch API as a named account, the owner, or the application (design 5 and 7).
 * @throws BehalfError what planning the call and getting a token throw. What the API answers is returned, whatever it is.
 */
export async function callHelix(deps: Deps, input: HelixInput): Promise<AccountCall<HelixResponse>> {
  return sendHelixCall(deps, await planHelixCall(deps, input))
}

async function sendHelixCall(deps: Deps, {actor, request}: HelixPlan): Promise<AccountCall<HelixResponse>> {
  if (actor.kind === 'app') return {answer: await callAsApp(deps, actor.provider, request)}
  return callAsAccount(deps, actor.key, (credentials) => deps.helix.send(request, credentials))
}

/** Rule 7 for the application's token: one that is refused is replaced once. */
async function callAsApp(deps: Deps, provider: Provider, request: HelixRequest): Promise<HelixResponse> {
  const accessToken = await getAppToken(deps, provider)
  const {clientId} = provider
  const answer = await deps.helix.send(request, {accessToken, clientId})
  if (!answer.tokenRefused) return answer
  const renewed = await getAppToken(deps, provider, accessToken)
  return deps.helix.send(request, {accessToken: renewed, clientId})
}
