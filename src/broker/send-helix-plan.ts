import type {HelixRequest, HelixResponse} from '../model/helix-call.js'
import type {Provider} from '../model/provider.js'
import type {BrokerDeps, HelixPort} from './broker-deps.js'
import {callAsAccount, type AccountCall, type ApiCredentials, type TokenSource} from './call-as-account.js'
import {getAppToken} from './get-app-token.js'
import type {HelixPlan} from './plan-helix-call.js'
import {sendPaced, type Pace} from './send-paced.js'

type Deps = BrokerDeps & {helix: HelixPort}

/** Makes a planned call, within the rate limit of whoever makes it. */
export async function sendHelixPlan(
  deps: Deps,
  {actor, request}: HelixPlan,
  pace: Pace,
  tokens?: TokenSource,
): Promise<AccountCall<HelixResponse>> {
  const send = (credentials: Omit<ApiCredentials, 'userId'> & {userId?: string}) =>
    sendPaced(deps, nameBucket(request, credentials), pace, () => deps.helix.send(request, credentials))
  if (actor.kind === 'app') return {answer: await callAsApp(deps, actor.provider, send)}
  return callAsAccount(deps, actor.key, send, tokens)
}

/** Rule 7 for the application's token: one that is refused is replaced once. */
async function callAsApp(
  deps: Deps,
  provider: Provider,
  send: (credentials: Omit<ApiCredentials, 'userId'>) => Promise<HelixResponse>,
): Promise<HelixResponse> {
  const accessToken = await getAppToken(deps, provider)
  const {clientId} = provider
  const answer = await send({accessToken, clientId})
  if (!answer.tokenRefused) return answer
  return send({accessToken: await getAppToken(deps, provider, accessToken), clientId})
}

/**
 * Twitch counts by client and user, for app tokens by client alone, and chat messages apart (facts of Twitch, 3.3).
 * Another account of the same user takes from the same bucket.
 */
function nameBucket({apiUrl, method, path}: HelixRequest, {clientId, userId}: {clientId: string; userId?: string}) {
  const isChatMessage = method === 'POST' && path === '/chat/messages'
  return JSON.stringify([apiUrl, clientId, userId ?? null, isChatMessage ? 'chat' : 'points'])
}
