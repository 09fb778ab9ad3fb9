import type {AccountKey} from '../model/account.js'
import {BehalfError} from '../model/behalf-error.js'
import type {HelixRequest} from '../model/helix-call.js'
import type {HelixEndpoint, HelixMethod} from '../model/helix-endpoint.js'
import type {Provider} from '../model/provider.js'
import type {BrokerDeps, HelixMap} from './broker-deps.js'
import {checkHelixScopes, checkTokenKind, isAppOnly} from './check-helix-call.js'
import {findHelixAccount, findHelixApp, type ActorInput} from './find-acting-account.js'
import {loadProvider} from './load-provider.js'

export interface HelixInput extends ActorInput {
  method: HelixMethod
  /** As typed: with or without a leading slash, a query string, or `helix/` in front. */
  path: string
  query: [string, string][]
  /** JSON text. */
  body?: string
  /** Use the application's own token. */
  app?: boolean
  /** Whether scopes and the kind of token are checked before the call. Default: yes. */
  check?: boolean
  /** Whether the parameter that must name the acting user is added where it was left out. Default: yes. */
  fill?: boolean
}

/** A parameter that was left out, and what it became. */
export interface FilledParameter {
  name: string
  value: string
  /** Whose id that is. */
  login: string
}

/** A call that is known to make sense, and who makes it. */
export interface HelixPlan {
  actor: {kind: 'account'; key: AccountKey} | {kind: 'app'; provider: Provider}
  request: HelixRequest
  filled?: FilledParameter
}

type Deps = Pick<BrokerDeps, 'store' | 'providers'> & {helix: HelixMap}

/**
 * Decides on whose behalf a call is made, and what is sent (design 5). Endpoints that are not listed pass as they are.
 * @throws BehalfError `invalid-input`; what finding the account throws; `refused` for the wrong kind of token and
 * `missing-scope`, unless `check` is false.
 */
export async function planHelixCall(deps: Deps, input: HelixInput): Promise<HelixPlan> {
  const {path, query} = deps.helix.parsePath(input.path)
  const {method, body, check = true, fill = true} = input
  const endpoint = deps.helix.findEndpoint(method, path)
  if (endpoint && check) checkTokenKind(endpoint, input)

  const typed = {
    query: [query, deps.helix.encodeQuery(input.query)].filter((part) => part !== '').join('&'),
    ...(body !== undefined && {body}),
  }
  if (input.app || (endpoint && isAppOnly(endpoint) && input.as === undefined)) {
    const provider = await findHelixApp(deps, input)
    return {actor: {kind: 'app', provider}, request: {...apiOf(provider), method, path, ...typed}}
  }

  const account = await findHelixAccount(deps, input)
  const {userId, login} = account
  const {parts, filled} = endpoint && fill ? deps.helix.fillActingUser(endpoint, typed, userId) : {parts: typed}
  if (endpoint && check) await checkHelixScopes(deps, endpoint, account, isOwnChannel(endpoint, parts.query, userId))
  const provider = await loadProvider(deps, account.provider)
  return {
    actor: {kind: 'account', key: account.key},
    request: {...apiOf(provider), method, path, ...parts},
    ...(filled !== undefined && {filled: {name: filled, value: userId, login}}),
  }
}

/** Whether the channel that the call is about is the account's own, where it names one. */
function isOwnChannel({tokenUserMustMatch}: HelixEndpoint, query: string, userId: string): boolean {
  const broadcaster = new URLSearchParams(query).get('broadcaster_id')
  return broadcaster === null ? tokenUserMustMatch === 'broadcaster_id' : broadcaster === userId
}

function apiOf({name, apiUrl, addressesFrom}: Provider): Pick<HelixRequest, 'apiUrl' | 'addressesFrom'> {
  if (apiUrl !== undefined) return {apiUrl, ...(addressesFrom && {addressesFrom})}
  throw new BehalfError('configuration', `The provider ${name} has no API URL.`, {
    hint: `behalf provider update ${name} --api-url https://api.twitch.tv/helix`,
  })
}
