import type {Clock} from '../model/time.js'
import {requestAppToken} from './app-token.js'
import {buildAuthorizationUrl, exchangeCode} from './authorization.js'
import {canReach} from './can-reach.js'
import {checkClient} from './check-client.js'
import {pollDevice, startDevice} from './device.js'
import {discoverEndpoints} from './discovery.js'
import {createHttpExchange, DEFAULT_LIMITS, type ExchangeLimits} from './http-exchange.js'
import {identifyAccount} from './identity.js'
import {judgeRefresh} from './judge-refresh.js'
import type {ProviderClient} from './provider-client.js'
import {revokeToken} from './revocation.js'
import {sendRefresh} from './send-refresh.js'
import {validateToken} from './validation.js'

export interface ProviderClientOptions {
  clock: Clock
  /** Sent as `User-Agent`, with the version behind a slash. */
  userAgent?: string
  limits?: Partial<ExchangeLimits>
}

/** OAuth 2 over HTTP, for every dialect. It keeps nothing between two calls. */
export function createProviderClient({clock, userAgent = 'behalf', limits}: ProviderClientOptions): ProviderClient {
  const allLimits = {...DEFAULT_LIMITS, ...limits}
  const exchange = createHttpExchange({clock, userAgent, limits: allLimits})
  const deps = {clock, exchange}
  return {
    authorizationUrl: buildAuthorizationUrl,
    exchangeCode: (provider, callback, request) => exchangeCode(deps, provider, callback, request),
    startDevice: (provider, scopes) => startDevice(deps, provider, scopes),
    pollDevice: (provider, device, scopes) => pollDevice(deps, provider, device, scopes),
    sendRefresh: (provider, refreshToken, beforeWrite) => sendRefresh(deps, provider, refreshToken, beforeWrite),
    judgeRefresh: (provider, reply) => judgeRefresh(deps, provider, reply),
    revoke: (provider, token, kind) => revokeToken(deps, provider, token, kind),
    validate: (provider, accessToken) => validateToken(deps, provider, accessToken),
    identify: (provider, grant) => identifyAccount(deps, provider, grant),
    requestAppToken: (provider) => requestAppToken(deps, provider),
    checkClient: (provider) => checkClient(deps, provider),
    canReach: (provider) => canReach(provider, allLimits.connectMs),
    discover: (issuer) => discoverEndpoints(exchange, issuer),
  }
}
